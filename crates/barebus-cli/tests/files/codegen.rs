//! Definitions from files, from standard input, and from a service that is played here.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::thread;

use barebus_tests::peer::Peer;

use crate::common::{BAREBUS, Folder, refused, stdout};

const FIRST: &str = "<node><interface name='org.example.I'><method name='M'/></interface></node>";
const SECOND: &str =
    "<node><interface name='org.example.I'><method name='M'/><signal name='S'/></interface>
                      <interface name='org.example.J'/></node>";

fn codegen(arguments: &[&str]) -> Command {
    let mut command = Command::new(BAREBUS);
    command.arg("codegen").args(arguments);
    command
}

/// A folder with both documents.
fn files(name: &str) -> (Folder, [String; 2]) {
    let folder = Folder::new(name);
    let paths = ["first.xml", "second.xml"].map(|name| folder.join(name));
    for (path, text) in paths.iter().zip([FIRST, SECOND]) {
        std::fs::write(path, text).unwrap();
    }
    (folder, paths)
}

#[test]
fn one_interface_is_a_file_and_several_are_its_modules() {
    let (_folder, [first, second]) = files("codegen-files");
    let text = stdout(&mut codegen(&[&first]));
    assert!(text.starts_with("//! `org.example.I`, in `first.xml`.\n"), "{text}");
    assert!(
        text.contains("pub const M: Method<(), ()> = Method::new(INTERFACE, \"M\");"),
        "{text}"
    );
    let text = stdout(&mut codegen(&[&second]));
    assert!(text.contains("pub mod i {\n") && text.contains("pub mod j {\n"), "{text}");
    let text = stdout(&mut codegen(&["--interface", "org.example.J", &second]));
    assert!(text.starts_with("//! `org.example.J`"), "{text}");
}

#[test]
fn versions_are_merged_under_their_names() {
    let (_folder, [first, second]) = files("codegen-versions");
    let (first, second) = (format!("1.0={first}"), format!("2.0={second}"));
    let text = stdout(&mut codegen(&["--interface=org.example.I", &first, &second]));
    assert!(text.contains("/// `S()`. In `2.0`, not in `1.0`."), "{text}");
    assert!(text.contains("use barebus::definition::"), "{text}");
    let text = stdout(&mut codegen(&["--crate=a::b", &first]));
    assert!(text.contains("use a::b::definition::"), "{text}");
}

#[test]
fn standard_input_is_read() {
    let mut child = codegen(&["-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(FIRST.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("//! `org.example.I`, in standard input."), "{text}");
}

#[test]
fn a_directory_gets_a_file_for_each_interface() {
    let (folder, [_, second]) = files("codegen-directory");
    let output = folder.join("out/definitions");
    assert_eq!(stdout(&mut codegen(&["--output", &output, &second])), "");
    let read = |name: &str| std::fs::read_to_string(format!("{output}/{name}")).unwrap();
    assert!(read("mod.rs").ends_with("pub mod i;\npub mod j;\n"));
    assert!(read("i.rs").starts_with("//! `org.example.I`"));
    assert!(read("j.rs").starts_with("//! `org.example.J`"));
}

#[test]
fn says_what_it_cannot_use() {
    let (folder, [first, _]) = files("codegen-refused");
    refused(&mut codegen(&["/nowhere.xml"]), 5, &["cannot read /nowhere.xml"]);
    refused(&mut codegen(&[&first, &first]), 2, &["'first.xml'", "1.0="]);
    refused(&mut codegen(&[]), 2, &["<FILE>"]);
    refused(&mut codegen(&["--object", "/"]), 2, &["--destination"]);
    refused(&mut codegen(&["--interface=a.b", &first]), 1, &["cannot generate a.b"]);
    let broken = folder.join("broken.xml");
    std::fs::write(&broken, FIRST.replace("'M'", "'M-'")).unwrap();
    refused(&mut codegen(&[&broken]), 1, &["broken.xml", "line 1", "org.example.I.M-"]);
}

#[test]
fn a_service_is_introspected_with_its_children() {
    let folder = Folder::new("codegen-live");
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    let server = thread::spawn(move || {
        let mut peer = Peer::new(listener.accept().unwrap().0);
        assert!(peer.authenticate());
        let mut asked = Vec::new();
        while let Some(call) = peer.receive() {
            let path = call.message().header().path.unwrap().to_string();
            let (interface, child) = match &*path {
                "/" => ("Root", "<node name='a'/><node name='b'/><node name='gone'/>"),
                "/a" => ("Leaf", "<node name='../..'/>"),
                _ => ("Leaf", ""),
            };
            let xml = format!("<node><interface name='org.example.{interface}'/>{child}</node>");
            let reply = match &*path {
                "/gone" => peer.error(&call, None, "org.example.Gone", "it is gone"),
                _ => peer.reply(&call, None, &(&*xml,)),
            };
            peer.write(&reply);
            asked.push(path);
        }
        asked
    });
    let peer = format!("unix:path={}", folder.join("socket"));
    let output = codegen(&["--peer", &peer, "--object", "/", "--recursive"]).output().unwrap();
    assert_eq!(server.join().unwrap(), ["/", "/a", "/b", "/gone"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("pub mod leaf {\n") && text.contains("pub mod root {\n"), "{text}");
    // An object that is gone is told of; the others are generated.
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("/gone") && complaint.contains("it is gone"), "{complaint}");
    assert_eq!(output.status.code(), Some(1));
}
