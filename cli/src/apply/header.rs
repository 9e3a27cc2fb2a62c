//! The header of an .npy file: what it announces, and its bytes.
//!
//! Nothing is believed before it is looked at: not the length that a file claims for its header, nor brackets
//! without end. What NumPy reads is read, and what it refuses is refused; the limits are NumPy's too.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use super::element_type::{self, ElementType};
use super::input::Input;
use super::literal::{Syntax, Value, evaluate};
use super::plan::{Computed, Part, Plan};
use crate::error::Error;
use crate::operations::DataType;

/// What is to be done with arrays, one or two that agree; `two_bytes` says what elements are of which their headers
/// say no more than that they are two bytes. It leaves the inputs at their first elements.
pub fn plan(inputs: &mut [Input], two_bytes: Option<DataType>) -> Result<Plan, Error> {
    let mut headers = Vec::new();
    for input in &mut *inputs {
        let header = Header::parse(&mut input.file, &input.name, two_bytes)?;
        input.announce(header.data_bytes)?;
        headers.push(header);
    }
    let big_endian = [headers[0].big_endian, headers.last().is_some_and(|header| header.big_endian)];
    if let ([first, second], [first_header, second_header]) = (inputs, &headers[..])
        && !first_header.agrees_with(second_header)
    {
        return Err(Error::Disagree {
            first: first.name.clone(),
            first_holds: first_header.to_string(),
            second: second.name.clone(),
            second_holds: second_header.to_string(),
        });
    }
    let Header { bytes, format, data_bytes, .. } = headers.swap_remove(0);
    let computed = Computed { format, big_endian, second: 0 };
    Ok(Plan { header: bytes, parts: vec![Part { bytes: data_bytes, computed: Some(computed) }] })
}

struct Header {
    /// From the magic string to the first element.
    bytes: Vec<u8>,
    format: DataType,
    /// The byte order of the elements.
    big_endian: bool,
    /// How many bytes of elements there should be.
    data_bytes: u64,
    shape: Vec<u64>,
    fortran_order: bool,
}

impl Header {
    /// Reads the header and no byte more.
    fn parse(input: &mut impl Read, path: &Path, two_bytes: Option<DataType>) -> Result<Self, Error> {
        let not_npy = |reason: String| Error::NotNpy { path: path.to_owned(), reason };
        let (bytes, text, python_2) = read_text(input).map_err(|fault| match fault {
            Fault::NotNpy(reason) if path.extension() == Some("safetensors".as_ref()) => {
                not_npy(format!("{reason}; of a safetensors file, name a tensor with --tensor"))
            }
            Fault::NotNpy(reason) => not_npy(reason),
            Fault::Read(source) => Error::Read { path: path.to_owned(), source },
        })?;
        let mut header = evaluate(&text, Syntax::Python3);
        if python_2 && header.is_err() {
            header = evaluate(&text, Syntax::Python2);
        }
        let header = header.map_err(|reason| not_npy(format!("in its header {reason}")))?;
        let fields = Fields::of(header).map_err(|reason| not_npy(reason.to_owned()))?;
        let element_type = ElementType::new(&fields.description).map_err(|fault| match fault {
            element_type::Fault::NoType(reason) => not_npy(reason.to_owned()),
            element_type::Fault::Other(found) => {
                Error::ElementType { path: path.to_owned(), found: shortened(&found, MOST) }
            }
        })?;
        let format = match (element_type.format, two_bytes) {
            (Some(format), None) | (None, Some(format)) => format,
            (Some(found), Some(asked)) if found == asked => found,
            (Some(found), Some(asked)) => {
                return Err(Error::OtherFormat { path: path.to_owned(), found, asked });
            }
            (None, None) => {
                let found = shortened(&fields.description.to_string(), MOST);
                return Err(Error::TwoBytes { path: path.to_owned(), found });
            }
        };

        let size = element_type.size();
        let data_bytes =
            byte_count(&fields.shape, size).ok_or_else(|| not_npy("its shape is too large".to_owned()))?;
        if (data_bytes / size).checked_rem(element_type.group).unwrap_or(data_bytes) != 0 {
            return Err(not_npy(
                "its elements come in groups, into which its shape cannot be cut".to_owned(),
            ));
        }

        let Fields { shape, fortran_order, .. } = fields;
        let big_endian = element_type.big_endian;
        Ok(Self { bytes, format, big_endian, data_bytes, shape, fortran_order })
    }

    /// Whether the elements of both that lie at the same place have the same indices, and one format.
    fn agrees_with(&self, other: &Self) -> bool {
        let orders_agree = !self.has_order() || self.fortran_order == other.fortran_order;
        self.format == other.format && self.shape == other.shape && orders_agree
    }

    /// Whether it makes a difference which index runs first.
    fn has_order(&self) -> bool {
        self.shape.iter().filter(|&&dimension| dimension > 1).count() > 1
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match (self.has_order(), self.fortran_order) {
            (false, _) => "",
            (true, false) => " in C order",
            (true, true) => " in Fortran order",
        };
        write!(f, "{} of shape {}{order}", self.format, shortened(&format!("{:?}", self.shape), MOST))
    }
}

/// What the dictionary of a header holds.
struct Fields {
    shape: Vec<u64>,
    fortran_order: bool,
    description: Value,
}

impl Fields {
    fn of(header: Value) -> Result<Self, &'static str> {
        let Value::Dictionary(pairs) = header else {
            return Err("its header is not a dictionary");
        };
        let (mut description, mut order, mut shape) = (None, None, None);
        // A key that comes again has the last value.
        for (key, value) in pairs {
            let Value::Text(key) = key else {
                return Err(KEYS);
            };
            match key.as_str() {
                "descr" => description = Some(value),
                "fortran_order" => order = Some(value),
                "shape" => shape = Some(value),
                _ => return Err(KEYS),
            }
        }
        let (Some(description), Some(order), Some(shape)) = (description, order, shape) else {
            return Err(KEYS);
        };
        let Value::Tuple(dimensions) = shape else {
            return Err("its shape is not a tuple");
        };
        let dimension = |value: &Value| match value {
            Value::Integer(Some(number)) if *number < 0 => Err("a dimension of its shape is negative"),
            Value::Integer(Some(number)) => Ok(*number as u64),
            Value::Integer(None) => Err("its shape is too large"),
            _ => Err("a dimension of its shape is not an integer"),
        };
        let shape: Vec<_> = dimensions.iter().map(dimension).collect::<Result<_, _>>()?;
        if shape.len() > MOST_DIMENSIONS {
            return Err("its shape has too many dimensions");
        }
        let Value::Bool(fortran_order) = order else {
            return Err("its fortran_order is neither True nor False");
        };
        Ok(Self { shape, fortran_order, description })
    }
}

const KEYS: &str = "the keys of its header are not descr, fortran_order and shape";

/// NumPy's limit.
const MOST_DIMENSIONS: usize = 64;

/// The most that a message quotes of a header, in characters.
pub(super) const MOST: usize = 200;

/// The beginning of a text, if all of it would be more than so many characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

/// The product of the dimensions and the element's size, 0 where one of them is 0. The others must be such that
/// NumPy can count their bytes all the same.
fn byte_count(shape: &[u64], size: u64) -> Option<u64> {
    let others = shape.iter().filter(|&&dimension| dimension != 0);
    let bytes = others.into_iter().try_fold(size, |product, &dimension| product.checked_mul(dimension))?;
    if bytes > i64::MAX as u64 {
        return None;
    }
    Some(if shape.contains(&0) { 0 } else { bytes })
}

/// What a file begins with.
const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read, in characters, as NumPy's own `max_header_size`.
const LONGEST: usize = 10_000;

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

/// Everything before the first element, and no byte more; the dictionary in it, and whether Python 2 may have
/// written that.
fn read_text(input: &mut impl Read) -> Result<(Vec<u8>, String, bool), Fault> {
    let mut bytes = Vec::new();
    if read_more(input, &mut bytes, MAGIC.len())? != MAGIC {
        return Err(Fault::NotNpy("it does not begin with the magic string of one".to_owned()));
    }
    // Version 3 is in UTF-8, of which a character has up to four bytes, and none was written by Python 2.
    let (length_field, in_utf_8) = match *read_more(input, &mut bytes, 2)? {
        [1, 0] => (2, false),
        [2, 0] => (4, false),
        [3, 0] => (4, true),
        [major, minor] => return Err(Fault::NotNpy(format!("its version is {major}.{minor}"))),
        _ => unreachable!("two bytes were asked for"),
    };
    // Little-endian.
    let length = read_more(input, &mut bytes, length_field)?;
    let length = length.iter().rev().fold(0, |length, &byte| length << 8 | u64::from(byte));
    let longest = if in_utf_8 { 4 * LONGEST } else { LONGEST };
    if length > longest as u64 {
        let reason = format!("its header claims {length} bytes, where {longest} are the most that are read");
        return Err(Fault::NotNpy(reason));
    }
    let header = read_more(input, &mut bytes, length as usize)?;
    if !in_utf_8 {
        let text = header.iter().copied().map(char::from).collect();
        return Ok((bytes, text, true));
    }
    let Ok(text) = str::from_utf8(header) else {
        return Err(Fault::NotNpy("its header is not in UTF-8".to_owned()));
    };
    let text = text.to_owned();
    let characters = text.chars().count();
    if characters > LONGEST {
        let reason =
            format!("its header has {characters} characters, where {LONGEST} are the most that are read");
        return Err(Fault::NotNpy(reason));
    }
    Ok((bytes, text, false))
}

/// So many bytes more, which are then the last ones.
fn read_more<'a>(input: &mut impl Read, bytes: &'a mut Vec<u8>, count: usize) -> io::Result<&'a [u8]> {
    let start = bytes.len();
    bytes.resize(start + count, 0);
    input.read_exact(&mut bytes[start..])?;
    Ok(&bytes[start..])
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use sigmoid_conformance::sample::Random;

    use super::{Header, LONGEST, byte_count};

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
            match Header::parse(&mut rest, Path::new("x"), None) {
                Ok(header) => {
                    taken += 1;
                    assert_eq!(header.bytes, file[..file.len() - rest.len()], "{}", what());
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
            assert!(file.len() - rest.len() <= 12 + 4 * LONGEST, "{}", what());
            assert!(started.elapsed() < Duration::from_secs(10), "{}", what());
        }
        assert!((500..15_000).contains(&taken), "{taken}");
    }

    #[test]
    fn byte_counts() {
        assert_eq!(byte_count(&[], 4), Some(4));
        assert_eq!(byte_count(&[3, 5], 8), Some(120));
        assert_eq!(byte_count(&[1 << 62], 4), None);
        assert_eq!(byte_count(&[(1 << 61) - 1], 4), Some((1 << 63) - 4));
        assert_eq!(byte_count(&[1 << 61], 4), None);
        assert_eq!(byte_count(&[0, (1 << 61) - 1, 0], 4), Some(0));
        assert_eq!(byte_count(&[0, 1 << 61], 4), None);
        assert_eq!(byte_count(&[u64::MAX, u64::MAX, 0], 8), None);
    }
}
