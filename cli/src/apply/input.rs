//! Where an array comes from.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

pub struct Input {
    pub file: File,
    /// For messages.
    pub name: PathBuf,
}

impl Input {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let standard = is_standard(path);
        let name = if standard { Path::new("standard input") } else { path }.to_owned();
        match if standard { standard_input() } else { File::open(path) } {
            Ok(file) => Ok(Self { file, name }),
            Err(source) => Err(Error::Read { path: name, source }),
        }
    }
}

/// Whether it stands for standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
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
