//! The header of a safetensors file: which tensors there are, where, and which of them are computed.
//!
//! ```text
//! eight bytes    the length of the JSON, little-endian
//! JSON           { "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end] }, ... }
//! the tensors    in the order of their offsets, which are counted from here
//! ```
//!
//! Results have the places of what they were computed from, so that the header goes on byte for byte, and with it
//! names, metadata, order and alignment. Nothing in it is believed before it is looked at: the tensors must cover what
//! follows, without a hole and without lying over each other, and have the lengths that their shapes say.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::header::{MOST, shortened};
use super::input::Input;
use super::plan::{Computed, Part, Plan};
use crate::error::Error;
use crate::operations::DataType;

/// Which tensors are computed.
pub enum Choice<'a> {
    These(&'a [String]),
    /// All that have a format for it.
    All,
}

/// What is to be done with the chosen tensors of the first file, beside those of the same names of the second one if
/// there is one. It leaves the inputs at their first tensors.
pub fn plan(inputs: &mut [Input], choice: &Choice) -> Result<Plan, Error> {
    let mut headers = Vec::new();
    for input in &mut *inputs {
        let header = Header::read(&mut input.file, &input.name)?;
        input.announce(header.data_bytes())?;
        headers.push(header);
    }
    let files: Vec<_> =
        inputs.iter().zip(&headers).map(|(input, header)| Named::new(header, &input.name)).collect();
    let (first, second) = (&files[0], files.get(1));
    if let Choice::These(names) = choice {
        names.iter().try_for_each(|name| first.tensor(name).map(|_| ()))?;
    }

    let mut parts: Vec<Part> = Vec::new();
    for tensor in &headers[0].tensors {
        let bytes = tensor.bytes();
        let format = match choice {
            Choice::These(names) if names.contains(&tensor.name) => Some(tensor.computable(first.path)?),
            Choice::All => tensor.format(),
            Choice::These(_) => None,
        };
        let Some(format) = format else {
            match parts.last_mut() {
                Some(Part { bytes: before, computed: None }) => *before += bytes,
                _ => parts.push(Part { bytes, computed: None }),
            }
            continue;
        };
        let place = match second {
            None => 0,
            Some(second) => {
                let other = second.tensor(&tensor.name)?;
                if (&tensor.dtype, &tensor.shape) != (&other.dtype, &other.shape) {
                    return Err(Error::Disagree {
                        first: first.path.to_owned(),
                        first_holds: tensor.to_string(),
                        second: second.path.to_owned(),
                        second_holds: other.to_string(),
                    });
                }
                other.begin
            }
        };
        let computed = Some(Computed { format, big_endian: [false; 2], second: place });
        parts.push(Part { bytes, computed });
    }
    Ok(Plan { header: headers.swap_remove(0).bytes, parts })
}

struct Header {
    /// From the first byte to the first tensor.
    bytes: Vec<u8>,
    /// In the order in which they lie there.
    tensors: Vec<Tensor>,
}

#[derive(Debug)]
struct Tensor {
    name: String,
    dtype: String,
    shape: Vec<u64>,
    begin: u64,
    end: u64,
}

impl Header {
    /// Reads the header and no byte more.
    fn read(input: &mut impl Read, path: &Path) -> Result<Self, Error> {
        Self::parse(input).map_err(|fault| match fault {
            Fault::NotSafetensors(reason) => Error::NotSafetensors { path: path.to_owned(), reason },
            Fault::Read(source) => Error::Read { path: path.to_owned(), source },
        })
    }

    fn parse(input: &mut impl Read) -> Result<Self, Fault> {
        let (bytes, json) = read_json(input)?;
        let Listed(listed) = serde_json::from_slice(&bytes[json..])
            .map_err(|error| Fault::NotSafetensors(format!("in its header, {}", in_words(&error))))?;
        let mut tensors: Vec<_> = listed
            .into_iter()
            .map(|(name, Info { dtype, shape, data_offsets: (begin, end) })| Tensor {
                name,
                dtype,
                shape,
                begin,
                end,
            })
            .collect();
        tensors.sort_by_key(|tensor| (tensor.begin, tensor.end));
        let mut place = 0;
        for tensor in &tensors {
            let fault = |what: &str| Err(Fault::NotSafetensors(format!("{} {what}", tensor.quoted())));
            match tensor.begin {
                begin if begin < place => return fault("lies over another tensor"),
                begin if begin > place => return fault("begins after bytes that belong to no tensor"),
                _ if tensor.end < tensor.begin => return fault("ends before it begins"),
                _ => place = tensor.end,
            }
            if tensor.expected_bytes().is_some_and(|bytes| bytes != u128::from(tensor.bytes())) {
                return fault("has another length than its shape says");
            }
        }
        Ok(Self { bytes, tensors })
    }

    /// What follows the header.
    fn data_bytes(&self) -> u64 {
        self.tensors.last().map_or(0, |tensor| tensor.end)
    }

    /// Some of the names, for messages.
    fn names(&self) -> String {
        const SHOWN: usize = 8;
        let names: Vec<_> = self.tensors.iter().take(SHOWN).map(|tensor| short(&tensor.name)).collect();
        match self.tensors.len() {
            0 => "none".to_owned(),
            count if count > SHOWN => format!("{}, and {} more", names.join(", "), count - SHOWN),
            _ => names.join(", "),
        }
    }
}

/// A header of which tensors are asked for by their names.
struct Named<'a> {
    header: &'a Header,
    path: &'a Path,
    tensors: HashMap<&'a str, &'a Tensor>,
}

impl<'a> Named<'a> {
    fn new(header: &'a Header, path: &'a Path) -> Self {
        let tensors = header.tensors.iter().map(|tensor| (&*tensor.name, tensor)).collect();
        Self { header, path, tensors }
    }

    fn tensor(&self, name: &str) -> Result<&'a Tensor, Error> {
        self.tensors.get(name).copied().ok_or_else(|| Error::NoTensor {
            path: self.path.to_owned(),
            name: short(name),
            there: self.header.names(),
        })
    }
}

impl Tensor {
    fn bytes(&self) -> u64 {
        self.end - self.begin
    }

    /// What its shape and its element type make. None: nobody here knows that type.
    fn expected_bytes(&self) -> Option<u128> {
        let bits = match self.dtype.as_str() {
            "F4" => 4,
            "F6_E2M3" | "F6_E3M2" => 6,
            "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ" => 8,
            "I16" | "U16" | "F16" | "BF16" => 16,
            "I32" | "U32" | "F32" => 32,
            "I64" | "U64" | "F64" | "C64" => 64,
            _ => return None,
        };
        let elements = self.shape.iter().try_fold(1_u64, |product, &size| product.checked_mul(size));
        // Of more elements than can be counted, or of a part of a byte, no bytes are right.
        let bits = elements.map(|elements| u128::from(elements) * bits);
        Some(bits.filter(|bits| bits % 8 == 0).map_or(u128::MAX, |bits| bits / 8))
    }

    fn format(&self) -> Option<DataType> {
        match self.dtype.as_str() {
            "F32" => Some(DataType::F32),
            "F64" => Some(DataType::F64),
            "F16" => Some(DataType::F16),
            "BF16" => Some(DataType::Bf16),
            _ => None,
        }
    }

    fn computable(&self, path: &Path) -> Result<DataType, Error> {
        self.format().ok_or_else(|| Error::TensorType {
            path: path.to_owned(),
            name: short(&self.name),
            found: short(&self.dtype),
        })
    }

    fn quoted(&self) -> String {
        format!("the tensor {}", short(&self.name))
    }
}

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = short(&format!("{:?}", self.shape));
        write!(f, "{} as {} of shape {shape}", short(&self.name), short(&self.dtype))
    }
}

/// As much of a name, or of what else there is no end to, as leaves room for what a message says of it.
fn short(text: &str) -> String {
    shortened(text, 100)
}

/// The longest header that is read, as that of the crate and of the Python package.
const LONGEST: u64 = 100_000_000;

/// Why there is no header.
enum Fault {
    NotSafetensors(String),
    Read(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::NotSafetensors("it ends inside the header".to_owned()),
            _ => Self::Read(error),
        }
    }
}

/// Everything before the first tensor, and where in it the JSON begins. Memory is taken for what comes, and not for
/// what is claimed.
fn read_json(input: &mut impl Read) -> Result<(Vec<u8>, usize), Fault> {
    const STEP: usize = 1 << 20;
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    if length.starts_with(b"\x93NUMPY") {
        let reason = "it begins as an .npy file, which is read without --tensor and --all-tensors";
        return Err(Fault::NotSafetensors(reason.to_owned()));
    }
    let mut bytes = length.to_vec();
    let length = u64::from_le_bytes(length);
    if length > LONGEST {
        let reason = format!("its header claims {length} bytes, where {LONGEST} are the most that are read");
        return Err(Fault::NotSafetensors(reason));
    }
    let (json, whole) = (bytes.len(), bytes.len() + length as usize);
    while bytes.len() < whole {
        // The first byte alone: where it is another one, no more is read.
        let (start, step) = (bytes.len(), if bytes.len() == json { 1 } else { STEP });
        let end = whole.min(start + step);
        bytes.try_reserve(end - start).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        bytes.resize(end, 0);
        input.read_exact(&mut bytes[start..])?;
        if bytes[json] != b'{' {
            return Err(Fault::NotSafetensors("its header does not begin with {".to_owned()));
        }
    }
    Ok((bytes, json))
}

/// What the reader of JSON says, without the line, of which a header has one.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text =
        text.strip_suffix(&format!(" at line {} column {}", error.line(), error.column())).unwrap_or(&text);
    format!("at byte {} of its text, {}", error.column(), shortened(text, MOST))
}

/// The tensors as the JSON lists them.
struct Listed(Vec<(String, Info)>);

/// What it says of each. (Other fields would be passed over.)
#[derive(Deserialize)]
struct Info {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl<'de> Deserialize<'de> for Listed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Listed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tensors by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listed, A::Error> {
        let mut names = HashSet::new();
        let mut listed = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            // Of two with one name, readers would not agree on which it is.
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("{} comes twice", short(&name))));
            }
            if name == "__metadata__" {
                map.next_value::<Option<HashMap<String, String>>>()?;
            } else {
                let info = map.next_value()?;
                listed.push((name, info));
            }
        }
        Ok(Listed(listed))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use safetensors::SafeTensors;
    use sigmoid_conformance::sample::Random;

    use super::{Fault, Header};

    /// What headers are made of, and what they had better not be made of.
    const TOKENS: [&str; 33] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "0",
        "8",
        "-1",
        "1.0",
        "1e3",
        "18446744073709551615",
        "18446744073709551616",
        "null",
        "true",
        " ",
        "\n",
        "\0",
        "é",
        "\\ud800",
        "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},",
        "\"c\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[14,22]},",
        "\"d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[22,22]},",
        "\"__metadata__\":{\"x\":\"y\"},",
        "\"dtype\":\"BF16\",",
        "\"F4\"",
        "\"F16\"",
        "\"shape\":[4294967296,4294967296],",
        "\"data_offsets\":[8,8],",
        "[[[[[[[[[[[[[[[[[[[[",
        "{\"a\":",
    ];

    /// However long the name, the message ends with what is wrong.
    #[test]
    fn a_long_name_twice() {
        for length in [1, 95, 100, 101, 10_000] {
            let tensor = format!(
                "\"{}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                "n".repeat(length)
            );
            let json = format!("{{{tensor},{tensor}}}");
            let file = [&(json.len() as u64).to_le_bytes(), json.as_bytes()].concat();
            let Err(Fault::NotSafetensors(reason)) = Header::parse(&mut &file[..]) else { panic!("{json}") };
            assert!(reason.ends_with(" comes twice") && reason.len() < 250, "{reason}");
        }
    }

    /// Soon, the crate and this reader find the same tensors at the same places, or none; and no more is read than the
    /// header.
    #[test]
    fn mutated_headers() {
        let mut random = Random(14);
        let mut below = |count: usize| (random.bits() % count as u64) as usize;
        let mut taken = 0;
        for _ in 0..20_000 {
            let json = concat!(
                r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#,
                r#""b":{"dtype":"F16","shape":[3],"data_offsets":[8,14]}}"#
            );
            let mut json = json.as_bytes().to_vec();
            for _ in 0..below(4) {
                let (start, end) = (below(json.len() + 1), below(json.len() + 1));
                let (start, end) = (start.min(end), start.max(end));
                match below(5) {
                    0 if start < json.len() => json[start] ^= 1 << below(8),
                    1 => _ = json.drain(start..end.min(start + 10)),
                    2 => {
                        let part = json[start..end.min(start + 60)].to_vec();
                        json.splice(start..start, part);
                    }
                    _ => _ = json.splice(start..start, TOKENS[below(TOKENS.len())].bytes()),
                }
            }
            let length = if below(50) == 0 { below(300) } else { json.len() };
            let file = [&(length as u64).to_le_bytes(), &json[..], &[0; 14], &vec![0; 8 * below(2)]].concat();

            let (started, mut rest) = (Instant::now(), &file[..]);
            let what = || file.escape_ascii().to_string();
            let found = Header::parse(&mut rest);
            assert!(file.len() - rest.len() <= 8 + length, "{}", what());
            assert!(started.elapsed() < Duration::from_secs(10), "{}", what());
            let fits = |header: &Header| header.data_bytes() == rest.len() as u64;
            match (found, SafeTensors::deserialize(&file)) {
                (Ok(header), Ok(expected)) if fits(&header) => {
                    taken += 1;
                    assert_eq!(header.bytes, file[..file.len() - rest.len()], "{}", what());
                    assert_eq!(header.tensors.len(), expected.len(), "{}", what());
                    for tensor in header.tensors {
                        let info = expected.tensor(&tensor.name).unwrap();
                        let place = info.data().as_ptr() as usize - rest.as_ptr() as usize;
                        assert_eq!((tensor.begin, tensor.bytes()), (place as u64, info.data().len() as u64));
                        let shape: Vec<_> = info.shape().iter().map(|&size| size as u64).collect();
                        assert_eq!((tensor.shape, tensor.dtype), (shape, info.dtype().to_string()));
                    }
                }
                (Ok(header), Err(_)) if fits(&header) => {
                    // Of an element type that the crate does not know no more is asked.
                    let unknown = header.tensors.iter().any(|tensor| tensor.expected_bytes().is_none());
                    assert!(unknown, "{}", what());
                }
                // Stricter: the format wants { first, and each name once.
                (Err(Fault::NotSafetensors(reason)), Ok(_)) => {
                    let is_strict = json[0] != b'{' || reason.ends_with("comes twice");
                    assert!(is_strict, "{reason}: {}", what());
                }
                (Ok(_), Ok(_)) => panic!("another length: {}", what()),
                _ => {}
            }
        }
        assert!((1_000..15_000).contains(&taken), "{taken}");
    }
}
