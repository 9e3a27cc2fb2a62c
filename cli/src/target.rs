//! A file that appears whole or not at all: a temporary file beside its place, which takes that place
//! when it is whole, and is removed if anything ends the process before (but for SIGKILL, which nobody sees).

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::error::Error;
#[cfg(unix)]
use crate::signals;

pub struct Target {
    /// As the user named it, for messages.
    name: PathBuf,
    /// Where the file will be: links are followed.
    place: PathBuf,
    /// Deleted when dropped, unless it is kept.
    file: NamedTempFile,
    /// Those of the file that is replaced.
    permissions: Option<Permissions>,
}

impl Target {
    pub fn create(name: &Path) -> Result<Self, Error> {
        let fault = |source| Error::Write { path: name.to_owned(), source };

        let (place, permissions) = match fs::canonicalize(name) {
            Ok(place) => {
                let metadata = fs::metadata(&place).map_err(fault)?;
                if !metadata.is_file() {
                    return Err(Error::NotAFile { path: name.to_owned() });
                }
                // To replace a file takes no right to write to it; to overwrite it does.
                OpenOptions::new().write(true).open(&place).map_err(fault)?;
                (place, Some(metadata.permissions()))
            }
            // A link that leads nowhere is found here only, and replacing it would lose it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::symlink_metadata(name) {
                Ok(_) => return Err(Error::NotAFile { path: name.to_owned() }),
                Err(_) => (name.to_owned(), None),
            },
            Err(error) => return Err(fault(error)),
        };
        if place.file_name().is_none() {
            return Err(Error::NotAFile { path: name.to_owned() });
        }
        let directory = match place.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        // For the message: that of the temporary file would name the temporary file.
        let metadata = fs::metadata(directory).map_err(fault)?;
        if !metadata.is_dir() {
            return Err(fault(io::ErrorKind::NotADirectory.into()));
        }

        let mut builder = Builder::new();
        builder.prefix(".sigmoid-").suffix(".part");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // Without the wrapper that names the temporary file, which means nothing to the user.
        let plain = |error: io::Error| {
            error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
        };
        // No signal ends the process while there is a file that the handler does not know of.
        #[cfg(unix)]
        let held = signals::Held::new().map_err(fault)?;
        let file = builder.tempfile_in(directory).map_err(|error| fault(plain(error)))?;
        #[cfg(unix)]
        signals::remove_at_the_end(file.path(), &held).map_err(fault)?;
        Ok(Self { name: name.to_owned(), place, file, permissions })
    }

    /// Puts the file in its place.
    pub fn keep(self) -> Result<(), Error> {
        let Self { name, place, file, permissions } = self;
        let fault = |source| Error::Write { path: name.clone(), source };
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions).map_err(fault)?;
        }
        file.persist(place).map_err(|error| fault(error.error))?;
        Ok(())
    }

    pub fn error(&self, source: io::Error) -> Error {
        Error::Write { path: self.name.clone(), source }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}
