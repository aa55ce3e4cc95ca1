//! Everything that `barebus-sasl` does with external bytes. As in `no_panic`, linking fails if the optimiser leaves a path to a
//! panic.
#![no_std]
#![no_main]

use core::fmt::Write as _;
use core::hint::black_box;

use barebus_sasl::{
    Client, Guid, Identity, Mechanism, Mechanisms, Options, Pacing, SaslError, Server,
    ServerOptions,
};

#[cfg(not(feature = "show"))]
unsafe extern "C" {
    /// Defined nowhere.
    safe fn barebus_sasl_can_panic() -> !;
}

#[cfg(feature = "show")]
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn barebus_sasl_can_panic() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    barebus_sasl_can_panic()
}

#[link(name = "c")]
unsafe extern "C" {
    fn read(descriptor: i32, place: *mut u8, len: usize) -> isize;
}

/// Discards text.
struct Sink;

impl core::fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        black_box(text);
        Ok(())
    }
}

/// Exit status 0: standard input was a valid conversation of a client.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let mut input = [0; 8192];
    // SAFETY: `read` writes at most as many bytes as the buffer has.
    let len = unsafe { read(0, input.as_mut_ptr(), input.len()) };
    let bytes = usize::try_from(len).ok().and_then(|len| input.get(..len)).unwrap_or_default();
    if cfg!(feature = "broken") && bytes[0] == 1 {
        return 2;
    }
    client(bytes);
    i32::from(!server(bytes))
}

fn client(bytes: &[u8]) {
    let external = Mechanism::External(black_box(Identity::Uid(1000)));
    let fallbacks = [Some(Mechanism::Anonymous), Some(external), None];
    let mut client = Client::new(Options {
        mechanisms: black_box(Mechanisms { first: external, fallbacks }),
        negotiate_unix_fd: black_box(true),
        pacing: black_box(Pacing::StepByStep),
    });
    show(client.receive(bytes), client.eof());
    client.advance_output(black_box(client.output()).len());
    black_box((client.outcome(), client.state()));
}

fn server(bytes: &[u8]) -> bool {
    let guid = Guid::parse(bytes).unwrap_or(Guid([7; 16]));
    let _ = write!(Sink, "{guid}");
    black_box(guid.to_hex());
    let mut server = Server::new(ServerOptions {
        guid,
        external: black_box(true),
        anonymous: black_box(true),
        peer_uid: black_box(Some(1000)),
        allow_unix_fd: black_box(true),
    });
    show(server.receive(bytes), server.eof());
    server.advance_output(black_box(server.output()).len());
    black_box((server.uid(), server.state()));
    server.outcome().is_some()
}

fn show(result: Result<usize, SaslError>, eof: SaslError) {
    if let Err(error) = black_box(result) {
        let _ = write!(Sink, "{error}");
    }
    let _ = write!(Sink, "{eof}");
}
