//! Framing, and which descriptors each message gets.

use super::*;
use barebus_wire::{Header, MessageBuf, MessageType, Serial};

fn message(fds: u32) -> Vec<u8> {
    let mut header = Header::new(MessageType::MethodReturn, Serial::FIRST);
    header.reply_serial = Some(Serial::FIRST);
    header.unix_fds = fds;
    let mut buf = MessageBuf::new();
    buf.push(&header, &()).unwrap();
    buf.as_slice().to_vec()
}

fn feed(inbox: &mut Inbox<u8>, bytes: &[u8], fds: &[u8], truncated: bool) {
    inbox.free(false)[..bytes.len()].copy_from_slice(bytes);
    assert!(inbox.received(bytes.len(), fds.to_vec(), truncated));
}

fn next(inbox: &mut Inbox<u8>, announced: u32) -> Option<Result<Vec<u8>, FdsError>> {
    let place = inbox.frame().unwrap()?;
    Some(inbox.take(&place, announced))
}

#[test]
fn fds_belong_to_the_message_whose_bytes_they_came_with() {
    let (plain, with_fd) = (message(0), message(1));
    for at in 0..with_fd.len() {
        let mut inbox = Inbox::new();
        feed(&mut inbox, &plain, &[], false);
        feed(&mut inbox, &with_fd[..at], &[], false);
        feed(&mut inbox, &with_fd[at..=at], &[7], false);
        feed(&mut inbox, &with_fd[at + 1..], &[], false);
        feed(&mut inbox, &with_fd, &[], false);
        assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
        assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![7])));
        let missing = FdsError::Count { announced: 1, received: 0 };
        assert_eq!(next(&mut inbox, 1), Some(Err(missing)));
        assert_eq!(next(&mut inbox, 0), None);
    }
}

#[test]
fn fds_of_a_later_read_are_not_given_to_a_message_that_lacks_its_own() {
    let mut inbox = Inbox::new();
    feed(&mut inbox, &message(1), &[], false);
    feed(&mut inbox, &message(1), &[7], false);
    let missing = FdsError::Count { announced: 1, received: 0 };
    assert_eq!(next(&mut inbox, 1), Some(Err(missing)));
    assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![7])));
}

#[test]
fn fds_find_their_message_behind_consumed_ones() {
    let mut inbox = Inbox::new();
    let (plain, with_fd) = (message(0), message(1));
    let (first, second) = with_fd.split_at(8);
    feed(&mut inbox, &[&plain, first].concat(), &[], false);
    assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
    feed(&mut inbox, second, &[7], false);
    feed(&mut inbox, &with_fd, &[8], false);
    assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![7])));
    assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![8])));
}

#[test]
fn fds_that_no_header_announced_are_not_given_to_the_next_message() {
    let mut inbox = Inbox::new();
    feed(&mut inbox, &message(0), &[7], false);
    feed(&mut inbox, &message(1), &[8], false);
    assert_eq!(next(&mut inbox, 0), Some(Err(FdsError::Count { announced: 0, received: 1 })));
    assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![8])));
}

#[test]
fn messages_written_together_share_their_fds_in_order() {
    let mut inbox = Inbox::new();
    let together = [message(1), message(0), message(2)].concat();
    feed(&mut inbox, &together, &[1, 2, 3], false);
    assert_eq!(next(&mut inbox, 1), Some(Ok(alloc::vec![1])));
    assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
    assert_eq!(next(&mut inbox, 2), Some(Ok(alloc::vec![2, 3])));
}

#[test]
fn truncated_fds_are_an_error_of_their_message() {
    let mut inbox = Inbox::new();
    feed(&mut inbox, &message(3), &[1], true);
    feed(&mut inbox, &message(0), &[], false);
    assert_eq!(next(&mut inbox, 3), Some(Err(FdsError::Truncated)));
    assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
}

#[test]
fn truncation_is_no_error_of_a_message_without_fds() {
    let mut inbox = Inbox::new();
    feed(&mut inbox, &[message(0), message(2)].concat(), &[1], true);
    assert_eq!(next(&mut inbox, 0), Some(Ok(Vec::new())));
    assert_eq!(next(&mut inbox, 2), Some(Err(FdsError::Truncated)));
}

#[test]
fn more_fds_than_one_write_passes_are_refused() {
    let mut inbox = Inbox::new();
    let message = message(254);
    feed(&mut inbox, &message[..10], &[1; 250], false);
    feed(&mut inbox, &message[10..], &[2; 4], false);
    assert_eq!(next(&mut inbox, 254), Some(Err(FdsError::TooMany { announced: 254 })));
    assert!(!inbox.has_fds());
}

#[test]
fn grows_with_what_was_received_only() {
    let mut inbox = Inbox::<u8>::new();
    let mut received = 0;
    // A header that announces 100 MiB.
    let header = [b'l', 2, 0, 1, 0, 0, 64, 6, 1, 0, 0, 0, 8, 0, 0, 0];
    feed(&mut inbox, &header, &[], false);
    for _ in 0..300 {
        let count = inbox.free(false).len().min(10_000);
        assert!(inbox.received(count, Vec::new(), false));
        received += count;
        assert!(inbox.bytes.capacity() <= 2 * received + CAPACITY, "{received}");
    }
    assert_eq!(inbox.frame(), Ok(None));
}

/// A peer can send each byte of a message with a descriptor that the system cuts off.
#[test]
fn neighbouring_cut_offs_are_one_mark() {
    let mut inbox = Inbox::<u8>::new();
    let message = message(1);
    for byte in &message {
        feed(&mut inbox, &[*byte], &[], true);
    }
    assert_eq!(inbox.fds.batches_for_tests(), 1);
    assert_eq!(next(&mut inbox, 1), Some(Err(FdsError::Truncated)));
    assert!(!inbox.has_fds());
}

#[test]
fn the_first_buffer_is_small_until_it_was_full_once() {
    let mut inbox = Inbox::<u8>::new();
    assert!(inbox.is_small());
    assert_eq!(inbox.free(true).len(), FIRST_CAPACITY);
    // A quarter of it is still worth a read.
    assert!(inbox.received(FIRST_CAPACITY / 4 * 3, Vec::new(), false));
    assert_eq!(inbox.free(true).len(), FIRST_CAPACITY / 4);
    assert!(inbox.received(FIRST_CAPACITY / 4 - 1, Vec::new(), false));
    assert_eq!(inbox.bytes.len(), FIRST_CAPACITY);
    assert!(inbox.received(1, Vec::new(), false));
    assert_eq!(inbox.free(true).len(), CAPACITY - FIRST_CAPACITY);
    assert!(!inbox.is_small());
    assert_eq!(Inbox::<u8>::new().free(false).len(), CAPACITY);
}

#[test]
fn bytes_are_moved_to_the_front_before_the_buffer_grows() {
    const LEAST: usize = 4 * 1024;
    // Bytes received and consumed; then the free ones, and whether bytes were moved.
    for (received, consumed, free, is_moved) in [
        // Room for one read is left.
        (CAPACITY - LEAST, LEAST, LEAST, false),
        (CAPACITY - LEAST + 1, LEAST, 2 * LEAST - 1, true),
        // Moving gives room for one read.
        (CAPACITY, LEAST, LEAST, true),
    ] {
        let mut inbox = Inbox::<u8>::new();
        let bytes = inbox.free(false);
        bytes.iter_mut().zip(0_u8..=250).for_each(|(byte, value)| *byte = value);
        assert!(inbox.received(received, Vec::new(), false));
        inbox.skip(consumed);
        let unread = inbox.unread().to_vec();
        assert_eq!(inbox.free(false).len(), free, "{received} {consumed}");
        assert_eq!((inbox.bytes.len(), inbox.start == 0), (CAPACITY, is_moved));
        assert_eq!(inbox.unread(), unread);
    }
}

#[test]
fn the_buffer_grows_by_half_of_it_and_a_usual_read_at_least() {
    let mut inbox = Inbox::<u8>::new();
    let mut len = CAPACITY;
    for grown in [CAPACITY, CAPACITY, CAPACITY * 3 / 2, CAPACITY * 9 / 4] {
        let free = inbox.free(false).len();
        assert_eq!(inbox.bytes.len(), len);
        // Room for one read is left.
        assert!(inbox.received(free - MIN_FREE, Vec::new(), false));
        assert_eq!(inbox.free(false).len(), MIN_FREE);
        assert!(inbox.received(1, Vec::new(), false));
        len += grown;
        assert_eq!(inbox.free(false).len(), MIN_FREE - 1 + grown);
    }
}

#[test]
fn a_buffer_that_was_huge_once_is_given_back_when_all_is_consumed() {
    let mut inbox = Inbox::<u8>::new();
    for (size, kept) in [(16 * CAPACITY, 16 * CAPACITY), (16 * CAPACITY + 1, CAPACITY)] {
        inbox.bytes.resize(size, 0);
        assert!(inbox.received(10, Vec::new(), false));
        inbox.skip(10);
        inbox.free(false);
        assert_eq!(inbox.bytes.len(), kept);
    }
}
