//! What a header says of its elements: f32, f64, f16 or two bytes that may be anything, of either byte order, in
//! any of the ways in which NumPy would understand it.

use super::literal::{Syntax, Value, evaluate};
use crate::operations::DataType;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElementType {
    /// None: two bytes of which no more is said. NumPy has no bf16, and keeps those of others so.
    pub format: Option<DataType>,
    pub big_endian: bool,
    /// NumPy reads that many at once. An array of others is one that it does not read.
    pub group: u64,
}

/// Why there is none.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// NumPy has no such type.
    NoType(&'static str),
    /// It is another type, or none. NumPy's are many.
    Other(String),
}

impl ElementType {
    pub fn new(description: &Value) -> Result<Self, Fault> {
        match description {
            Value::Text(text) => Self::of_text(text),
            // NumPy passes over what follows.
            Value::Tuple(items) => match &items[..] {
                [base, shape, ..] => Self::new(base)?.grouped(shape),
                _ => Err(Fault::NoType("its element type is a tuple with too little in it")),
            },
            Value::List(_) => Err(Fault::Other(description.to_string())),
            _ => Err(Fault::NoType("its element type is neither a string nor a tuple nor a list")),
        }
    }

    pub fn size(self) -> u64 {
        self.format.map_or(2, |format| format.size() as u64)
    }

    fn name(self) -> String {
        self.format.map_or("two bytes".to_owned(), |format| format.to_string())
    }

    fn of_text(text: &str) -> Result<Self, Fault> {
        let found = if has_repeats(text) { Self::with_repeats(text) } else { Self::plain(text) };
        found.ok_or_else(|| Fault::Other(format!("'{text}'")))
    }

    /// A name, or a letter with a byte order before it and a size after it.
    fn plain(text: &str) -> Option<Self> {
        let of = |format, big_endian| Some(Self { format, big_endian, group: 1 });
        let native = cfg!(target_endian = "big");
        match text {
            "float16" | "half" => return of(Some(DataType::F16), native),
            "float32" | "single" => return of(Some(DataType::F32), native),
            "float64" | "double" | "float" => return of(Some(DataType::F64), native),
            "uint16" | "ushort" => return of(None, native),
            _ => {}
        }
        let order = text.chars().next().filter(|&character| is_order(character));
        let big_endian = match order {
            Some('>') => true,
            Some('<') => false,
            _ => native,
        };
        let (letter, rest) = split(&text[order.map_or(0, char::len_utf8)..], |_| true, 1);
        let format = match (letter, rest) {
            ("e", "") => Some(DataType::F16),
            ("f", "") => Some(DataType::F32),
            ("d", "") => Some(DataType::F64),
            ("H", "") => None,
            ("f", _) => match size(rest)? {
                2 => Some(DataType::F16),
                4 => Some(DataType::F32),
                8 => Some(DataType::F64),
                _ => return None,
            },
            ("u", _) if size(rest)? == 2 => None,
            // To NumPy these have no order, and to whoever writes one they may have.
            ("V", _) if size(rest)? == 2 && order != Some('>') => None,
            _ => return None,
        };
        of(format, big_endian)
    }

    /// Such as `2f4` or `<(1, 2)f4`.
    fn with_repeats(text: &str) -> Option<Self> {
        let rest = text;
        let (first_order, rest) = split(rest, is_order, 1);
        let before_repeats = rest;
        let (_, rest) = split(rest, |character| character == ' ', usize::MAX);
        let (_, rest) = split(rest, |character| character == '(', 1);
        let in_tuples = |character: char| matches!(character, ' ' | ',') || character.is_ascii_digit();
        let (_, rest) = split(rest, in_tuples, usize::MAX);
        let (_, rest) = split(rest, |character| character == ')', 1);
        let (_, rest) = split(rest, |character| character == ' ', usize::MAX);
        let repeats = &before_repeats[..before_repeats.len() - rest.len()];
        let (second_order, rest) = split(rest, is_order, 1);
        let (name, rest) = split(rest, |character| character.is_ascii_alphanumeric(), usize::MAX);
        if repeats.is_empty() || !rest.chars().all(char::is_whitespace) {
            return None;
        }
        let native = if cfg!(target_endian = "big") { ">" } else { "<" };
        let order = match (first_order, second_order) {
            (order, "") | ("", order) => order,
            (first, second) => {
                let named = |order| if order == "=" { native } else { order };
                if named(first) != named(second) {
                    return None;
                }
                first
            }
        };
        let order = if ["|", "=", native].contains(&order) { "" } else { order };
        let shape = evaluate(repeats, Syntax::Python3).ok()?;
        Self::of_text(&format!("{order}{name}")).ok()?.grouped(&shape).ok()
    }

    /// An array of these as one element. To NumPy they are elements by themselves.
    fn grouped(self, shape: &Value) -> Result<Self, Fault> {
        let other = || Fault::Other(format!("({}, {shape})", self.name()));
        let dimensions = match shape {
            Value::Integer(_) => std::slice::from_ref(shape),
            Value::Tuple(items) => items,
            Value::List(items) if !items.is_empty() => items,
            _ => return Err(other()),
        };
        // NumPy takes another number for the size of what has none, and there is none of it all the same.
        if self.group == 0 {
            let sized = matches!(shape, Value::Integer(Some(size)) if (0..=i32::MAX.into()).contains(size));
            return if sized { Ok(self) } else { Err(other()) };
        }
        // NumPy counts the bytes in an int.
        let most = i32::MAX as u64 / self.size();
        let times = |group: u64, dimension: &Value| match dimension {
            Value::Integer(Some(number)) => {
                let number = u64::try_from(*number).ok().filter(|&number| number <= i32::MAX as u64)?;
                group.checked_mul(number).filter(|&group| group <= most)
            }
            _ => None,
        };
        let group = dimensions.iter().try_fold(self.group, times).ok_or_else(other)?;
        Ok(Self { group, ..self })
    }
}

fn is_order(character: char) -> bool {
    matches!(character, '<' | '>' | '=' | '|')
}

/// Whether NumPy looks for repeats and for several types in a string.
fn has_repeats(text: &str) -> bool {
    let after_order = text.strip_prefix(is_order).unwrap_or(text);
    let begins_with_digit = |text: &str| text.starts_with(|character: char| character.is_ascii_digit());
    begins_with_digit(text)
        || begins_with_digit(after_order)
        || text.starts_with("()")
        || after_order.starts_with("()")
        || text.chars().skip(1).any(|character| character == ',')
}

/// The characters of a kind that a text begins with, of a certain number at the most, and the rest.
fn split(text: &str, is_of_the_kind: impl Fn(char) -> bool, most: usize) -> (&str, &str) {
    let length =
        text.chars().take(most).take_while(|&character| is_of_the_kind(character)).map(char::len_utf8).sum();
    text.split_at(length)
}

/// A number as C's strtol reads it.
fn size(text: &str) -> Option<u64> {
    let blanks = [' ', '\t', '\n', '\x0b', '\x0c', '\r'];
    let text = text.trim_start_matches(blanks);
    let digits = text.strip_prefix('+').unwrap_or(text);
    // The standard library would take another sign.
    if digits.starts_with('+') { None } else { digits.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::{DataType, ElementType, Fault, Value};

    const F16: Option<DataType> = Some(DataType::F16);
    const F32: Option<DataType> = Some(DataType::F32);
    const F64: Option<DataType> = Some(DataType::F64);

    fn of(text: &str) -> Result<(Option<DataType>, bool, u64), Fault> {
        let found = ElementType::new(&Value::Text(text.to_owned()))?;
        Ok((found.format, found.big_endian, found.group))
    }

    /// What `numpy.dtype` says.
    #[test]
    fn texts() {
        let native = cfg!(target_endian = "big");
        for text in [
            "f", "f4", "=f", "|f4", "f04", "f 4", "f+4", "f\t4", "float32", "single", "()f4", "()<f4", "<()f",
        ] {
            if !text.contains('<') || !native {
                assert_eq!(of(text), Ok((F32, native, 1)), "{text:?}");
            }
        }
        for text in ["d", "f8", "|d", "float64", "double", "float", "(1,)float", "1 double", "1f8"] {
            assert_eq!(of(text), Ok((F64, native, 1)), "{text:?}");
        }
        for text in ["e", "f2", "|e", "=f2", "float16", "half", "(1,)half", "1f2"] {
            assert_eq!(of(text), Ok((F16, native, 1)), "{text:?}");
        }
        for text in ["H", "u2", "|V2", "V2", "uint16", "ushort", "()V2"] {
            assert_eq!(of(text), Ok((None, native, 1)), "{text:?}");
        }
        assert_eq!(of("<f"), Ok((F32, false, 1)));
        assert_eq!((of("<V2"), of("<u2")), (Ok((None, false, 1)), Ok((None, false, 1))));
        assert_eq!((of(">f2"), of(">e")), (Ok((F16, true, 1)), Ok((F16, true, 1))));
        assert_eq!((of(">u2"), of("3>u2")), (Ok((None, true, 1)), Ok((None, true, 3))));
        for text in [">f", ">f4", ">f04", ">()f", "()>f4", "1>f4", "1  >f4"] {
            assert_eq!(of(text), Ok((F32, true, 1)), "{text:?}");
        }
        for (text, group) in [("2f4", 2), ("4,4f", 16), ("0f", 0), ("(3, 2)f4 ", 6), (" 0,f", 0), ("4<0f", 0)]
        {
            assert_eq!(of(text), Ok((F32, native, group)), "{text:?}");
        }
        for text in [
            "",
            "<",
            "f0",
            "d8",
            "e2",
            "H2",
            "u4",
            "i2",
            "V",
            "V4",
            ">V2",
            "<half",
            "f-4",
            "f++4",
            "f4294967300",
            "float32 ",
            " float32",
            "<float32",
            "f4,",
            "f4\n",
            "(1)f4",
            "( )f4",
            "><f4",
            "1><f4",
            "<1>f",
            "01f4",
            "+1f4",
            "f4,f4",
            "1",
            "2147483647f4",
            "é",
            "<é",
            "FLOAT32",
        ] {
            assert_eq!(of(text), Err(Fault::Other(format!("'{text}'"))));
        }
    }
}
