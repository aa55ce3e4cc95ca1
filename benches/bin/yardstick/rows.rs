//! What is compared: a workload, and the same work done by the decoder written by hand.

use core::hint::black_box;

use barebus_benches::{Operation, Sample, Workload, by_hand};

/// One comparison.
pub(crate) struct Row {
    /// Name of the workload.
    pub(crate) name: &'static str,
    /// The message that both decode.
    pub(crate) sample: Sample,
    /// Reads the message by hand. Whatever the workload passes to `black_box`, this passes to it, too.
    by_hand: fn(&'static [u8]) -> Option<()>,
    /// Most time in Cargo's default profile, as a multiple of the time of the decoder written by hand.
    pub(crate) target: f64,
}

impl Row {
    /// The row called `name`.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.name == name)
    }

    /// barebus' decoding.
    pub(crate) fn barebus(&self) -> Option<Operation> {
        Workload::find(self.name).map(|workload| (workload.prepare)())
    }

    /// The same work by hand.
    #[allow(
        clippy::unwrap_used,
        reason = "a message that cannot be read leaves nothing to measure"
    )]
    pub(crate) fn by_hand(&self) -> Operation {
        let (bytes, by_hand) = (self.sample.message().as_bytes(), self.by_hand);
        Box::new(move || by_hand(black_box(bytes)).unwrap())
    }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "w1-decode",
        sample: Sample::Call,
        by_hand: |bytes| {
            let (header, unit) = by_hand::call(bytes)?;
            black_box(&header);
            black_box(unit);
            Some(())
        },
        target: 1.0,
    },
    Row { name: "w2-decode-400", sample: Sample::Units, by_hand: units, target: 1.0 },
    Row { name: "w2-decode-foreign", sample: Sample::ForeignUnits, by_hand: units, target: 1.0 },
    Row {
        name: "w3-decode-get",
        sample: Sample::Properties,
        by_hand: |bytes| {
            by_hand::properties(bytes, |_, value| {
                black_box(value);
            })
        },
        target: 1.2,
    },
    Row {
        name: "w6-decode",
        sample: Sample::Strings,
        by_hand: |bytes| {
            by_hand::strings(bytes, |string| {
                black_box(string);
            })
        },
        target: 1.0,
    },
    Row {
        name: "w7-decode-arrays",
        sample: Sample::Arrays,
        by_hand: |bytes| {
            by_hand::arrays(bytes, |number| {
                black_box(number);
            })
        },
        target: 1.2,
    },
    Row {
        name: "w7-decode-variants-walked",
        sample: Sample::Variants,
        by_hand: |bytes| {
            black_box(by_hand::variants(bytes)?);
            Some(())
        },
        target: 2.0,
    },
];

fn units(bytes: &'static [u8]) -> Option<()> {
    by_hand::units(bytes, |unit| {
        black_box(unit);
    })
}
