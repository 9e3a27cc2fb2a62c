//! Where an array comes from: a header, and then so many bytes as it announces.

#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::Error;

pub struct Input {
    pub file: File,
    /// For messages.
    pub name: PathBuf,
    /// Where in a file the bytes after the header begin. Anything else is read in order.
    start: Option<u64>,
    /// How many bytes follow the header.
    announced: u64,
    /// How many of them have been passed.
    passed: u64,
}

impl Input {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let name = name(path).to_owned();
        match if is_standard(path) { standard_input() } else { File::open(path) } {
            Ok(file) => Ok(Self { file, name, start: None, announced: 0, passed: 0 }),
            Err(source) => Err(Error::Read { path: name, source }),
        }
    }

    /// Says that the header has been read, and how many bytes are to follow it. A file that can tell its length must
    /// have as many.
    pub fn announce(&mut self, bytes: u64) -> Result<(), Error> {
        self.announced = bytes;
        let metadata = self.file.metadata().map_err(|source| self.unreadable(source))?;
        if metadata.is_file() {
            // Standard input may be a file that others have read from.
            let start = self.file.stream_position().map_err(|source| self.unreadable(source))?;
            self.start = Some(start);
            self.check_length(metadata.len().saturating_sub(start))?;
        }
        Ok(())
    }

    /// The next bytes, of which there must be as many as the buffer takes.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        let found = self.take(buffer)?;
        self.passed += found as u64;
        if found < buffer.len() { self.check_length(self.passed) } else { Ok(()) }
    }

    /// Goes to a place after the header. What is not a file can go forward only.
    pub fn go_to(&mut self, place: u64) -> Result<(), Error> {
        if let Some(start) = self.start {
            if place != self.passed {
                let place = SeekFrom::Start(start + place);
                self.file.seek(place).map_err(|source| self.unreadable(source))?;
            }
            self.passed = place;
            return Ok(());
        }
        if place < self.passed {
            return Err(Error::OtherOrder { path: self.name.clone() });
        }
        let mut passed_over = vec![0; (place - self.passed).min(1 << 20) as usize];
        while self.passed < place {
            let count = (place - self.passed).min(passed_over.len() as u64) as usize;
            self.fill(&mut passed_over[..count])?;
        }
        Ok(())
    }

    /// Makes sure that what has been announced is there, and nothing after it.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.go_to(self.announced)?;
        let more = self.take(&mut [0])?;
        self.check_length(self.passed + more as u64)
    }

    fn unreadable(&self, source: io::Error) -> Error {
        Error::Read { path: self.name.clone(), source }
    }

    /// Reads until the buffer is full or the input ends.
    fn take(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(self.unreadable(source)),
            }
        }
        Ok(filled)
    }

    /// Compares how many bytes should follow the header with how many do.
    fn check_length(&self, found: u64) -> Result<(), Error> {
        let (path, announced) = (self.name.clone(), self.announced);
        match found {
            _ if found < announced => Err(Error::Truncated { path, announced, found }),
            _ if found > announced => Err(Error::Overlong { path, announced }),
            _ => Ok(()),
        }
    }
}

/// What messages call an input.
pub fn name(path: &Path) -> &Path {
    if is_standard(path) { Path::new("standard input") } else { path }
}

/// Whether it stands for standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether what is read by one of these names is then missing under the other: standard input named twice, or one
/// pipe. It is asked before either is opened, since to open a pipe may be to wait.
pub fn share_bytes(first: &Path, second: &Path) -> bool {
    is_standard(first) && is_standard(second) || is_one_stream(first, second)
}

#[cfg(unix)]
fn is_one_stream(first: &Path, second: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let of = |path| if is_standard(path) { standard_input()?.metadata() } else { fs::metadata(path) };
    match (of(first), of(second)) {
        (Ok(a), Ok(b)) => !a.is_file() && !a.is_dir() && (a.dev(), a.ino()) == (b.dev(), b.ino()),
        // What cannot be looked at cannot be opened, and that is said then.
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_one_stream(_: &Path, _: &Path) -> bool {
    false
}

/// Without the standard library's buffer.
#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd;

    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;

    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}
