//! The header of an .npy file: what it announces, and its bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use npyz::{DType, NpyHeader};

use crate::error::Error;
use crate::options::DataType;

pub struct Header {
    /// From the magic string to the first element.
    pub bytes: Vec<u8>,
    pub data_type: DataType,
    /// How many bytes of elements there should be.
    pub data_bytes: u64,
}

impl Header {
    /// Reads the header, and leaves the file at the first element. A file that can tell its length
    /// must have as many elements as its header announces.
    pub fn read(file: &mut File, path: &Path) -> Result<Self, Error> {
        let not_npy = |reason: String| Error::NotNpy { path: path.to_owned(), reason };
        let unreadable = |source| Error::Read { path: path.to_owned(), source };

        let mut recorder = Recorder { reader: &mut *file, bytes: Vec::new() };
        let header = NpyHeader::from_reader(&mut recorder).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => not_npy("it ends inside the header".to_owned()),
            io::ErrorKind::InvalidData => not_npy(headline(&error.to_string())),
            _ => unreadable(error),
        })?;
        let bytes = recorder.bytes;

        let (data_type, size) = match element_type(&header.dtype()).as_str() {
            "<f4" => (DataType::F32, 4),
            "<f8" => (DataType::F64, 8),
            found => return Err(Error::ElementType { path: path.to_owned(), found: format!("'{found}'") }),
        };
        let data_bytes =
            byte_count(header.shape(), size).ok_or_else(|| not_npy("its shape is too large".to_owned()))?;

        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_file() {
            let found = metadata.len().saturating_sub(bytes.len() as u64);
            check_length(path, data_bytes, found)?;
        }
        Ok(Self { bytes, data_type, data_bytes })
    }
}

/// Compares how many bytes of elements there should be with how many there are.
pub fn check_length(path: &Path, announced: u64, found: u64) -> Result<(), Error> {
    let path = path.to_owned();
    match found {
        _ if found < announced => Err(Error::Truncated { path, announced, found }),
        _ if found > announced => Err(Error::Overlong { path, announced }),
        _ => Ok(()),
    }
}

/// The first line of a parser's message, without the position: the rest quotes the header.
fn headline(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.split("-->").next().unwrap_or_default().trim_end_matches([' ', ':']).to_owned()
}

fn element_type(found: &DType) -> String {
    match found {
        DType::Plain(name) => name.to_string(),
        structured => structured.descr(),
    }
}

/// The product of the dimensions and the element's size. Where one of them is 0 it is 0, however
/// large the others.
fn byte_count(shape: &[u64], size: u64) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(size, |product, &dimension| product.checked_mul(dimension))
}

/// Keeps what is read through it.
struct Recorder<R> {
    reader: R,
    bytes: Vec<u8>,
}

impl<R: Read> Read for Recorder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::byte_count;

    #[test]
    fn byte_counts() {
        assert_eq!(byte_count(&[], 4), Some(4));
        assert_eq!(byte_count(&[3, 5], 8), Some(120));
        assert_eq!(byte_count(&[u64::MAX, u64::MAX, 0], 8), Some(0));
        assert_eq!(byte_count(&[1 << 62], 4), None);
    }
}
