//! The elements' way from the inputs through the kernels to the target, block by block.

use std::io::Write;

use bytemuck::Pod;
use indicatif::ProgressBar;

use super::destination::Destination;
use super::input::Input;
use super::kernels::Element;
use crate::error::Error;

/// The bytes of a block: enough to share among threads, and few enough for the caches.
const BLOCK_BYTES: usize = 8 << 20;

pub struct Stream<'a> {
    /// One, or two.
    pub inputs: &'a mut [Input],
    pub target: &'a mut Destination,
    pub progress: &'a ProgressBar,
}

impl Stream<'_> {
    /// Sends so many bytes of the first input on as they are.
    pub fn copy(&mut self, bytes: u64) -> Result<(), Error> {
        let mut block = block_of::<u8>(bytes)?;
        let mut left = bytes;
        while left > 0 {
            let part = &mut block[..left.min(BLOCK_BYTES as u64) as usize];
            self.inputs[0].fill(part)?;
            self.write(part)?;
            left -= part.len() as u64;
        }
        Ok(())
    }

    /// Sends so many bytes of elements of the first input on their way, beside as many of the second one if there is
    /// one; for each is said whether its elements are big-endian.
    pub fn compute<T: Element>(
        &mut self,
        bytes: u64,
        big_endian: [bool; 2],
        compute: impl Fn(&mut [T], &[T]),
    ) -> Result<(), Error> {
        let mut blocks = [block_of::<T>(bytes)?, Vec::new()];
        if self.inputs.len() == 2 {
            blocks[1] = block_of::<T>(bytes)?;
        }
        let mut left = bytes;
        while left > 0 {
            let count = left.min(BLOCK_BYTES as u64) as usize / size_of::<T>();
            for ((input, block), big_endian) in self.inputs.iter_mut().zip(&mut blocks).zip(big_endian) {
                let block = &mut block[..count];
                input.fill(bytemuck::cast_slice_mut(block))?;
                swap_file_order(block, big_endian);
            }
            let [block, other] = &mut blocks;
            let block = &mut block[..count];
            compute(block, other.get(..count).unwrap_or(&[]));
            swap_file_order(block, big_endian[0]);
            self.write(bytemuck::cast_slice(block))?;
            left -= (count * size_of::<T>()) as u64;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.target.write_all(bytes).map_err(|source| self.target.error(source))?;
        self.progress.inc(bytes.len() as u64);
        Ok(())
    }
}

/// Memory for a block, or for all elements if they are fewer.
fn block_of<T: Pod>(bytes: u64) -> Result<Vec<T>, Error> {
    let elements = bytes.min(BLOCK_BYTES as u64) as usize / size_of::<T>();
    let mut memory = Vec::new();
    memory.try_reserve_exact(elements).map_err(|_| Error::Memory { elements })?;
    memory.resize(elements, T::zeroed());
    Ok(memory)
}

/// Between the byte order of the file and that of this machine, either way.
fn swap_file_order<T: Element>(block: &mut [T], big_endian: bool) {
    if big_endian != cfg!(target_endian = "big") {
        T::reverse_bytes(block);
    }
}
