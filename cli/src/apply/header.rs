//! The header of an .npy file: what it announces, and its bytes.
//!
//! Nothing is believed before it is looked at: not the length that a file claims for its header, nor brackets
//! without end. The limits are NumPy's, where NumPy has one.

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
        let header = Self::parse(file, path)?;
        let unreadable = |source| Error::Read { path: path.to_owned(), source };
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_file() {
            let found = metadata.len().saturating_sub(header.bytes.len() as u64);
            check_length(path, header.data_bytes, found)?;
        }
        Ok(header)
    }

    /// Reads the header and no byte more.
    fn parse(input: &mut impl Read, path: &Path) -> Result<Self, Error> {
        let not_npy = |reason: String| Error::NotNpy { path: path.to_owned(), reason };
        let bytes = read_bytes(input).map_err(|fault| match fault {
            Fault::NotNpy(reason) => not_npy(reason),
            Fault::Read(source) => Error::Read { path: path.to_owned(), source },
        })?;
        let header =
            NpyHeader::from_reader(&bytes[..]).map_err(|error| not_npy(headline(&error.to_string())))?;

        let (data_type, size) = match element_type(&header.dtype()).as_str() {
            "<f4" => (DataType::F32, 4),
            "<f8" => (DataType::F64, 8),
            found => return Err(Error::ElementType { path: path.to_owned(), found: format!("'{found}'") }),
        };
        let data_bytes =
            byte_count(header.shape(), size).ok_or_else(|| not_npy("its shape is too large".to_owned()))?;

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

/// What a file begins with.
const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read, as NumPy's own `max_header_size`.
const LONGEST: usize = 10_000;

/// The deepest nesting of brackets that is read. The parser's time doubles with every level, and grows more
/// than fourfold with every brace, of which a header has one, around everything else. Arrays that this command
/// takes have two levels.
const DEEPEST: usize = 5;

/// Why there are no bytes of a header.
enum Fault {
    NotNpy(String),
    Read(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::NotNpy("it ends inside the header".to_owned()),
            _ => Self::Read(error),
        }
    }
}

/// Everything before the first element, and no byte more.
fn read_bytes(input: &mut impl Read) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    if read_more(input, &mut bytes, MAGIC.len())? != MAGIC {
        return Err(Fault::NotNpy("it does not begin with the magic string of one".to_owned()));
    }
    let length = match *read_more(input, &mut bytes, 2)? {
        [1, 0] => 2,
        [2 | 3, 0] => 4,
        [major, minor] => return Err(Fault::NotNpy(format!("its version is {major}.{minor}"))),
        _ => unreachable!("two bytes were asked for"),
    };
    // Little-endian.
    let length = read_more(input, &mut bytes, length)?;
    let length = length.iter().rev().fold(0, |length, &byte| length << 8 | u64::from(byte));
    let longest = LONGEST as u64;
    if length > longest {
        let reason = format!("its header claims {length} bytes, where {longest} are the most that are read");
        return Err(Fault::NotNpy(reason));
    }
    if depth(read_more(input, &mut bytes, length as usize)?) > DEEPEST {
        return Err(Fault::NotNpy("its header nests too deeply".to_owned()));
    }
    Ok(bytes)
}

/// So many bytes more, which are then the last ones.
fn read_more<'a>(input: &mut impl Read, bytes: &'a mut Vec<u8>, count: usize) -> io::Result<&'a [u8]> {
    let start = bytes.len();
    bytes.resize(start + count, 0);
    input.read_exact(&mut bytes[start..])?;
    Ok(&bytes[start..])
}

/// How deeply brackets nest in a Python literal; too deeply where a brace stands inside of others. Brackets in
/// strings are text.
fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut quote = None;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\\') => _ = bytes.next(),
            (Some(opening), _) if opening == byte => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'{') if depth > 0 => return usize::MAX,
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use sigmoid_conformance::sample::Random;

    use super::{Header, LONGEST, byte_count, depth};

    /// What headers are made of, and what they had better not be made of.
    const TOKENS: [&str; 44] = [
        "'descr': ",
        "'fortran_order': ",
        "'shape': ",
        "'<f4'",
        "'<f8'",
        "'>f4'",
        "'|V'",
        "'<M8[ns]'",
        "'<U99999999999999999999'",
        "'<f'",
        "''",
        "True",
        "False",
        "None",
        "0",
        "1",
        "-1",
        "+",
        "-",
        "4294967296",
        "18446744073709551615",
        "18446744073709551616",
        "1e999",
        "1j",
        "0x_f",
        ".5",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        "'",
        "\"",
        "'''",
        "b'\\777'",
        "\\",
        "'\\ud800'",
        "é",
        "\n",
        "[('a', '<f4', (2, 3)), ('b', [('c', '<i2')])]",
        "\0",
    ];

    /// Changes the text here and there.
    fn mutate(text: &mut Vec<u8>, random: &mut Random) {
        let mut below = |count: usize| (random.bits() % count as u64) as usize;
        for _ in 0..below(4) {
            let (start, end) = (below(text.len() + 1), below(text.len() + 1));
            let (start, end) = (start.min(end), start.max(end));
            let short = end.min(start + 20);
            match below(6) {
                0 if start < text.len() => text[start] ^= 1 << below(8),
                1 => _ = text.drain(start..short),
                2 => {
                    let part = text[start..short].repeat(1 + below(40));
                    text.splice(start..start, part);
                }
                3 if below(20) == 0 => text.truncate(start),
                _ => {
                    let token = TOKENS[below(TOKENS.len())].bytes();
                    text.splice(start..start, token);
                }
            }
        }
    }

    /// An error or a header, soon, and never more than that was read.
    #[test]
    fn mutated_headers() {
        let mut random = Random(12);
        let mut taken = 0;
        for i in 0..20_000_u32 {
            let element_type = ["'<f4'", "'<f8'", "[('a', '<f4'), ('b', '>i2', (3,))]"][i as usize % 3];
            let text = format!("{{'descr': {element_type}, 'fortran_order': False, 'shape': (3, 4), }}\n");
            let mut text = text.into_bytes();
            mutate(&mut text, &mut random);
            let version = 1 + (i % 4) as u8;
            let mut length = text.len() as u64;
            if random.bits().is_multiple_of(16) {
                length = random.bits() >> (random.bits() % 64);
            }
            let length_field = if version == 1 { 2 } else { 4 };
            let mut file = b"\x93NUMPY".to_vec();
            file.extend([version, 0]);
            file.extend(&length.to_le_bytes()[..length_field]);
            file.extend(&text);
            if random.bits().is_multiple_of(16) {
                mutate(&mut file, &mut random);
            }

            let (started, mut rest) = (Instant::now(), &file[..]);
            let what = || file.escape_ascii().to_string();
            match Header::parse(&mut rest, Path::new("x")) {
                Ok(header) => {
                    taken += 1;
                    assert_eq!(header.bytes, file[..file.len() - rest.len()], "{}", what());
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
            assert!(file.len() - rest.len() <= 12 + LONGEST, "{}", what());
            assert!(started.elapsed() < Duration::from_secs(10), "{}", what());
        }
        assert!((500..15_000).contains(&taken), "{taken}");
    }

    #[test]
    fn depths() {
        assert_eq!(depth(b"{'shape': (1,), 'descr': [(')', '<f4')]}"), 3);
        // Closed in a string only.
        assert_eq!(depth(br#"[']', [")", ['\']', ["#), 4);
        assert_eq!(depth(b"))((' ((("), 2);
        assert_eq!(depth(b"{'{'}"), 1);
        assert_eq!(depth(b"{{"), usize::MAX);
    }

    #[test]
    fn byte_counts() {
        assert_eq!(byte_count(&[], 4), Some(4));
        assert_eq!(byte_count(&[3, 5], 8), Some(120));
        assert_eq!(byte_count(&[u64::MAX, u64::MAX, 0], 8), Some(0));
        assert_eq!(byte_count(&[1 << 62], 4), None);
    }
}
