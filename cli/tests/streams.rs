//! Standard output and standard error that cannot be written: a status, and never a panic.
#![cfg(target_os = "linux")]

mod npy;

use std::fs;
use std::io::pipe;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use self::npy::{header, npy, singles};

/// One command line of each kind, with the status that it has where everything can be written.
const COMMANDS: [(&str, i32); 19] = [
    ("", 0),
    ("--help", 0),
    ("--version", 0),
    ("apply --help", 0),
    ("bench -h", 0),
    ("info", 0),
    ("info --json", 0),
    ("plot --out plots", 0),
    ("verify --stride 16777213 --points 1 --backend scalar --op forward", 0),
    ("verify --stride 16777213 --points 1 --backend scalar --op forward --json", 0),
    ("verify --stride 16777213 --points 1 --backend scalar --op forward --bound 0", 1),
    ("verify --stride 16777213 --points 1 --backend scalar --op forward --bound 0 --json", 1),
    // With warnings on standard error.
    ("bench --size 9 --budget-ms 0 --backend naive --in-place --range=-90:0", 0),
    ("bench --size 9 --budget-ms 0 --backend naive --in-place --range=-90:0 --json", 0),
    ("apply input.npy output.npy", 0),
    ("apply absent.npy output.npy", 1),
    ("apply input.npy", 2),
    ("bench --size 18446744073709551615", 1),
    ("sideways", 2),
];

/// Whether it prints a report if nothing fails.
fn reports((arguments, status): (&str, i32)) -> bool {
    status != 2 && !arguments.starts_with("apply ") && !arguments.ends_with("615")
        || arguments == "apply --help"
}

struct Room {
    directory: TempDir,
}

impl Room {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let input = npy(1, &header("<f4", false, "(2,)"), &singles(&[0.0, 1.0]));
        fs::write(directory.path().join("input.npy"), input).unwrap();
        Self { directory }
    }

    /// With the shell's redirections.
    fn command(&self, arguments: &str, redirections: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exec \"$0\" \"$@\" {redirections}")]).arg(cargo_bin("sigmoid"));
        command.args(arguments.split_whitespace()).current_dir(&self.directory).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &str, redirections: &str) -> Output {
        self.command(arguments, redirections).output().unwrap()
    }
}

fn check(case: (&str, i32), how: &str, output: &Output, expected: i32) -> String {
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    let what = format!("sigmoid {} {how}: {}, {errors}", case.0, output.status);
    // None where a signal ended it.
    assert_eq!(output.status.code(), Some(expected), "{what}");
    assert!(!errors.contains("panicked"), "{what}");
    errors
}

#[test]
fn full_closed_and_read_only_streams() {
    for case in COMMANDS {
        for output in ["", ">/dev/full", ">&-", "1</dev/null"] {
            for error in ["", "2>/dev/full", "2>&-", "2</dev/null"] {
                let unwritten = reports(case) && !output.is_empty();
                let expected = if unwritten { 1 } else { case.1 };
                let room = Room::new();
                let how = format!("{output} {error}");
                let run = room.run(case.0, &how);
                let said = check(case, &how, &run, expected);
                if unwritten && error.is_empty() {
                    assert!(said.starts_with("error: cannot write the report: "), "{} {how}: {said}", case.0);
                    assert_eq!(said.lines().count(), 1, "{} {how}: {said}", case.0);
                }
                // What need not be said on a stream is done all the same.
                if case == ("apply input.npy output.npy", 0) {
                    assert!(room.directory.path().join("output.npy").is_file(), "{how}");
                }
            }
        }
    }
}

/// Nobody reads any more: that ends the report and changes no verdict.
#[test]
fn pipes_that_nobody_reads() {
    for case in COMMANDS {
        let room = Room::new();
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let run = room.command(case.0, "").stdout(writer).output().unwrap();
        let errors = check(case, "| nobody", &run, case.1);
        assert!(case.1 != 0 || !errors.contains("error"), "{case:?}: {errors}");

        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let run = room.command(case.0, "2>&1").stdout(writer).output().unwrap();
        check(case, "2>&1 | nobody", &run, case.1);
    }
}

/// To throw a report away is to have written it.
#[test]
fn the_null_device() {
    for case in COMMANDS {
        let room = Room::new();
        check(case, ">/dev/null", &room.run(case.0, ">/dev/null"), case.1);
        check(case, "1<>/dev/null", &room.run(case.0, "1<>/dev/null"), case.1);
    }
}

#[test]
fn help_is_on_standard_output_and_plain() {
    let room = Room::new();
    for arguments in ["--help", "-h", "apply --help", "--version"] {
        let run = room.run(arguments, "");
        assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
        let text = String::from_utf8(run.stdout).unwrap();
        assert!(text.starts_with("s(x)") || text.contains("npy") || text.starts_with("sigmoid "), "{text}");
        assert!(text.ends_with('\n') && !text.contains('\x1b'), "{text:?}");
    }
}

/// Names may hold anything.
#[test]
fn names_do_not_break_the_line() {
    let room = Room::new();
    let mut command = room.command("apply", "");
    let run = command.args(["two\nlines \x1b[2J.npy", "output.npy"]).output().unwrap();
    let error = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("two\\nlines") && !error.contains('\x1b'), "{error:?}");
}
