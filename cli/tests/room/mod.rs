//! A directory to run `sigmoid apply` in, as a user does.

// Not every test needs all of it.
#![allow(dead_code)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

pub struct Room {
    pub directory: TempDir,
}

impl Room {
    /// With these files in it.
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        let room = Self { directory: TempDir::new().unwrap() };
        files.iter().for_each(|(name, bytes)| room.write(name, bytes));
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.directory).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(cargo_bin("sigmoid"));
        command.arg("apply").args(arguments).current_dir(&self.directory).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// Succeeds without a word, and gives what is in the file that is named last.
    pub fn apply(&self, arguments: &[&str]) -> Vec<u8> {
        let run = self.run(arguments);
        assert!(
            run.status.success() && run.stdout.is_empty() && run.stderr.is_empty(),
            "{arguments:?}: {run:?}"
        );
        assert!(!self.names().iter().any(|name| name.ends_with(".part")));
        self.read(arguments.last().unwrap())
    }

    /// Fails with status 1 and one line that holds the words, and leaves everything as it was.
    pub fn fails(&self, arguments: &[&str], words: &[&str]) {
        self.ends(arguments, 1, words);
    }

    /// Fails as a command line that is none does.
    pub fn is_no_usage(&self, arguments: &[&str], words: &[&str]) {
        self.ends(arguments, 2, words);
    }

    fn ends(&self, arguments: &[&str], status: i32, words: &[&str]) {
        let content =
            || self.names().into_iter().map(|name| (self.path(&name).is_file()).then(|| self.read(&name)));
        let before: Vec<_> = content().collect();
        let run = self.run(arguments);
        assert_one_line(&run, status, words, &format!("{arguments:?}"));
        assert!(content().eq(before), "{arguments:?}: {:?}", self.names());
    }

    /// Runs a line of the shell, in which $0 is the command.
    pub fn shell(&self, line: &str) -> Output {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("set -o pipefail; ulimit -c 0; {line}")]).arg(cargo_bin("sigmoid"));
        command.current_dir(&self.directory).stdin(Stdio::null()).output().unwrap()
    }

    /// Succeeds without a word, and gives what is written to standard output.
    pub fn shell_succeeds(&self, line: &str) -> Vec<u8> {
        let run = self.shell(line);
        assert!(run.status.success() && run.stderr.is_empty(), "{line}: {run:?}");
        run.stdout
    }

    pub fn shell_fails(&self, line: &str, words: &[&str]) {
        let before = self.names();
        assert_one_line(&self.shell(line), 1, words, line);
        assert_eq!(self.names(), before, "{line}");
    }
}

fn assert_one_line(run: &Output, status: i32, words: &[&str], what: &str) {
    let error = String::from_utf8(run.stderr.clone()).unwrap();
    assert_eq!(run.status.code(), Some(status), "{what}: {}, {error}", run.status);
    assert!(error.starts_with("error: ") && error.lines().count() == 1, "{what}: {error}");
    for word in words {
        assert!(error.contains(word), "{what}: {error} lacks {word}");
    }
}
