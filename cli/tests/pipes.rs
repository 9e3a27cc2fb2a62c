//! `sigmoid apply` from standard input, to standard output, to pipes and to devices.
#![cfg(target_os = "linux")]

mod npy;

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;

use assert_cmd::cargo::cargo_bin;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use sigmoid::Kernels;
use tempfile::TempDir;

use self::npy::{header, npy, singles};

const X: [f32; 4] = [-3.0, 0.0, 0.5, 8.0];

/// A directory with an input in it.
struct Room {
    directory: TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self { directory: TempDir::new().unwrap() };
        fs::write(room.path("input.npy"), input()).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A line of the shell, in which $0 is the command.
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("set -o pipefail; {line}")]).arg(cargo_bin("sigmoid"));
        command.current_dir(&self.directory).stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Succeeds without a word, and nothing new is left.
    fn succeeds(&self, line: &str) -> Vec<u8> {
        let before = self.names();
        let run = self.run(line);
        assert!(run.status.success() && run.stderr.is_empty(), "{line}: {run:?}");
        assert_eq!(self.names(), before, "{line}");
        run.stdout
    }

    /// Fails with one line that holds the words.
    fn fails(&self, line: &str, words: &str) {
        let before = self.names();
        let run = self.run(line);
        let error = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{line}: {error}");
        assert!(error.starts_with("error: ") && error.contains(words), "{line}: {error}");
        assert_eq!(error.lines().count(), 1, "{line}: {error}");
        assert_eq!(self.names(), before, "{line}");
    }

    fn names(&self) -> Vec<PathBuf> {
        let mut names: Vec<_> =
            fs::read_dir(&self.directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    }
}

fn input() -> Vec<u8> {
    npy(1, &header("<f4", false, "(4,)"), &singles(&X))
}

fn expected() -> Vec<u8> {
    let mut s = X;
    Kernels::new().forward_in_place(&mut s);
    npy(1, &header("<f4", false, "(4,)"), &singles(&s))
}

#[test]
fn standard_input_and_output() {
    let room = Room::new();
    for line in [
        r#""$0" apply input.npy - | cat"#,
        r#""$0" apply - - < input.npy"#,
        r#"cat input.npy | "$0" apply - -"#,
        r#"cat input.npy | "$0" apply /dev/stdin /dev/stdout | cat"#,
        r#""$0" apply input.npy /dev/fd/1 | cat"#,
        r#""$0" apply input.npy /proc/self/fd/1 | cat"#,
        // To another descriptor, and to one of the shell's pipes.
        r#""$0" apply input.npy /dev/fd/3 3>&1 | cat"#,
        r#""$0" apply input.npy >(cat) | cat"#,
        // What has been read already is no part of the array.
        r#"(echo before; cat input.npy) > /tmp/$$.both; (read -r; "$0" apply - -) < /tmp/$$.both; rm /tmp/$$.both"#,
    ] {
        assert_eq!(room.succeeds(line), expected(), "{line}");
    }
    // Twice is twice.
    let twice = [expected(), expected()].concat();
    assert_eq!(room.succeeds(r#""$0" apply input.npy - && "$0" apply input.npy -"#), twice);
}

/// A file that the shell has opened is written to where it stands.
#[test]
fn standard_output_is_a_file() {
    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
        let room = Room::new();
        fs::write(room.path("output.npy"), "what was there").unwrap();
        room.succeeds(&format!(r#""$0" apply input.npy {name} >> output.npy"#));
        assert_eq!(fs::read(room.path("output.npy")).unwrap(), [b"what was there", &expected()[..]].concat());
        room.succeeds(&format!(r#"(echo before; "$0" apply input.npy {name}; echo after) > output.npy"#));
        let all = [b"before\n", &expected()[..], b"after\n"].concat();
        assert_eq!(fs::read(room.path("output.npy")).unwrap(), all);
        room.fails(&format!(r#""$0" apply input.npy {name} >> input.npy"#), "it is the input too");
        assert_eq!(fs::read(room.path("input.npy")).unwrap(), input());
    }
    let room = Room::new();
    room.fails(r#""$0" apply input.npy - >&-"#, "cannot write standard output");
    room.fails(r#""$0" apply input.npy - >/dev/full"#, "cannot write standard output: No space left");
    room.fails(r#""$0" apply input.npy - 1</dev/null"#, "cannot write standard output");
    room.fails(r#""$0" apply - output.npy </dev/null"#, "standard input is not an .npy file");
    room.fails(r#""$0" apply - output.npy <&-"#, "standard input is not an .npy file");
    // A file of this name takes a directory before it.
    room.succeeds(r#"cp input.npy ./-; "$0" apply ./- ./-; cat ./- ; rm ./-"#);
}

#[test]
fn named_pipes_and_devices() {
    let room = Room::new();
    mkfifo(&room.path("fifo"), Mode::S_IRWXU).unwrap();
    for line in [
        r#""$0" apply input.npy fifo"#,
        r#"cat input.npy | "$0" apply - fifo"#,
        r#""$0" apply - fifo < input.npy"#,
    ] {
        let path = room.path("fifo");
        let reader = thread::spawn(move || {
            let mut found = Vec::new();
            File::open(path).unwrap().read_to_end(&mut found).unwrap();
            found
        });
        room.succeeds(line);
        assert_eq!(reader.join().unwrap(), expected());
    }
    room.succeeds(r#""$0" apply input.npy /dev/null"#);
    // What is no array does not wait for a reader.
    room.fails(r#"echo | "$0" apply - fifo"#, "standard input is not an .npy file");
}

/// In order, and as it comes: what fails later has been written as far as it went.
#[test]
fn written_in_order() {
    let room = Room::new();
    let run = room.run(r#"head -c -3 input.npy | "$0" apply - - "#);
    assert_eq!(run.status.code(), Some(1));
    assert!(expected().starts_with(&run.stdout) && !run.stdout.is_empty());
    let help = String::from_utf8(room.succeeds(r#""$0" apply --help"#)).unwrap();
    assert!(
        help.split_whitespace().collect::<Vec<_>>().join(" ").contains("part of it has been written"),
        "{help}"
    );
}

/// Whoever reads may have read enough: that is no failure, and nothing is said of it.
#[test]
fn nobody_reads() {
    let room = Room::new();
    let elements = 1 << 24;
    let start = npy(1, &header("<f4", false, &format!("({elements},)")), &[]);
    fs::write(room.path("long.npy"), &start).unwrap();
    File::options()
        .write(true)
        .open(room.path("long.npy"))
        .unwrap()
        .set_len(start.len() as u64 + 4 * elements)
        .unwrap();
    for output in ["-", "/dev/stdout"] {
        let read = room.succeeds(&format!(r#""$0" apply long.npy {output} --threads 1 | head -c 10"#));
        assert_eq!(read, start[..10]);
    }
    mkfifo(&room.path("fifo"), Mode::S_IRWXU).unwrap();
    let read = room
        .succeeds(r#"head -c 10 fifo & "$0" apply long.npy fifo --threads 1; status=$?; wait; exit $status"#);
    assert_eq!(read, start[..10]);

    // In a directory of several, the others come all the same.
    fs::create_dir(room.path("out")).unwrap();
    mkfifo(&room.path("out/long.npy"), Mode::S_IRWXU).unwrap();
    room.succeeds(
        r#"head -c 10 out/long.npy > /dev/null & "$0" apply long.npy input.npy --out out --threads 1"#,
    );
    assert_eq!(fs::read(room.path("out/input.npy")).unwrap(), expected());
}

#[test]
fn names_are_printable() {
    let room = Room::new();
    for line in [
        r#""$0" apply $'a\nb\e[2J' -"#,
        r#""$0" apply input.npy $'absent/a\nb\e[2J'"#,
        r#"ln -s nowhere $'a\e[2J'; "$0" apply input.npy $'a\e[2J'; status=$?; rm a*; exit $status"#,
        r#""$0" apply input.npy $'x\e/input.npy' --out new"#,
    ] {
        let run = room.run(line);
        let error = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{error}");
        assert!(
            error.lines().count() == 1 && !error.contains('\x1b') && error.contains("\\u{1b}"),
            "{error:?}"
        );
    }
}
