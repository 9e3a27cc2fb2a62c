//! A file that appears whole or not at all: a temporary file beside its place, which takes that place
//! when it is whole, and is removed if anything ends the process before (but for SIGKILL, which nobody sees).

use std::fs::{self, OpenOptions, Permissions};
#[cfg(unix)]
use std::fs::{File, Metadata};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::error::Error;
#[cfg(unix)]
use crate::{output, signals};

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
    /// What the replacement of a file that is there loses is said here, before the work.
    pub fn create(name: &Path) -> Result<Self, Error> {
        let fault = |source| Error::Write { path: name.to_owned(), source };
        let refused = |reason| Error::NotReplaceable { path: name.to_owned(), reason };

        let (place, replaced) = match fs::canonicalize(name) {
            Ok(place) => {
                let metadata = fs::metadata(&place).map_err(fault)?;
                if !metadata.is_file() {
                    return Err(Error::NotAFile { path: name.to_owned() });
                }
                // To replace a file takes no right to write to it; to overwrite it does.
                OpenOptions::new().write(true).open(&place).map_err(fault)?;
                if is_mount_point(&place) {
                    return Err(refused("it is a mount point, over which no file can be moved"));
                }
                (place, Some(metadata))
            }
            // A link that leads nowhere is found here only, and replacing it would lose it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::symlink_metadata(name) {
                Ok(metadata) if metadata.is_symlink() => {
                    return Err(Error::LeadsNowhere { path: name.to_owned() });
                }
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
        // Nobody may read the new content of a file who may not read the old one.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(match replaced {
            Some(_) => 0o600,
            None => 0o666,
        }));
        // Without the wrapper that names the temporary file, which means nothing to the user.
        let plain = |error: io::Error| {
            error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
        };
        // No signal ends the process while there is a file that the handler does not know of.
        #[cfg(unix)]
        let held = signals::Held::new().map_err(fault)?;
        let file = builder.tempfile_in(directory).map_err(|error| match plain(error) {
            error if replaced.is_some() && error.kind() == io::ErrorKind::PermissionDenied => {
                refused("it can be written to, but its directory lets no new file be made")
            }
            error => fault(error),
        })?;
        #[cfg(unix)]
        signals::remove_at_the_end(file.path(), &held).map_err(fault)?;
        #[cfg(unix)]
        drop(held);

        #[cfg(unix)]
        if let Some(replaced) = &replaced {
            let mine = file.as_file().metadata().map_err(fault)?;
            if belongs_to_others(&metadata, replaced, &mine) {
                return Err(refused(
                    "it is another user's, in a directory where only its owner may replace it",
                ));
            }
            let lost = losses(&place, replaced, &mine, file.as_file());
            if !lost.is_empty() {
                output::warn(&format!("{} is replaced by a new file: {}", name.display(), lost.join("; ")));
            }
        }
        let permissions = replaced.map(|metadata| metadata.permissions());
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

/// Whether something is mounted at the path, which has no links in it.
#[cfg(target_os = "linux")]
fn is_mount_point(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    // Without the list the system itself refuses, when the file is moved.
    let Ok(mounts) = fs::read("/proc/self/mountinfo") else {
        return false;
    };
    let path = path.as_os_str().as_bytes();
    mounts.split(|&byte| byte == b'\n').any(|line| {
        let point = line.split(|&byte| byte == b' ').nth(4);
        point.is_some_and(|point| unescaped(point) == path)
    })
}

#[cfg(not(target_os = "linux"))]
fn is_mount_point(_: &Path) -> bool {
    false
}

/// Without the octal numbers that stand for blanks and backslashes in the list of mounts.
#[cfg(target_os = "linux")]
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    bytes
}

/// Whether only others may replace a file: that is so in directories such as /tmp.
#[cfg(unix)]
fn belongs_to_others(directory: &Metadata, replaced: &Metadata, mine: &Metadata) -> bool {
    const STICKY: u32 = 0o1000;
    let i = mine.uid();
    directory.mode() & STICKY != 0 && i != 0 && i != replaced.uid() && i != directory.uid()
}

/// What the new file will not have of the one that it replaces.
#[cfg(unix)]
fn losses(place: &Path, replaced: &Metadata, mine: &Metadata, file: &File) -> Vec<&'static str> {
    let mut lost = Vec::new();
    let belongs_to = |metadata: &Metadata| (metadata.uid(), metadata.gid());
    let (owner, group) = belongs_to(replaced);
    if belongs_to(mine) != (owner, group) && fchown(file, Some(owner), Some(group)).is_err() {
        let group_kept = mine.gid() == group || fchown(file, None, Some(group)).is_ok();
        lost.push(match (mine.uid() == owner, group_kept) {
            (true, _) => "it will have another group",
            (false, true) => "it will have another owner",
            (false, false) => "it will have another owner and another group",
        });
    }
    if replaced.nlink() > 1 {
        lost.push("the other names (hard links) of the old one keep what was in it");
    }
    if has_extended_attributes(place) {
        lost.push("the extended attributes of the old one are lost");
    }
    lost
}

/// But for those that the system itself gives to every file.
#[cfg(target_os = "linux")]
fn has_extended_attributes(path: &Path) -> bool {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStrExt;

    use nix::libc;

    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    // As many as there can be.
    let mut names = vec![0_u8; 1 << 16];
    // SAFETY: the path ends with a zero, and so many bytes of the list may be written.
    let length = unsafe { libc::listxattr(path.as_ptr(), names.as_mut_ptr().cast(), names.len()) };
    let names = &names[..usize::try_from(length).unwrap_or(0)];
    let mut names = names.split(|&byte| byte == 0);
    names.any(|name| !name.is_empty() && !name.starts_with(b"security.selinux"))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn has_extended_attributes(_: &Path) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::unescaped;

    #[test]
    fn names_of_mounts() {
        assert_eq!(unescaped(br"/a\040b\134\011c"), b"/a b\\\tc");
        assert_eq!(unescaped(br"/a\04"), br"/a\04");
    }
}
