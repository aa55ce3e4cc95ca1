//! Measures the stack use of `barebus-wire`: each job runs on its own painted stack, with messages at the maximum depth
//! and deeper. Prints a line per job: bytes, job, message.

use std::arch::asm;
use std::env;
use std::fs;
use std::hint::black_box;

use barebus_wire::{Header, Message, RawBody, Value, Variant};

/// The input of a job: the message, and a buffer for marshalling.
struct Work<'w> {
    bytes: &'w [u8],
    output: &'w mut [u8],
    job: fn(&[u8], &mut [u8]),
}

const JOBS: &[(&str, fn(&[u8], &mut [u8]))] = &[
    ("nothing", |_, _| {}),
    ("parse", |bytes, _| {
        black_box(Message::parse(bytes)).ok();
    }),
    ("parse and validate", |bytes, _| {
        black_box(Message::parse(bytes).and_then(|message| message.validate())).ok();
    }),
    ("parse and decode a variant", |bytes, _| {
        if let Ok(message) = Message::parse(bytes) {
            black_box(message.body::<(Value<'_>,)>()).ok();
            black_box(message.first_argument::<Variant<'_>>()).ok();
        }
    }),
    ("parse and marshal again", |bytes, output| {
        if let Ok(message) = Message::parse(bytes) {
            let header = Header { ..*message.header() };
            black_box(header.encode(output, &RawBody::of(&message))).ok();
        }
    }),
];

fn main() {
    let mut stack = vec![0_u8; 1 << 20];
    let mut output = vec![0_u8; 1 << 24];
    for path in env::args().skip(1) {
        let bytes = fs::read(&path).expect("a message's file");
        for (name, job) in JOBS {
            let mut work = Work { bytes: &bytes, output: &mut output, job: *job };
            println!("{} {name}: {path}", used(&mut stack, &mut work));
        }
    }
}

const PAINT: u8 = 0xa5;

/// Bytes of `stack` that the job overwrites.
fn used(stack: &mut [u8], work: &mut Work<'_>) -> usize {
    stack.fill(PAINT);
    let top = stack.as_mut_ptr_range().end;
    // Sixteen bytes' alignment, as the calling convention has it.
    let top = top.wrapping_sub(top.addr() % 16);
    on_stack(top, work);
    stack.len() - stack.iter().take_while(|byte| **byte == PAINT).count()
}

extern "C" fn run(work: &mut Work<'_>) {
    (work.job)(work.bytes, work.output);
}

/// Calls [`run`] with the stack pointer at `top`.
#[cfg(target_arch = "x86_64")]
fn on_stack(top: *mut u8, work: &mut Work<'_>) {
    // SAFETY: `top` is aligned and ends a megabyte that nothing else uses. The old stack pointer is kept in a register that calls
    // preserve, and that is declared as changed, as are all that calls do not preserve.
    unsafe {
        asm!(
            "mov r12, rsp",
            "mov rsp, {top}",
            "call {run}",
            "mov rsp, r12",
            out("r12") _,
            top = in(reg) top,
            run = sym run,
            in("rdi") work,
            clobber_abi("C"),
        );
    }
}

/// Calls [`run`] with the stack pointer at `top`.
#[cfg(target_arch = "aarch64")]
fn on_stack(top: *mut u8, work: &mut Work<'_>) {
    // SAFETY: as above.
    unsafe {
        asm!(
            "mov x20, sp",
            "mov sp, {top}",
            "bl {run}",
            "mov sp, x20",
            out("x20") _,
            top = in(reg) top,
            run = sym run,
            in("x0") work,
            clobber_abi("C"),
        );
    }
}
