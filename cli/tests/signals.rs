//! What signals do to `sigmoid`: it ends at once and by that signal, and leaves nothing half written.
#![cfg(unix)]

mod npy;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use nix::sys::signal::{SigHandler, Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use sigmoid::Kernels;
use tempfile::TempDir;

use self::npy::{header, npy, singles};

/// Longer than any of this takes: what has not happened by then will not.
const PATIENCE: Duration = Duration::from_secs(20);

/// Those that end a process unless something is done about it.
const SIGNALS: [Signal; 7] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
    Signal::SIGALRM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

const X: [f32; 4] = [-3.0, 0.0, 0.5, 8.0];

/// A directory to run in.
struct Room {
    directory: TempDir,
}

impl Room {
    fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn with_fifo() -> Self {
        let room = Self::new();
        mkfifo(&room.path("fifo"), Mode::S_IRWXU).unwrap();
        room
    }

    /// A file with so many elements, all of them 0, that takes no room on the disk.
    fn with_long_file(elements: u64) -> Self {
        let room = Self::new();
        let start = npy(1, &header("<f4", false, &format!("({elements},)")), &[]);
        let mut file = File::create(room.path("long.npy")).unwrap();
        file.write_all(&start).unwrap();
        file.set_len(start.len() as u64 + 4 * elements).unwrap();
        room
    }

    /// Starts it from a shell that has run these lines. Nothing dumps core, and nothing is ignored that
    /// whoever runs the tests ignores.
    fn start_after(&self, lines: &str, arguments: &[&str]) -> Running {
        let script = format!("ulimit -c 0; {lines}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(cargo_bin("sigmoid")).args(arguments);
        command.current_dir(&self.directory).stdin(Stdio::null());
        let heed = || {
            for signal in SIGNALS.into_iter().chain([Signal::SIGXFSZ]) {
                // SAFETY: the default action runs no code.
                unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) }?;
            }
            Ok(())
        };
        // SAFETY: a handler may call what it calls, and so may a process that has just been forked.
        unsafe { command.pre_exec(heed) };
        Running { child: command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap() }
    }

    fn start(&self, arguments: &[&str]) -> Running {
        self.start_after(":", arguments)
    }

    /// Waits until a file has been begun that is not there yet under its name.
    fn await_unfinished(&self) {
        let unfinished = || self.names().iter().any(|name| name.starts_with(".sigmoid-"));
        assert!(comes_true(unfinished), "nothing has been begun: {:?}", self.names());
    }
}

/// Asks again and again, until patience ends.
fn comes_true(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    true
}

/// A process, which ends with the test.
struct Running {
    child: Child,
}

impl Running {
    fn send(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    /// How it ended.
    fn end(&mut self) -> ExitStatus {
        let mut status = None;
        let ended = comes_true(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        assert!(ended, "it lives on");
        status.unwrap()
    }

    fn assert_ended_by(&mut self, signal: Signal) {
        let status = self.end();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(status.signal(), Some(signal as i32), "{status}, {said}");
        assert!(said.is_empty(), "{said}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A header of an array longer than what follows it here.
fn beginning() -> Vec<u8> {
    npy(1, &header("<f4", false, "(1000000,)"), &singles(&X))
}

#[test]
fn waiting_for_a_pipe_to_be_opened() {
    for signal in SIGNALS {
        let room = Room::with_fifo();
        let mut running = room.start(&["apply", "fifo", "output.npy"]);
        sleep(Duration::from_millis(100));
        running.send(signal);
        running.assert_ended_by(signal);
        assert_eq!(room.names(), ["fifo"]);
    }
}

#[test]
fn waiting_for_the_header_from_a_pipe() {
    for signal in SIGNALS {
        let room = Room::with_fifo();
        let mut running = room.start(&["apply", "fifo", "output.npy"]);
        // Opened when both ends are.
        let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
        pipe.write_all(&beginning()[..9]).unwrap();
        sleep(Duration::from_millis(20));
        running.send(signal);
        running.assert_ended_by(signal);
        assert_eq!(room.names(), ["fifo"]);
    }
}

#[test]
fn waiting_for_elements_from_a_pipe() {
    for signal in SIGNALS {
        for threads in ["1", "4"] {
            let room = Room::with_fifo();
            fs::write(room.path("output.npy"), "what was there").unwrap();
            let mut running = room.start(&["apply", "fifo", "output.npy", "--threads", threads]);
            let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
            pipe.write_all(&beginning()).unwrap();
            room.await_unfinished();
            running.send(signal);
            running.assert_ended_by(signal);
            assert_eq!(room.names(), ["fifo", "output.npy"]);
            assert_eq!(fs::read(room.path("output.npy")).unwrap(), b"what was there");
        }
    }
}

#[test]
fn waiting_for_a_reader() {
    for signal in SIGNALS {
        let room = Room::with_fifo();
        fs::write(room.path("input.npy"), npy(1, &header("<f4", false, "(4,)"), &singles(&X))).unwrap();
        let mut running = room.start(&["apply", "input.npy", "fifo"]);
        sleep(Duration::from_millis(100));
        running.send(signal);
        running.assert_ended_by(signal);
        assert_eq!(room.names(), ["fifo", "input.npy"]);
    }
}

/// Whichever of the two inputs it waits for.
#[test]
fn waiting_for_one_of_two_pipes() {
    for signal in SIGNALS {
        for inputs in [["fifo", "whole.npy"], ["whole.npy", "fifo"]] {
            let room = Room::with_fifo();
            let whole = npy(1, &header("<f4", false, "(1000000,)"), &singles(&vec![0.0; 1_000_000]));
            fs::write(room.path("whole.npy"), whole).unwrap();
            let arguments = ["apply", "--op", "swiglu", inputs[0], inputs[1], "output.npy"];
            let mut running = room.start(&arguments);
            let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
            pipe.write_all(&beginning()).unwrap();
            room.await_unfinished();
            running.send(signal);
            running.assert_ended_by(signal);
            assert_eq!(room.names(), ["fifo", "whole.npy"]);
        }
    }
}

#[test]
fn waiting_for_tensors_from_a_pipe() {
    let json = r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    let beginning = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), &[0; 9]].concat();
    for signal in SIGNALS {
        let room = Room::with_fifo();
        fs::write(room.path("output"), "what was there").unwrap();
        let mut running = room.start(&["apply", "--all-tensors", "fifo", "output"]);
        let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
        pipe.write_all(&beginning).unwrap();
        room.await_unfinished();
        running.send(signal);
        running.assert_ended_by(signal);
        assert_eq!(room.names(), ["fifo", "output"]);
        assert_eq!(fs::read(room.path("output")).unwrap(), b"what was there");
    }
}

/// What is done stays, and what is not is removed.
#[test]
fn the_second_of_several_files() {
    for signal in SIGNALS {
        let room = Room::with_fifo();
        fs::write(room.path("first.npy"), npy(1, &header("<f4", false, "(4,)"), &singles(&X))).unwrap();
        fs::create_dir(room.path("out")).unwrap();
        let mut running = room.start(&["apply", "first.npy", "fifo", "--out", "out"]);
        let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
        pipe.write_all(&beginning()).unwrap();
        assert!(comes_true(|| fs::read_dir(room.path("out")).unwrap().count() == 2));
        running.send(signal);
        running.assert_ended_by(signal);
        let left: Vec<_> =
            fs::read_dir(room.path("out")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [room.path("out/first.npy")]);
    }
}

#[test]
fn computing_and_writing_a_long_file() {
    for signal in SIGNALS {
        for threads in ["1", "4"] {
            let room = Room::with_long_file(1 << 30);
            let mut running = room.start(&["apply", "long.npy", "output.npy", "--threads", threads]);
            room.await_unfinished();
            sleep(Duration::from_millis(30));
            running.send(signal);
            running.assert_ended_by(signal);
            assert_eq!(room.names(), ["long.npy"]);
        }
    }
}

/// Wherever it is: before the file is begun, while it is, after. The threads that compute are there before the
/// file, and the system may choose any of them to deliver a signal to.
#[test]
fn at_any_moment() {
    for step in 0..400 {
        let room = Room::with_long_file(1 << 30);
        let mut running = room.start(&["apply", "long.npy", "output.npy", "--threads", "8"]);
        sleep(Duration::from_micros(25 * step));
        running.send(Signal::SIGTERM);
        running.assert_ended_by(Signal::SIGTERM);
        assert_eq!(room.names(), ["long.npy"], "{step}");
    }
}

/// Whichever thread the system chooses.
#[test]
#[cfg(target_os = "linux")]
fn a_signal_on_a_thread_that_computes() {
    use nix::libc;

    let room = Room::with_long_file(1 << 30);
    let mut running = room.start(&["apply", "long.npy", "output.npy", "--threads", "4"]);
    room.await_unfinished();
    let process = running.child.id() as i32;
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let threads = threads.map(|entry| entry.unwrap().file_name().into_string().unwrap().parse().unwrap());
    let thread: i32 = threads.filter(|&thread| thread != process).last().unwrap();
    // SAFETY: it sends a signal to a process that has not been waited for.
    let sent = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, libc::SIGTERM) };
    assert_eq!(sent, 0);
    running.assert_ended_by(Signal::SIGTERM);
    assert_eq!(room.names(), ["long.npy"]);
}

/// The last signals of many come while it ends, or on another thread.
#[test]
fn more_than_one_signal() {
    let pairs = SIGNALS.map(|first| SIGNALS.map(|second| (first, second)));
    for (first, second) in pairs.into_iter().flatten() {
        let room = Room::with_long_file(1 << 30);
        let mut running = room.start(&["apply", "long.npy", "output.npy", "--threads", "4"]);
        room.await_unfinished();
        // Not yet waited for, it can still be sent to when it has ended.
        for signal in [first, second, first, second] {
            running.send(signal);
        }
        let status = running.end();
        let one_of_them = [first, second].map(|signal| Some(signal as i32)).contains(&status.signal());
        assert!(one_of_them, "{first} and {second}: {status}");
        assert_eq!(room.names(), ["long.npy"], "{first} and {second}");
    }
}

#[test]
fn what_the_parent_ignores_stays_ignored() {
    let whole = npy(1, &header("<f4", false, "(4,)"), &singles(&X));
    let (first, last) = whole.split_at(whole.len() - 5);
    let mut s = X;
    Kernels::new().forward_in_place(&mut s);
    let expected = npy(1, &header("<f4", false, "(4,)"), &singles(&s));
    for (ignored, name) in [(Signal::SIGHUP, "HUP"), (Signal::SIGINT, "INT"), (Signal::SIGTERM, "TERM")] {
        let room = Room::with_fifo();
        let arguments = ["apply", "fifo", "output.npy", "--threads", "2"];
        let mut running = room.start_after(&format!("trap '' {name}"), &arguments);
        let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
        pipe.write_all(first).unwrap();
        room.await_unfinished();
        for _ in 0..3 {
            running.send(ignored);
            sleep(Duration::from_millis(20));
        }
        assert!(running.child.try_wait().unwrap().is_none(), "{name} ended it");
        pipe.write_all(last).unwrap();
        drop(pipe);
        assert!(running.end().success(), "{name}");
        assert_eq!(fs::read(room.path("output.npy")).unwrap(), expected);

        // The others still end it.
        let other = if ignored == Signal::SIGTERM { Signal::SIGINT } else { Signal::SIGTERM };
        let mut running = room.start_after(&format!("trap '' {name}"), &arguments);
        let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
        pipe.write_all(first).unwrap();
        room.await_unfinished();
        running.send(ignored);
        running.send(other);
        running.assert_ended_by(other);
        assert_eq!(room.names(), ["fifo", "output.npy"]);
    }
}

#[test]
fn nohup_outlives_the_terminal() {
    let room = Room::with_fifo();
    let mut command = Command::new("nohup");
    command.arg(cargo_bin("sigmoid")).args(["apply", "fifo", "output.npy"]).current_dir(&room.directory);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = Running { child: command.spawn().unwrap() };
    let mut pipe = File::options().write(true).open(room.path("fifo")).unwrap();
    let whole = npy(1, &header("<f4", false, "(4,)"), &singles(&X));
    pipe.write_all(&whole[..100]).unwrap();
    running.send(Signal::SIGHUP);
    pipe.write_all(&whole[100..138]).unwrap();
    room.await_unfinished();
    for _ in 0..3 {
        running.send(Signal::SIGHUP);
        sleep(Duration::from_millis(20));
    }
    pipe.write_all(&whole[138..]).unwrap();
    drop(pipe);
    assert!(running.end().success());
    assert_eq!(room.names(), ["fifo", "output.npy"]);
}

/// The system's own signal, in the middle of a write.
#[test]
fn a_file_that_may_not_grow() {
    let room = Room::with_long_file(1 << 24);
    let mut running = room.start_after("ulimit -f 1024", &["apply", "long.npy", "output.npy"]);
    running.assert_ended_by(Signal::SIGXFSZ);
    assert_eq!(room.names(), ["long.npy"]);

    let mut running = room.start_after("ulimit -f 16", &["plot", "--out", "."]);
    running.assert_ended_by(Signal::SIGXFSZ);
    assert_eq!(room.names(), ["long.npy"]);

    // The same as an error.
    let mut running = room.start_after("trap '' XFSZ; ulimit -f 16", &["plot", "--out", "."]);
    assert_eq!(running.end().code(), Some(1));
    assert_eq!(room.names(), ["long.npy"]);
}

#[test]
fn every_other_command_ends_plainly() {
    let commands: [&[&str]; 3] =
        [&["verify"], &["bench", "--budget-ms", "60000"], &["bench", "--threads", "2", "--in-place"]];
    for arguments in commands {
        for signal in SIGNALS {
            let room = Room::new();
            let mut running = room.start(arguments);
            sleep(Duration::from_millis(100));
            running.send(signal);
            running.assert_ended_by(signal);
            assert!(room.names().is_empty());
        }
    }
}

/// Figures are whole or not there, whenever the tour or the plot ends.
#[test]
fn figures_are_whole() {
    let started = Instant::now();
    let room = Room::new();
    assert!(room.start(&["plot", "--out", "."]).end().success());
    let (whole, all) = (room.names(), started.elapsed());
    let contents: Vec<_> = whole.iter().map(|name| fs::read(room.path(name)).unwrap()).collect();
    assert_eq!(whole.len(), 12);
    for step in 0..24 {
        let room = Room::new();
        let mut running = room.start(&["plot", "--out", "."]);
        sleep(all * step / 24);
        running.send(Signal::SIGTERM);
        // It may be quicker than the first one was.
        let status = running.end();
        assert!(status.success() || status.signal() == Some(Signal::SIGTERM as i32), "{status}");
        for name in room.names() {
            let i = whole.iter().position(|known| *known == name);
            let i = i.unwrap_or_else(|| panic!("{name} is left, {step}"));
            assert!(fs::read(room.path(&name)).unwrap() == contents[i], "{name} is not whole, {step}");
        }
    }
}
