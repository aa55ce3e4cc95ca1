//! The programs in documents compile, and the tests in them pass.

macro_rules! documents {
    ($($name:ident: $file:literal)*) => {
        $(
            #[doc = include_str!(concat!("../../", $file))]
            mod $name {}
        )*
    };
}

documents! {
    readme: "README.md"
    embedding: "docs/embedding.md"
    barebus: "crates/barebus/README.md"
    codegen: "crates/barebus-codegen/README.md"
    derive: "crates/barebus-derive/README.md"
    sasl: "crates/barebus-sasl/README.md"
    session: "crates/barebus-session/README.md"
    systemd: "crates/barebus-systemd/README.md"
    systemd_box: "crates/barebus-box/README.md"
    text: "crates/barebus-text/README.md"
    tokio: "crates/barebus-tokio/README.md"
    wire: "crates/barebus-wire/README.md"
}
