//! A file in memory, which is read like a pipe: whether as many bytes follow the header as it announces is seen later.

use std::io::Cursor;
use std::path::PathBuf;

use crate::error::Error;

pub struct Input {
    pub file: Cursor<Vec<u8>>,
    /// For messages.
    pub name: PathBuf,
    /// How many bytes are to follow the header, once it has been read.
    pub announced: Option<u64>,
}

impl Input {
    pub fn new(bytes: &[u8]) -> Self {
        Self { file: Cursor::new(bytes.to_vec()), name: "input".into(), announced: None }
    }

    pub fn announce(&mut self, bytes: u64) -> Result<(), Error> {
        self.announced = Some(bytes);
        Ok(())
    }

    /// What has been read of it.
    pub fn read(&self) -> &[u8] {
        &self.file.get_ref()[..self.file.position() as usize]
    }

    /// What has not.
    pub fn rest(&self) -> &[u8] {
        &self.file.get_ref()[self.file.position() as usize..]
    }
}
