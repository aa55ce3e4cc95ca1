//! All short signatures, judged by both. Build with `--release`: they are forty million.

use std::ops::ControlFlow;

/// Calls `visit` with all texts of up to `longest` bytes over `alphabet`.
fn texts(alphabet: &[u8], longest: usize, mut visit: impl FnMut(&[u8])) {
    let mut places = Vec::new();
    let mut text = Vec::new();
    loop {
        visit(&text);
        let next = places.iter_mut().zip(&mut text).try_for_each(|(place, byte)| {
            *place = (*place + 1) % alphabet.len();
            *byte = alphabet[*place];
            if *place == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if next.is_continue() {
            if text.len() == longest {
                return;
            }
            places.push(0);
            text.push(alphabet[0]);
        }
    }
}

#[test]
fn both_judge_all_signatures_of_up_to_eight_bytes_alike() {
    let mut count = 0_u64;
    texts(b"yvsa(){}g", 8, |text| {
        barebus_differential::signature(text);
        count += 1;
    });
    assert_eq!(count, (0..=8).map(|len| 9_u64.pow(len)).sum::<u64>());
}

#[test]
fn both_judge_all_signatures_of_two_bytes_alike() {
    let all: Vec<u8> = (1..=255).collect();
    texts(&all, 2, barebus_differential::signature);
}
