//! Resource limits. systemd.exec(5), "Process Properties".

use super::error::Expected;
use super::parse::{integer, size, span, span_in};
use super::table::Rule;
use super::translation::{Outcome, Translation};
use crate::value::NONE;

pub(super) const SETTINGS: &[Rule] = &[
    (
        size_limit,
        &[
            "LimitFSIZE",
            "LimitDATA",
            "LimitSTACK",
            "LimitCORE",
            "LimitRSS",
            "LimitAS",
            "LimitMEMLOCK",
            "LimitMSGQUEUE",
        ],
    ),
    (count_limit, &["LimitNOFILE", "LimitNPROC", "LimitLOCKS", "LimitSIGPENDING", "LimitRTPRIO"]),
    (time_limit, &["LimitCPU"]),
    (realtime_limit, &["LimitRTTIME"]),
    (nice_limit, &["LimitNICE"]),
];

/// A hard limit, and in a second property the soft one. `1:2` gives both, the soft one first.
fn limit(t: &mut Translation<'_>, parse: impl Fn(&str) -> Option<u64>) -> Outcome {
    let (soft, hard) = t.text.split_once(':').unwrap_or((t.text, t.text));
    let soft = parse(soft).ok_or(Expected::ResourceLimit)?;
    let hard = parse(hard).filter(|hard| soft <= *hard).ok_or(Expected::ResourceLimit)?;
    t.same(hard)?;
    t.suffixed("Soft", soft)
}

/// As [`limit`], for numbers that have no word for infinity.
fn limit_or_infinity(t: &mut Translation<'_>, parse: impl Fn(&str) -> Option<u64>) -> Outcome {
    limit(t, |text| match text {
        "infinity" => Some(NONE),
        text => parse(text).filter(|limit| *limit != NONE),
    })
}

fn size_limit(t: &mut Translation<'_>) -> Outcome {
    limit_or_infinity(t, |text| size(text, 1024))
}

fn count_limit(t: &mut Translation<'_>) -> Outcome {
    limit_or_infinity(t, integer::<u64>)
}

/// In seconds, rounded up.
fn time_limit(t: &mut Translation<'_>) -> Outcome {
    let seconds = |span: u64| if span == NONE { NONE } else { span.div_ceil(1_000_000) };
    limit(t, |text| span(text).map(seconds))
}

/// In microseconds.
fn realtime_limit(t: &mut Translation<'_>) -> Outcome {
    limit(t, |text| span_in(text, 1))
}

/// The kernel's limit is 20 less the nice level: from 1 for 19 to 40 for -20. With a sign the text is a nice level, else the limit.
fn nice_limit(t: &mut Translation<'_>) -> Outcome {
    limit(t, |text| {
        let number = |text: &str| integer::<u64>(text);
        if let Some(nice) = text.strip_prefix('+') {
            number(nice).filter(|nice| *nice < 20).map(|nice| 20 - nice)
        } else if let Some(nice) = text.strip_prefix('-') {
            number(nice).filter(|nice| *nice <= 20).map(|nice| 20 + nice)
        } else {
            number(text).filter(|limit| *limit <= 40)
        }
    })
}
