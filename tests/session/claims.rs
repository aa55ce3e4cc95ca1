//! Lengths that a peer claims, and a message of the greatest length.

use barebus_session::{Config, Event, ServerKind, Serving, SessionError, Want};
use barebus_tests::claims::CLAIMS;
use barebus_tests::golden::call_of;
use barebus_tests::memory;
use barebus_wire::{Endian, limits};

use crate::scene::{LINES, NOW, Scene, config};

/// A receive buffer, whatever is claimed.
const BUFFER: usize = 64 * 1024;

#[test]
fn a_claimed_length_is_judged_at_once_and_takes_no_memory() {
    for claim in CLAIMS {
        for endian in [Endian::Little, Endian::Big] {
            let header = claim.fixed_header(endian);
            let mut scene = <Scene>::before_authentication(config(ServerKind::Direct));
            let (found, peak) = memory::peak(|| {
                scene.fill(LINES);
                scene.fill(&header);
                scene.session.poll_event(Want::Nothing, NOW).map(|event| event.is_some())
            });
            match (claim.refused, found) {
                (None, Ok(false)) => {}
                (Some(kind), Err(SessionError::InvalidMessage(error))) if error.kind == kind => {}
                (_, other) => panic!("{claim:?}: {other:?}"),
            }
            assert!(peak <= BUFFER, "{claim:?}: {peak} bytes");
        }
    }
}

#[test]
fn a_message_of_128_mib_is_taken() {
    let (first, message_len) = (limits::ARRAY_LEN as usize, limits::MESSAGE_LEN as usize);
    let config = Config { serving: Serving::EVENTS, ..config(ServerKind::Direct) };
    let mut scene = Scene::of(config);
    let mut head = call_of(Endian::Little, "ayay", &[]);
    let second = message_len - head.len() - 4 - first - 4;
    let body_len = u32::try_from(message_len - head.len()).unwrap();
    head[4..8].copy_from_slice(&body_len.to_le_bytes());
    scene.fill(&head);
    let zeros = vec![0; 1 << 16];
    for len in [first, second] {
        scene.fill(&u32::try_from(len).unwrap().to_le_bytes());
        for start in (0..len).step_by(zeros.len()) {
            scene.fill(&zeros[..zeros.len().min(len - start)]);
        }
    }
    let Some(Event::MethodCall { call, .. }) = scene.next() else { panic!("no call") };
    let (found_first, found_second) = call.message.body::<(&[u8], &[u8])>().unwrap();
    assert_eq!((found_first.len(), found_second.len()), (first, second));
}
