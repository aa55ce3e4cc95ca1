//! Asks systemd for a unit file's state, as `systemctl is-enabled` does: `nolibc-codec [--private] UNIT`.
//!
//! It uses `barebus-sasl` and `barebus-wire` alone, on buffers of its own. Exit status: 0, and the state on standard output; 1 if
//! systemd refuses; 2 if systemd is not reached, and for a wrong usage; with a line on standard error.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use barebus_sasl::{Client, Identity, Mechanism, Options, Pacing};
use barebus_wire::{EncodeBody, Message, MethodCall, Serial, frame_len};
use nolibc_system::sys::{self, Arguments};
use nolibc_system::{Failure, PATIENCE, Place, Question, Socket, print_answer, print_error};

const HELLO: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.DBus",
    "/org/freedesktop/DBus",
    "org.freedesktop.DBus",
    "Hello",
);

const GET_UNIT_FILE_STATE: MethodCall<'static> = MethodCall::from_static(
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "GetUnitFileState",
);

/// Serial of the question. `Hello` has the first.
const QUESTION: Serial = Serial::new(2).unwrap();

/// Bytes that can be received, and bytes that can be sent. Systemd's answers to this question are much shorter.
const CAPACITY: usize = 4096;

nolibc_system::program!(crate::main);

fn main(arguments: Arguments) -> u8 {
    let Some(question) = Question::of(arguments) else {
        print_error("usage", "nolibc-codec [--private] UNIT");
        return 2;
    };
    let mut buffers = [[0; CAPACITY]; 2];
    match ask(&question, &mut buffers) {
        Ok(status) => status,
        Err(failure) => {
            print_error(question.place.path(), failure.text());
            2
        }
    }
}

/// Prints systemd's answer and returns the exit status, or says why there is none.
// A function of its own: what addresses the variables of a function that has the buffers, too, takes more.
#[inline(never)]
fn ask(question: &Question, [received, sent]: &mut [[u8; CAPACITY]; 2]) -> Result<u8, Failure> {
    let socket = Socket::connect(question.place.path())?;
    let mut input = Input {
        socket,
        buffer: received,
        start: 0,
        end: 0,
        deadline: sys::now().saturating_add(PATIENCE),
    };
    input.authenticate()?;
    send(&input.socket, question, sent)?;
    loop {
        let message = input.message()?;
        if message.header().reply_serial == Some(QUESTION) {
            return answer(&message);
        }
    }
}

/// On the bus, `Hello` comes first.
fn send(socket: &Socket, question: &Question, buffer: &mut [u8]) -> Result<(), Failure> {
    if question.place == Place::Bus {
        call(socket, &HELLO, Serial::FIRST, &(), buffer)?;
    }
    call(socket, &GET_UNIT_FILE_STATE, QUESTION, &(question.unit,), buffer)
}

/// Marshals a call into `buffer` and writes it.
#[inline(never)]
fn call(
    socket: &Socket,
    method: &MethodCall<'_>,
    serial: Serial,
    body: &dyn EncodeBody,
    buffer: &mut [u8],
) -> Result<(), Failure> {
    let len = method.header(serial).encode(buffer, body).map_err(|_| Failure::TooLong)?;
    socket.write_all(buffer.get(..len).unwrap_or_default())
}

fn answer(reply: &Message<'_>) -> Result<u8, Failure> {
    let (text,): (&str,) = reply.body().map_err(|_| Failure::Invalid)?;
    Ok(match reply.header().error_name {
        None => {
            print_answer(text);
            0
        }
        Some(name) => {
            print_error(name.as_str(), text);
            1
        }
    })
}

/// Received bytes, all in one buffer: a conversation is short.
struct Input<'a> {
    socket: Socket,
    buffer: &'a mut [u8; CAPACITY],
    /// Bytes that were consumed: start <= end
    start: usize,
    /// Bytes that were received: end <= CAPACITY
    end: usize,
    /// In milliseconds of [`sys::now`].
    deadline: u64,
}

impl Input<'_> {
    /// Writes all lines at once, then reads the answer. `BEGIN` is one of the lines, so messages can be written as soon as `OK` has
    /// arrived, also to systemd's own socket.
    fn authenticate(&mut self) -> Result<(), Failure> {
        let mut client = Client::new(Options {
            mechanisms: Mechanism::External(Identity::Uid(sys::uid())).into(),
            negotiate_unix_fd: false,
            pacing: Pacing::Pipelined,
        });
        self.socket.write_all(client.output())?;
        while client.outcome().is_none() {
            self.read()?;
            self.start += client.receive(self.unread()).map_err(|_| Failure::Authenticate)?;
        }
        Ok(())
    }

    /// Waits for the next message and consumes it.
    fn message(&mut self) -> Result<Message<'_>, Failure> {
        let start = self.start;
        loop {
            match frame_len(self.unread()) {
                Ok(Some(len)) if len <= self.unread().len() => {
                    self.start += len;
                    let message = self.buffer.get(start..self.start).unwrap_or_default();
                    return Message::parse(message).map_err(|_| Failure::Invalid);
                }
                Ok(_) => self.read()?,
                Err(_) => return Err(Failure::Invalid),
            }
        }
    }

    /// Waits for more bytes.
    fn read(&mut self) -> Result<(), Failure> {
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        if room.is_empty() {
            return Err(Failure::TooLong);
        }
        self.end += self.socket.read(room, self.deadline)?;
        Ok(())
    }

    /// Bytes that were not consumed.
    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }
}
