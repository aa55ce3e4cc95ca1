//! Tracing of made messages.

use barebus::wire::{EncodeBody, MessageBuf, Serial};
use barebus::{BusName, ErrorName, Header, InterfaceName, MemberName, ObjectPath};

use super::counts::{By, Counts};
use super::lines::{Lines, Look};
use super::processes::Known;
use super::*;
use crate::terminal::Styles;
use crate::watch::Narrow;

const TEXT: Look = Look { is_json: false, width: None, styles: Styles::NONE };

/// Messages with times in microseconds.
#[derive(Default)]
struct Script(Vec<(u64, Vec<u8>)>);

impl Script {
    fn push(&mut self, time: u64, header: &Header<'_>, body: &dyn EncodeBody) {
        let mut buf = MessageBuf::new();
        buf.push(header, body).unwrap();
        self.0.push((time, buf.as_slice().to_vec()));
    }

    fn call(
        &mut self,
        time: u64,
        [from, to, member]: [&str; 3],
        serial: u32,
        body: &dyn EncodeBody,
    ) {
        let mut header = Header::new(MessageType::MethodCall, Serial::new(serial).unwrap());
        header.sender = Some(BusName::parse(from).unwrap());
        header.destination = Some(BusName::parse(to).unwrap());
        header.path = Some(ObjectPath::from_static("/a"));
        header.interface = Some(InterfaceName::from_static("a.B"));
        header.member = Some(MemberName::parse(member).unwrap());
        if member == "Forget" {
            header.flags = Flags::NO_REPLY_EXPECTED;
        }
        self.push(time, &header, body);
    }

    fn reply(&mut self, time: u64, from: &str, to: &str, serial: u32, body: &dyn EncodeBody) {
        let mut header = Header::new(MessageType::MethodReturn, Serial::new(99).unwrap());
        header.sender = Some(BusName::parse(from).unwrap());
        header.destination = Some(BusName::parse(to).unwrap());
        header.reply_serial = Serial::new(serial);
        self.push(time, &header, body);
    }

    fn error(&mut self, time: u64, to: &str, serial: u32, text: &str) {
        let mut header = Header::new(MessageType::Error, Serial::new(98).unwrap());
        header.sender = Some(BusName::from_static("org.freedesktop.DBus"));
        header.destination = Some(BusName::parse(to).unwrap());
        header.reply_serial = Serial::new(serial);
        header.error_name = Some(ErrorName::from_static("a.b.Failed"));
        self.push(time, &header, &(text,));
    }

    fn signal(&mut self, time: u64, body: &dyn EncodeBody) {
        let mut header = Header::signal(
            Serial::new(5).unwrap(),
            ObjectPath::from_static("/s"),
            InterfaceName::from_static("a.B"),
            MemberName::from_static("Changed"),
        );
        header.sender = Some(BusName::from_static(":1.7"));
        self.push(time, &header, body);
    }

    fn trace<S: Show>(&self, filter: Filter, show: S) -> S {
        let mut tracer = Tracer::new(filter, show);
        for (time, bytes) in &self.0 {
            let message = Message::parse(bytes).unwrap();
            tracer.message(&message, Some(Duration::from_micros(*time)));
        }
        tracer.finish()
    }

    fn lines(&self, filter: Filter, look: Look) -> String {
        let mut lines = self.trace(filter, Lines::new(look, None));
        let mut text = String::new();
        lines.print(|_| Known::Nothing, &mut text);
        text
    }

    fn sample() -> Self {
        let mut script = Self::default();
        script.call(1, [":1.1", "a.b", "Get"], 2, &("x", 7_u32));
        script.call(5, [":1.2", "a.b", "Get"], 2, &());
        script.signal(6, &("new\x1b",));
        script.call(7, [":1.1", "c.d", "Silent"], 3, &(true,));
        script.call(8, [":1.1", "c.d", "Forget"], 4, &("y",));
        script.error(2_000_005, ":1.2", 2, "no\nthing");
        script.reply(3_000_001, ":1.9", ":1.1", 2, &("result",));
        script
    }
}

#[test]
fn a_call_and_its_reply_are_a_line() {
    let text = Script::sample().lines(Filter::default(), TEXT);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    for (line, (micros, expected)) in lines.iter().zip([
        ("000006", " :1.7 → * /s a.B.Changed('new\\u001b')"),
        ("000008", " :1.1 → c.d /a a.B.Forget('y') <no reply expected>"),
        ("000005", " :1.2 → a.b /a a.B.Get() = error a.b.Failed: no\\nthing <2.000000>"),
        ("000001", " :1.1 → a.b /a a.B.Get('x', uint32 7) = 'result' <3.000000>"),
        ("000007", " :1.1 → c.d /a a.B.Silent(true) = ? <never answered>"),
    ]) {
        let (time, rest) = line.split_at(15);
        assert!(time.ends_with(micros), "{line}");
        assert_eq!(rest, expected);
    }
}

#[test]
fn json_has_the_same_in_keys() {
    let text = Script::sample().lines(Filter::default(), Look { is_json: true, ..TEXT });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[2],
        "{\"timestamp-realtime\":5,\"sender\":\":1.2\",\"destination\":\"a.b\",\"path\":\"/a\",\
         \"interface\":\"a.B\",\"member\":\"Get\",\"bytes\":96,\"arguments\":{\"type\":\"\",\
         \"data\":[]},\"outcome\":\"error\",\"error\":{\"name\":\"a.b.Failed\",\"message\":\
         \"no\\nthing\"},\"reply_bytes\":117,\"latency_ns\":2000000000}"
    );
    assert!(
        lines[0].contains("\"destination\":null") && lines[0].contains("\"outcome\":\"signal\"")
    );
    assert!(lines[4].ends_with("\"outcome\":\"unanswered\"}"), "{}", lines[4]);
}

#[test]
fn long_arguments_are_cut_if_asked() {
    let mut script = Script::default();
    script.call(1, [":1.1", "a.b", "Get"], 2, &("éééééééééé",));
    script.reply(1, ":1.9", ":1.1", 2, &(vec![7_u8; 100],));
    let text = script.lines(Filter::default(), Look { width: Some(5), ..TEXT });
    assert!(text.contains("a.B.Get('ééé…") && text.contains("= [byte…"), "{text}");
}

#[test]
fn filters_choose_calls_and_keep_their_replies() {
    let narrow = Narrow { member: Some("Get".into()), ..Narrow::default() };
    let filter = Filter { narrow, destination: Some("a.b".into()), ..Filter::default() };
    let text = Script::sample().lines(filter, TEXT);
    assert_eq!(text.lines().filter(|line| line.contains("a.B.Get")).count(), 2, "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
    let filter = Filter { services: vec!["c.d".into()], ..Filter::default() };
    assert_eq!(Script::sample().lines(filter, TEXT).lines().count(), 2);
    let filter = Filter { ours: vec![":1.1".into()], ..Filter::default() };
    assert_eq!(Script::sample().lines(filter, TEXT).lines().count(), 2);
    let filter = Filter { rules: vec!["member='Forget'".parse().unwrap()], ..Filter::default() };
    assert_eq!(Script::sample().lines(filter, TEXT).lines().count(), 1);
}

#[test]
fn calls_are_counted_with_the_slowest_first() {
    let counts = Script::sample().trace(Filter::default(), Counts::new(By::Member));
    let mut text = String::new();
    counts.print(Some(Styles::NONE), |_| Known::Nothing, &mut text);
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        rows[0],
        "CALLS ERRORS UNANSWERED BYTES MEAN/ms P50/ms P99/ms MAX/ms METHOD"
            .split(' ')
            .collect::<Vec<_>>()
    );
    assert_eq!(rows[1][..3], ["2", "1", "0"]);
    assert_eq!(rows[1][4..], ["2500.000", rows[1][5], rows[1][6], "3000.000", "a.B.Get"]);
    assert_eq!(rows[2], ["1", "0", "0", rows[2][3], "-", "-", "-", "-", "a.B.Forget"]);
    assert_eq!(rows[3][..3], ["1", "0", "1"]);
    assert_eq!(counts.ended, 4);
}

#[test]
fn calls_are_counted_by_who_makes_them_and_who_gets_them() {
    for (by, expected) in [
        (By::Sender, [":1.1", ":1.2"].as_slice()),
        (By::Service, &["a.b", "c.d"]),
        (By::Path, &["/a"]),
    ] {
        let counts = Script::sample().trace(Filter::default(), Counts::new(by));
        let mut text = String::new();
        counts.print(None, |_| Known::Nothing, &mut text);
        let names: Vec<&str> =
            text.lines().filter_map(|line| line.split(' ').next_back()).collect();
        assert_eq!(names, expected, "{text}");
    }
}

#[test]
fn a_thousand_calls_with_known_delays_are_paired_exactly() {
    let mut script = Script::default();
    let delay = |serial: u32| u64::from(serial) * 7_919 % 50_000;
    let mut replies = Vec::new();
    for serial in 1..=1000 {
        let begin = u64::from(serial) * 100;
        script.call(begin, [":1.1", "a.b", "Get"], serial, &(serial,));
        replies.push((begin + delay(serial), serial));
    }
    for (time, serial) in replies {
        script.reply(time, ":1.9", ":1.1", serial, &(serial,));
    }
    script.0.sort_by_key(|(time, _)| *time);
    let text = script.lines(Filter::default(), TEXT);
    assert_eq!(text.lines().count(), 1000);
    for line in text.lines() {
        let (_, rest) = line.split_once("Get(uint32 ").unwrap();
        let (argument, rest) = rest.split_once(") = uint32 ").unwrap();
        let (result, latency) = rest.split_once(" <0.").unwrap();
        assert_eq!(argument, result);
        let micros: u64 = latency.trim_end_matches('>').parse().unwrap();
        assert_eq!(micros, delay(argument.parse().unwrap()), "{line}");
    }
}
