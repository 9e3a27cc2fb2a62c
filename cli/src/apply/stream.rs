//! The elements' way from the input through the kernels to the target, block by block.

use std::io::{self, Read, Write};
use std::path::Path;

use bytemuck::Pod;
use indicatif::ProgressBar;

use super::destination::Destination;
use super::header::check_length;
use crate::error::Error;

/// The bytes of a block: enough to share among threads, and few enough for the caches.
const BLOCK_BYTES: usize = 8 << 20;

/// An element as it lies in memory and, the bytes in either order, in a file.
pub trait Number: Pod + Default {
    /// Reverses the bytes of each. As integers: what they make on the way may be no number.
    fn reverse_bytes(block: &mut [Self]);
}

impl Number for f32 {
    fn reverse_bytes(block: &mut [Self]) {
        let bits: &mut [u32] = bytemuck::cast_slice_mut(block);
        bits.iter_mut().for_each(|bits| *bits = bits.swap_bytes());
    }
}

impl Number for f64 {
    fn reverse_bytes(block: &mut [Self]) {
        let bits: &mut [u64] = bytemuck::cast_slice_mut(block);
        bits.iter_mut().for_each(|bits| *bits = bits.swap_bytes());
    }
}

pub struct Stream<'a, R> {
    pub input: R,
    /// The input's name, for messages.
    pub path: &'a Path,
    pub target: &'a mut Destination,
    pub progress: &'a ProgressBar,
    /// The byte order of the elements.
    pub big_endian: bool,
}

impl<R: Read> Stream<'_, R> {
    /// Sends that many bytes of elements on their way, and makes sure that no others follow.
    pub fn run<T: Number>(&mut self, data_bytes: u64, compute: impl Fn(&mut [T])) -> Result<(), Error> {
        let longest = data_bytes.min(BLOCK_BYTES as u64) as usize / size_of::<T>();
        let mut memory: Vec<T> = Vec::new();
        memory.try_reserve_exact(longest).map_err(|_| Error::Memory { elements: longest })?;
        memory.resize(longest, T::default());

        let mut done = 0;
        while done < data_bytes {
            let count = (data_bytes - done).min(BLOCK_BYTES as u64) as usize;
            let block = &mut memory[..count / size_of::<T>()];

            let found = self.fill(bytemuck::cast_slice_mut(block))?;
            if found < count {
                return check_length(self.path, data_bytes, done + found as u64);
            }

            self.swap_file_order(block);
            compute(block);
            self.swap_file_order(block);
            self.target.write_all(bytemuck::cast_slice(block)).map_err(|source| self.target.error(source))?;
            done += count as u64;
            self.progress.set_position(done);
        }
        let more = self.fill(&mut [0])?;
        check_length(self.path, data_bytes, done + more as u64)
    }

    /// Reads until the buffer is full or the input ends.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.input.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { path: self.path.to_owned(), source }),
            }
        }
        Ok(filled)
    }

    /// Between the byte order of the file and that of this machine, either way.
    fn swap_file_order<T: Number>(&self, block: &mut [T]) {
        if self.big_endian != cfg!(target_endian = "big") {
            T::reverse_bytes(block);
        }
    }
}
