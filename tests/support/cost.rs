//! Measures processor time, so that other load of the machine does not count.

use core::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// How long this thread has run.
pub fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).expect("the time of a thread");
    let time = |time: TimeVal| {
        Duration::from_secs(time.tv_sec().try_into().expect("a time"))
            + Duration::from_micros(time.tv_usec().try_into().expect("a time"))
    };
    time(usage.user_time()) + time(usage.system_time())
}

/// Asserts that the cost of `act(count)` grows linearly up to `act(most)`: four times the count takes less than eight times the time. Quadratic
/// cost would take sixteen times the time. It is measured several times, because the machine may be noisy.
pub fn assert_linear(most: usize, mut act: impl FnMut(usize)) {
    let mut timed = |count| {
        let begin = processor_time();
        act(count);
        processor_time() - begin
    };
    let mut ratios = Vec::new();
    while ratios.len() < 4 {
        let [few, many] = [most / 4, most].map(&mut timed);
        ratios.push(many.as_secs_f64() / few.as_secs_f64());
        if many < few * 8 {
            return;
        }
    }
    panic!("{most} cost {ratios:.1?} times as much as {}", most / 4);
}
