//! `sigmoid apply` over files that are there: what is kept, what is lost and said, and what is refused.
#![cfg(target_os = "linux")]

mod npy;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use self::npy::{header, npy, singles};

/// A user and a group that nothing belongs to.
const NOBODY: u32 = 65_534;

/// A directory with an input and an output in it, and the command, which any user may run.
struct Room {
    directory: TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self { directory: TempDir::new().unwrap() };
        fs::set_permissions(&room.directory, Permissions::from_mode(0o755)).unwrap();
        // By another process: a test that starts one would hold a copy open that is written here.
        let copied = Command::new("cp").arg(cargo_bin("sigmoid")).arg(room.path("sigmoid")).status().unwrap();
        assert!(copied.success());
        fs::create_dir(room.path("out")).unwrap();
        fs::write(room.path("input.npy"), npy(1, &header("<f4", false, "(1,)"), &singles(&[0.0]))).unwrap();
        fs::write(room.path("out/output.npy"), "what was there").unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, output: &str) -> Command {
        let mut command = Command::new(self.path("sigmoid"));
        command.args(["apply", "input.npy", output, "--threads", "1"]);
        command.current_dir(&self.directory).stdin(Stdio::null());
        command
    }

    /// Another user's run where this one may do everything.
    fn as_user(&self, output: &str) -> Command {
        let mut command = self.command(output);
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn assert_done(&self, output: &str) {
        let expected = npy(1, &header("<f4", false, "(1,)"), &singles(&[0.5]));
        assert_eq!(fs::read(self.path(output)).unwrap(), expected);
        assert_eq!(fs::read_dir(self.path("out")).unwrap().filter(is_part).count(), 0);
    }

    fn assert_refused(&self, run: &Output, words: &str) {
        let error = str::from_utf8(&run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{error}");
        assert!(error.starts_with("error: cannot ") && error.contains(words), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(fs::read_dir(self.path("out")).unwrap().filter(is_part).count(), 0);
    }
}

fn is_part(entry: &std::io::Result<fs::DirEntry>) -> bool {
    entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with(".sigmoid-")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Says one warning that holds the words, and does its work.
fn assert_warned(run: &Output, words: &str) {
    let error = str::from_utf8(&run.stderr).unwrap();
    assert!(run.status.success(), "{error}");
    assert!(error.starts_with("warning: out/output.npy is replaced by a new file: "), "{error}");
    assert!(error.contains(words) && error.lines().count() == 1, "{error}");
}

#[test]
fn nothing_is_said_of_an_ordinary_file() {
    let room = Room::new();
    fs::set_permissions(room.path("out/output.npy"), Permissions::from_mode(0o604)).unwrap();
    let run = room.command("out/output.npy").output().unwrap();
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
    room.assert_done("out/output.npy");
    assert_eq!(fs::metadata(room.path("out/output.npy")).unwrap().mode() & 0o777, 0o604);
}

#[test]
fn hard_links() {
    let room = Room::new();
    fs::hard_link(room.path("out/output.npy"), room.path("other.npy")).unwrap();
    assert_warned(&room.command("out/output.npy").output().unwrap(), "hard links");
    room.assert_done("out/output.npy");
    assert_eq!(fs::read(room.path("other.npy")).unwrap(), b"what was there");
}

#[test]
fn extended_attributes() {
    use nix::libc;

    let room = Room::new();
    let path = std::ffi::CString::new(room.path("out/output.npy").to_str().unwrap()).unwrap();
    // SAFETY: two strings that end with a zero, and a value of one byte.
    let set = unsafe { libc::setxattr(path.as_ptr(), c"user.note".as_ptr(), b"x".as_ptr().cast(), 1, 0) };
    if set != 0 {
        eprintln!("not tested: this file system has no extended attributes");
        return;
    }
    assert_warned(&room.command("out/output.npy").output().unwrap(), "extended attributes");
    room.assert_done("out/output.npy");
}

#[test]
fn the_owner() {
    if !is_root() {
        eprintln!("not tested: only root may give files away");
        return;
    }
    let room = Room::new();
    let owner = |name: &str| {
        let metadata = fs::metadata(room.path(name)).unwrap();
        (metadata.uid(), metadata.gid())
    };
    // Kept by those who may.
    chown(room.path("out/output.npy"), Some(NOBODY), Some(12_345)).unwrap();
    fs::set_permissions(room.path("out/output.npy"), Permissions::from_mode(0o640)).unwrap();
    let run = room.command("out/output.npy").output().unwrap();
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
    room.assert_done("out/output.npy");
    assert_eq!(owner("out/output.npy"), (NOBODY, 12_345));
    assert_eq!(fs::metadata(room.path("out/output.npy")).unwrap().mode() & 0o777, 0o640);

    // And lost by others.
    chown(room.path("out/output.npy"), Some(12_345), Some(12_345)).unwrap();
    fs::set_permissions(room.path("out/output.npy"), Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(room.path("out"), Permissions::from_mode(0o777)).unwrap();
    assert_warned(&room.as_user("out/output.npy").output().unwrap(), "another owner and another group");
    room.assert_done("out/output.npy");
    assert_eq!(owner("out/output.npy"), (NOBODY, NOBODY));

    // As in /tmp.
    chown(room.path("out/output.npy"), Some(12_345), Some(12_345)).unwrap();
    fs::set_permissions(room.path("out"), Permissions::from_mode(0o1777)).unwrap();
    room.assert_refused(&room.as_user("out/output.npy").output().unwrap(), "another user's");
}

#[test]
fn a_directory_that_is_not_writable() {
    let room = Room::new();
    fs::set_permissions(room.path("out/output.npy"), Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(room.path("out"), Permissions::from_mode(0o555)).unwrap();
    room.assert_refused(&room.as_user("out/output.npy").output().unwrap(), "its directory lets no new file");
    room.assert_refused(
        &room.as_user("out/new.npy").output().unwrap(),
        "cannot write out/new.npy: permission denied",
    );
    assert_eq!(fs::read(room.path("out/output.npy")).unwrap(), b"what was there");
    fs::set_permissions(room.path("out"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_mount_point() {
    let room = Room::new();
    let line = "mount --bind input.npy 'out/out put.npy' && ./sigmoid apply input.npy 'out/out put.npy'";
    fs::write(room.path("out/out put.npy"), "").unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", line]).current_dir(&room.directory);
    match command.output() {
        Ok(run) if str::from_utf8(&run.stderr).unwrap().starts_with("error: ") => {
            room.assert_refused(&run, "cannot replace out/out put.npy: it is a mount point");
        }
        other => eprintln!("not tested: nothing can be mounted here: {other:?}"),
    }
}

#[test]
fn links_that_lead_nowhere() {
    let room = Room::new();
    symlink("absent.npy", room.path("out/link.npy")).unwrap();
    room.assert_refused(
        &room.command("out/link.npy").output().unwrap(),
        "a symbolic link that leads nowhere",
    );
    symlink("loop.npy", room.path("out/loop.npy")).unwrap();
    room.assert_refused(&room.command("out/loop.npy").output().unwrap(), "cannot write out/loop.npy");
    assert!(fs::symlink_metadata(room.path("out/link.npy")).unwrap().is_symlink());
}

/// Nobody reads the new content meanwhile who may not read the old one.
#[test]
fn a_private_file_stays_private() {
    let room = Room::new();
    fs::set_permissions(room.path("out/output.npy"), Permissions::from_mode(0o600)).unwrap();
    nix::unistd::mkfifo(&room.path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut command = Command::new(room.path("sigmoid"));
    command.args(["apply", "fifo", "out/output.npy", "--threads", "1"]).current_dir(&room.directory);
    let mut running = command.spawn().unwrap();
    let mut pipe = fs::File::options().write(true).open(room.path("fifo")).unwrap();
    let whole = fs::read(room.path("input.npy")).unwrap();
    std::io::Write::write_all(&mut pipe, &whole[..whole.len() - 1]).unwrap();
    let part = loop {
        let entry = fs::read_dir(room.path("out")).unwrap().find(is_part);
        if let Some(entry) = entry {
            break entry.unwrap();
        }
        std::thread::yield_now();
    };
    assert_eq!(part.metadata().unwrap().mode() & 0o777, 0o600);
    std::io::Write::write_all(&mut pipe, &whole[whole.len() - 1..]).unwrap();
    drop(pipe);
    assert!(running.wait().unwrap().success());
    room.assert_done("out/output.npy");
}

#[test]
fn the_help_says_it() {
    let room = Room::new();
    let run = Command::new(room.path("sigmoid")).args(["apply", "--help"]).output().unwrap();
    let help = String::from_utf8(run.stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "its owner",
        "Hard links",
        "extended attributes",
        "mount point",
        "leads nowhere",
        "whole or not at all",
    ] {
        assert!(help.contains(words), "{words}: {help}");
    }
}
