//! Random introspection data: the same for the same seed.

use std::fmt::Write;

/// Random numbers that are good enough for tests (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn basic(&mut self) -> &'static str {
        self.pick(&["y", "b", "n", "q", "i", "u", "x", "t", "d", "h", "s", "o", "g"])
    }

    /// A single complete type.
    pub(crate) fn signature(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.basic().to_owned();
        }
        match self.below(6) {
            0 => format!("a{}", self.signature(depth - 1)),
            1 => format!("a{{{}{}}}", self.basic(), self.signature(depth - 1)),
            2 => {
                let count = 1 + self.below(16);
                let fields: String = (0..count).map(|_| self.signature(depth - 1)).collect();
                let signature = format!("({fields})");
                if signature.len() < 120 { signature } else { "v".to_owned() }
            }
            3 => "v".to_owned(),
            _ => self.basic().to_owned(),
        }
    }

    /// A name of several words.
    fn name(&mut self, index: usize) -> String {
        let words = ["Get", "Unit", "PIDFD", "USec", "Timestamp", "CPU", "x", "IPv6", "Security"];
        let count = 1 + self.below(9);
        let mut name: String = (0..count).map(|_| self.pick(&words)).collect();
        write!(name, "{index}").unwrap();
        name
    }

    /// A document with one interface of many members.
    pub(crate) fn document(&mut self, members: usize) -> String {
        let mut xml = String::from("<node><interface name='org.example.Random'>\n");
        for index in 0..members {
            let name = self.name(index);
            match self.below(3) {
                0 => {
                    let signature = self.signature(3);
                    let emits = self.pick(&["true", "false", "const", "invalidates"]);
                    writeln!(
                        xml,
                        "<property name='{name}' type='{signature}' access='read'>\
                         <annotation name='org.freedesktop.DBus.Property.EmitsChangedSignal' value='{emits}'/>\
                         </property>"
                    )
                    .unwrap();
                }
                1 => {
                    writeln!(xml, "<method name='{name}'>{}</method>", self.arguments(true))
                        .unwrap();
                }
                _ => {
                    writeln!(xml, "<signal name='{name}'>{}</signal>", self.arguments(false))
                        .unwrap();
                }
            }
        }
        xml + "</interface></node>\n"
    }

    fn arguments(&mut self, has_direction: bool) -> String {
        let count = self.below(12);
        let mut xml = String::new();
        for index in 0..count {
            let depth = self.below(3);
            let signature = self.signature(depth);
            let direction = match has_direction {
                true => format!(" direction='{}'", self.pick(&["in", "out"])),
                false => String::new(),
            };
            write!(xml, "<arg name='a{index}' type='{signature}'{direction}/>").unwrap();
        }
        xml
    }
}
