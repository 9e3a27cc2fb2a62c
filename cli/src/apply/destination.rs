//! Where an array goes: a file, which appears whole or not at all, or what takes bytes as they come.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::input::{Input, is_standard};
use crate::error::Error;
use crate::output;
use crate::target::Target;

pub enum Destination {
    File(Target),
    /// Standard output, a pipe or a device: written in order, and nothing of it can be taken back.
    Stream {
        name: PathBuf,
        output: Box<dyn Write>,
    },
}

impl Destination {
    pub fn create(name: &Path, inputs: &[Input]) -> Result<Self, Error> {
        let fault = |source| Error::Write { path: name.to_owned(), source };
        if is_standard_output(name) {
            let name = if is_standard(name) { Path::new("standard output") } else { name }.to_owned();
            let output = output::standard_output()
                .and_then(|output| {
                    inputs.iter().try_for_each(|input| differ(&input.file, &output))?;
                    Ok(output)
                })
                .map_err(|source| Error::Write { path: name.clone(), source })?;
            return Ok(Self::Stream { name, output: Box::new(output) });
        }
        if fs::metadata(name).is_ok_and(|metadata| takes_bytes_in_order(&metadata)) {
            // A pipe without a reader waits for one here.
            let output = OpenOptions::new().write(true).open(name).map_err(fault)?;
            return Ok(Self::Stream { name: name.to_owned(), output: Box::new(output) });
        }
        Target::create(name).map(Self::File)
    }

    /// Nothing more will be written.
    pub fn keep(self) -> Result<(), Error> {
        match self {
            Self::File(target) => target.keep(),
            Self::Stream { name, mut output } => {
                output.flush().map_err(|source| Error::Write { path: name, source })
            }
        }
    }

    pub fn error(&self, source: io::Error) -> Error {
        match self {
            Self::File(target) => target.error(source),
            Self::Stream { .. } if source.kind() == io::ErrorKind::BrokenPipe => Error::NobodyReads,
            Self::Stream { name, .. } => Error::Write { path: name.clone(), source },
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(target) => target.write(bytes),
            Self::Stream { output, .. } => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(target) => target.flush(),
            Self::Stream { output, .. } => output.flush(),
        }
    }
}

/// Whether it names standard output. By these names a file that the shell has opened (`>> file`) is written to
/// where it stands, and not replaced behind the shell's back.
fn is_standard_output(name: &Path) -> bool {
    let names = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    is_standard(name) || cfg!(unix) && names.iter().any(|known| name == Path::new(known))
}

#[cfg(unix)]
fn takes_bytes_in_order(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let kind = metadata.file_type();
    kind.is_fifo() || kind.is_char_device()
}

#[cfg(not(unix))]
fn takes_bytes_in_order(_: &fs::Metadata) -> bool {
    false
}

/// An input that grows with the output, or is overwritten by it, has no end, or another one.
#[cfg(unix)]
fn differ(input: &File, output: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    let (input, output) = (input.metadata()?, output.metadata()?);
    let same = (input.dev(), input.ino()) == (output.dev(), output.ino());
    if same && input.is_file() { Err(io::Error::other("it is the input too")) } else { Ok(()) }
}

#[cfg(not(unix))]
fn differ(_: &File, _: &impl Write) -> io::Result<()> {
    Ok(())
}
