//! The literals of Python that headers are made of, read as `ast.literal_eval` reads them.
//!
//! Every byte is looked at a few times at the most, and brackets nest no deeper than Python's own limit, so that
//! no text takes long or much of the stack. What is left out: characters by name (`\N{...}`), names that are
//! not in ASCII, and `set()` with its name in brackets.

use std::fmt;

/// What a literal stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Halves of surrogate pairs, which Python's strings may hold, are replaced.
    Text(String),
    Bytes,
    /// None where it is beyond 64 bits.
    Integer(Option<i64>),
    Float,
    Complex,
    Bool(bool),
    None,
    Ellipsis,
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Set,
    Dictionary(Vec<(Value, Value)>),
}

impl Value {
    /// Whether it can be a key, or in a set.
    fn is_hashable(&self) -> bool {
        match self {
            Self::List(_) | Self::Set | Self::Dictionary(_) => false,
            Self::Tuple(items) => items.iter().all(Self::is_hashable),
            _ => true,
        }
    }
}

/// For messages, much as Python would show it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Self]| {
            for (i, item) in items.iter().enumerate() {
                write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
            }
            Ok(())
        };
        match self {
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Bytes => f.write_str("bytes"),
            Self::Integer(Some(number)) => number.fmt(f),
            Self::Integer(None) => f.write_str("a large number"),
            Self::Float | Self::Complex => f.write_str("a number"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::None => f.write_str("None"),
            Self::Ellipsis => f.write_str("..."),
            Self::Tuple(items) => {
                f.write_str("(")?;
                list(f, items)?;
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
            Self::List(items) => {
                f.write_str("[")?;
                list(f, items)?;
                f.write_str("]")
            }
            Self::Set => f.write_str("a set"),
            Self::Dictionary(_) => f.write_str("a dictionary"),
        }
    }
}

/// Whose syntax it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Python3,
    /// What NumPy makes of headers that Python 2 may have written, where they are not in the other syntax: it
    /// splits them into tokens, drops each L after a number, and joins what is left, where some blanks at the
    /// beginning and the end are lost.
    Python2,
}

/// Why there is no value.
pub type Fault = &'static str;

/// The value of the one literal that the text holds.
pub fn evaluate(text: &str, syntax: Syntax) -> Result<Value, Fault> {
    if text.contains('\0') {
        return Err("it holds a zero byte");
    }
    // Blanks before the first token are no indentation.
    let blanks: &[char] = match syntax {
        Syntax::Python3 => &[' ', '\t'],
        Syntax::Python2 => &[' ', '\t', '\x0c'],
    };
    let text = text.trim_start_matches(blanks);
    if syntax == Syntax::Python2 && begins_in_an_empty_line(text) {
        return Err("it begins in a line that a carriage return begins");
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut parser = Parser { text: &text, position: 0, depth: 0, syntax };
    parser.lines_before()?;
    let value = parser.several()?;
    parser.lines_after()?;
    Ok(value)
}

/// Whether the literal begins behind a carriage return that ends an empty line or a comment. It is a line of its own
/// to Python's parser, but not to what drops each L, which takes all up to the line feed for empty.
fn begins_in_an_empty_line(text: &str) -> bool {
    let is_empty = |line: &str| {
        let line = line.trim_start_matches([' ', '\t', '\x0c']);
        line.is_empty() || line.starts_with('#')
    };
    let first = text.split('\n').find(|line| !line.split('\r').all(is_empty));
    first.is_some_and(|line| line.contains('\r') && line.split('\r').next().is_some_and(is_empty))
}

/// As Python's own.
const DEEPEST: usize = 200;

/// The most digits of a decimal number beyond 64 bits, as Python's own.
const MOST_DIGITS: usize = 4300;

struct Parser<'a> {
    text: &'a str,
    /// In bytes, and always between characters where it is asked for text.
    position: usize,
    /// How many brackets are open.
    depth: usize,
    syntax: Syntax,
}

/// A value, and whether it is a bare constant: the operand that a sign may have.
struct Operand {
    value: Value,
    is_constant: bool,
}

impl Operand {
    fn constant(value: Value) -> Self {
        Self { value, is_constant: true }
    }

    fn other(value: Value) -> Self {
        Self { value, is_constant: false }
    }

    fn is_constant_number(&self) -> bool {
        self.is_constant && matches!(self.value, Value::Integer(_) | Value::Float | Value::Complex)
    }
}

impl Parser<'_> {
    /// The byte that comes so many after this one.
    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + ahead).copied()
    }

    fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// Takes the byte if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let comes = self.peek() == Some(byte);
        self.position += usize::from(comes);
        comes
    }

    /// Takes bytes as long as they are of a kind, and says how many.
    fn take_while(&mut self, is_of_the_kind: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[self.position..];
        let count = rest.iter().take_while(|&&byte| is_of_the_kind(byte)).count();
        self.position += count;
        count
    }

    fn comment(&mut self) {
        self.take_while(|byte| byte != b'\n');
    }

    /// After a backslash that joins lines.
    fn joined_line(&mut self) -> Result<(), Fault> {
        if !self.take(b'\n') {
            return Err("a backslash does not end its line");
        }
        if self.peek().is_none() { Err("it ends after a backslash") } else { Ok(()) }
    }

    /// Blanks between tokens: line ends too where brackets are open.
    fn blanks(&mut self) -> Result<(), Fault> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\x0c') => self.position += 1,
                Some(b'\n') if self.depth > 0 => self.position += 1,
                Some(b'#') => self.comment(),
                Some(b'\\') => {
                    self.position += 1;
                    self.joined_line()?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Empty lines, and the blanks before the first token that is on none of them, with their width as
    /// Python counts it.
    fn empty_lines(&mut self) -> Result<usize, Fault> {
        loop {
            let (mut width, mut width_before_joint) = (0_usize, 0);
            loop {
                match self.peek() {
                    Some(b' ') => width += 1,
                    Some(b'\t') => width = (width / 8 + 1) * 8,
                    Some(b'\x0c') => width = 0,
                    Some(b'\\') => {
                        if width_before_joint == 0 {
                            width_before_joint = width;
                        }
                        self.position += 1;
                        self.joined_line()?;
                        continue;
                    }
                    _ => break,
                }
                self.position += 1;
            }
            if self.peek() == Some(b'#') {
                self.comment();
            } else if self.peek() != Some(b'\n') {
                return Ok(if width_before_joint == 0 { width } else { width_before_joint });
            }
            if !self.take(b'\n') {
                return Ok(0);
            }
        }
    }

    fn lines_before(&mut self) -> Result<(), Fault> {
        let mut width = self.empty_lines()?;
        if self.syntax == Syntax::Python2 {
            // Joined lines before it indent nothing, and every blank is a space.
            width = self.text[..self.position].rfind('\n').map_or(0, |end| self.position - end - 1);
        }
        if width > 0 { Err("its first line is indented") } else { Ok(()) }
    }

    fn lines_after(&mut self) -> Result<(), Fault> {
        self.blanks()?;
        if self.take(b'\n') {
            let width = self.empty_lines()?;
            if width > 0 && self.peek().is_none() && self.syntax == Syntax::Python3 {
                return Err("its last line is indented");
            }
        }
        if self.peek().is_some() { Err("there is more after the literal") } else { Ok(()) }
    }

    /// One expression, or a tuple without brackets.
    fn several(&mut self) -> Result<Value, Fault> {
        let first = self.expression()?.value;
        if self.peek() != Some(b',') {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.take(b',') {
            self.blanks()?;
            if matches!(self.peek(), None | Some(b'\n')) {
                break;
            }
            items.push(self.expression()?.value);
        }
        Ok(Value::Tuple(items))
    }

    /// A literal with a sign, or the sum of a number and an imaginary one; and the blanks after it.
    fn expression(&mut self) -> Result<Operand, Fault> {
        const NOT_A_LITERAL: Fault = "it holds an expression that is not a literal";
        self.blanks()?;
        let negative = self.peek() == Some(b'-');
        let mut left = if self.take(b'-') || self.take(b'+') {
            self.blanks()?;
            let operand = self.atom()?;
            if !operand.is_constant_number() {
                return Err(NOT_A_LITERAL);
            }
            Operand::other(match operand.value {
                // The smallest number is the opposite of none: nobody has so large a shape.
                Value::Integer(Some(number)) if negative => Value::Integer(number.checked_neg()),
                value => value,
            })
        } else {
            self.atom()?
        };
        self.blanks()?;
        if self.take(b'-') || self.take(b'+') {
            if !matches!(left.value, Value::Integer(_) | Value::Float) {
                return Err(NOT_A_LITERAL);
            }
            self.blanks()?;
            let right = self.atom()?;
            if !right.is_constant || right.value != Value::Complex {
                return Err(NOT_A_LITERAL);
            }
            left = Operand::other(Value::Complex);
            self.blanks()?;
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Operand, Fault> {
        match self.peek() {
            Some(b'(') => self.in_brackets(Self::after_parenthesis),
            Some(b'[') => self.in_brackets(Self::after_bracket),
            Some(b'{') => self.in_brackets(Self::after_brace),
            Some(b'0'..=b'9') => self.number().map(Operand::constant),
            Some(b'.') if self.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) => {
                self.number().map(Operand::constant)
            }
            Some(b'.') if self.text[self.position..].starts_with("...") => {
                self.position += 3;
                Ok(Operand::constant(Value::Ellipsis))
            }
            Some(_) if self.string_begins() => self.strings().map(Operand::constant),
            Some(byte) if is_in_names(byte) => self.name(),
            Some(_) => Err("it holds what is no part of a literal"),
            None => Err("it ends inside the literal"),
        }
    }

    fn in_brackets(
        &mut self,
        rest: impl FnOnce(&mut Self) -> Result<Operand, Fault>,
    ) -> Result<Operand, Fault> {
        if self.depth == DEEPEST {
            return Err("it nests too deeply");
        }
        self.position += 1;
        self.depth += 1;
        self.blanks()?;
        let operand = rest(self)?;
        self.depth -= 1;
        Ok(operand)
    }

    /// Items up to the closing bracket, after the first. Without one there has been a comma, or nothing.
    fn items(&mut self, closing: u8, mut items: Vec<Value>) -> Result<Vec<Value>, Fault> {
        let mut may_go_on = items.is_empty() || self.take(b',');
        loop {
            self.blanks()?;
            if self.take(closing) {
                return Ok(items);
            }
            if !may_go_on {
                return Err(BRACKET);
            }
            items.push(self.expression()?.value);
            may_go_on = self.take(b',');
        }
    }

    /// A tuple, or an expression in brackets, which is what it is without them.
    fn after_parenthesis(&mut self) -> Result<Operand, Fault> {
        if self.take(b')') {
            return Ok(Operand::other(Value::Tuple(Vec::new())));
        }
        let first = self.expression()?;
        if self.take(b')') {
            return Ok(first);
        }
        Ok(Operand::other(Value::Tuple(self.items(b')', vec![first.value])?)))
    }

    fn after_bracket(&mut self) -> Result<Operand, Fault> {
        Ok(Operand::other(Value::List(self.items(b']', Vec::new())?)))
    }

    fn after_brace(&mut self) -> Result<Operand, Fault> {
        const NOT_HASHABLE: Fault = "a key is a list, a set or a dictionary";
        if self.take(b'}') {
            return Ok(Operand::other(Value::Dictionary(Vec::new())));
        }
        let mut key = self.expression()?.value;
        if self.peek() != Some(b':') {
            let items = self.items(b'}', vec![key])?;
            let hashable = items.iter().all(Value::is_hashable);
            return if hashable { Ok(Operand::other(Value::Set)) } else { Err(NOT_HASHABLE) };
        }
        let mut pairs = Vec::new();
        loop {
            if !key.is_hashable() {
                return Err(NOT_HASHABLE);
            }
            if !self.take(b':') {
                return Err("a key has no value");
            }
            pairs.push((key, self.expression()?.value));
            let comma = self.take(b',');
            self.blanks()?;
            if self.take(b'}') {
                return Ok(Operand::other(Value::Dictionary(pairs)));
            }
            if !comma {
                return Err(BRACKET);
            }
            key = self.expression()?.value;
        }
    }

    fn name(&mut self) -> Result<Operand, Fault> {
        let start = self.position;
        self.take_while(is_in_names);
        match &self.text[start..self.position] {
            "True" => Ok(Operand::constant(Value::Bool(true))),
            "False" => Ok(Operand::constant(Value::Bool(false))),
            "None" => Ok(Operand::constant(Value::None)),
            "set" => {
                self.blanks()?;
                if self.peek() != Some(b'(') {
                    return Err(NAME);
                }
                let close = |parser: &mut Self| match parser.take(b')') {
                    true => Ok(Operand::other(Value::Set)),
                    false => Err("a set is made of something"),
                };
                self.in_brackets(close)
            }
            _ => Err(NAME),
        }
    }

    fn number(&mut self) -> Result<Value, Fault> {
        const NOT_A_NUMBER: Fault = "it holds what is no number";
        let start = self.position;
        let radix = match (self.peek(), self.peek_at(1)) {
            (Some(b'0'), Some(b'x' | b'X')) => 16,
            (Some(b'0'), Some(b'o' | b'O')) => 8,
            (Some(b'0'), Some(b'b' | b'B')) => 2,
            _ => 10,
        };
        let value = if radix != 10 {
            self.position += 2;
            // After the prefix there may be one more underscore.
            self.take(b'_');
            let digits = self.digits(radix).ok_or(NOT_A_NUMBER)?;
            Value::Integer(i64::from_str_radix(&digits, radix).ok())
        } else {
            let mut value = None;
            if self.peek() != Some(b'.') {
                let digits = self.digits(10).ok_or(NOT_A_NUMBER)?;
                value = Some(digits);
            }
            let mut is_float = false;
            if self.take(b'.') {
                is_float = true;
                if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                    self.digits(10).ok_or(NOT_A_NUMBER)?;
                }
            }
            if matches!(self.peek(), Some(b'e' | b'E')) {
                is_float = true;
                self.position += 1;
                _ = self.take(b'+') || self.take(b'-');
                self.digits(10).ok_or(NOT_A_NUMBER)?;
            }
            if self.take(b'j') || self.take(b'J') {
                Value::Complex
            } else if is_float {
                Value::Float
            } else {
                let digits = value.ok_or(NOT_A_NUMBER)?;
                let number = digits.parse().ok();
                if digits.len() > 1 && digits.starts_with('0') && number != Some(0) {
                    return Err("a number begins with a zero");
                }
                if number.is_none() && digits.len() > MOST_DIGITS {
                    return Err("a number has too many digits");
                }
                Value::Integer(number)
            }
        };
        debug_assert!(self.position > start);
        if self.syntax == Syntax::Python2 {
            self.suffixes()?;
        }
        if self.peek().is_some_and(is_in_names) { Err(NOT_A_NUMBER) } else { Ok(value) }
    }

    /// Digits, at least one, between which there may be single underscores, without these.
    fn digits(&mut self, radix: u32) -> Option<String> {
        let mut digits = String::new();
        loop {
            let start = self.position;
            if self.take_while(|byte| char::from(byte).is_digit(radix)) == 0 {
                return None;
            }
            digits.push_str(&self.text[start..self.position]);
            if !self.take(b'_') {
                return Some(digits);
            }
        }
    }

    /// The L that ends a long number of Python 2, and those after it. On the way to one there are no line ends
    /// and no comments.
    fn suffixes(&mut self) -> Result<(), Fault> {
        loop {
            let before = self.position;
            loop {
                self.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c'));
                if !self.take(b'\\') {
                    break;
                }
                self.joined_line()?;
            }
            let is_suffix = self.peek() == Some(b'L') && !self.peek_at(1).is_some_and(is_in_names);
            if !is_suffix {
                self.position = before;
                return Ok(());
            }
            self.position += 1;
        }
    }

    /// Whether a string begins here, or its prefix.
    fn string_begins(&self) -> bool {
        let is_quote = |ahead| matches!(self.peek_at(ahead), Some(b'\'' | b'"'));
        let is_prefix = |ahead| matches!(self.peek_at(ahead), Some(byte) if b"rRbBuUfF".contains(&byte));
        is_quote(0) || is_prefix(0) && (is_quote(1) || is_prefix(1) && is_quote(2))
    }

    /// A string, and others that follow it.
    fn strings(&mut self) -> Result<Value, Fault> {
        let mut text = String::new();
        let is_bytes = self.string(&mut text)?;
        loop {
            self.blanks()?;
            if !self.string_begins() {
                return Ok(if is_bytes { Value::Bytes } else { Value::Text(text) });
            }
            if self.string(&mut text)? != is_bytes {
                return Err("a string goes on as bytes, or the other way round");
            }
        }
    }

    /// One string, added to the text; and whether it is of bytes.
    fn string(&mut self, text: &mut String) -> Result<bool, Fault> {
        let start = self.position;
        self.take_while(|byte| !matches!(byte, b'\'' | b'"'));
        let prefix = self.text[start..self.position].to_ascii_lowercase();
        let (is_raw, is_bytes) = match prefix.as_str() {
            "" | "u" => (false, false),
            "r" => (true, false),
            "b" => (false, true),
            "br" | "rb" => (true, true),
            _ => return Err("it holds a string that is not a literal"),
        };

        let quote = self.text.as_bytes()[self.position];
        let is_triple = self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote);
        self.position += if is_triple { 3 } else { 1 };
        loop {
            let Some(character) = self.text[self.position..].chars().next() else {
                return Err(STRING);
            };
            if character == char::from(quote) {
                if !is_triple {
                    self.position += 1;
                    return Ok(is_bytes);
                }
                if self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote) {
                    self.position += 3;
                    return Ok(is_bytes);
                }
            }
            if character == '\n' && !is_triple {
                return Err(STRING);
            }
            if is_bytes && !character.is_ascii() {
                return Err("bytes hold more than ASCII");
            }
            self.position += character.len_utf8();
            if character != '\\' {
                text.push(character);
            } else if !is_raw {
                self.escape(text, is_bytes)?;
            } else if let Some(next) = self.text[self.position..].chars().next() {
                if is_bytes && !next.is_ascii() {
                    return Err("bytes hold more than ASCII");
                }
                text.extend(['\\', next]);
                self.position += next.len_utf8();
            }
        }
    }

    /// After the backslash.
    fn escape(&mut self, text: &mut String, is_bytes: bool) -> Result<(), Fault> {
        let byte = self.peek().ok_or(STRING)?;
        let character = match byte {
            b'\n' => {
                self.position += 1;
                return Ok(());
            }
            b'\\' | b'\'' | b'"' => char::from(byte),
            b'a' => '\x07',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'v' => '\x0b',
            b'0'..=b'7' => return self.coded(text, 8, 1..=3),
            b'x' => {
                self.position += 1;
                return self.coded(text, 16, 2..=2);
            }
            b'u' | b'U' if !is_bytes => {
                self.position += 1;
                let count = if byte == b'u' { 4 } else { 8 };
                return self.coded(text, 16, count..=count);
            }
            b'N' if !is_bytes => return Err("it names a character (\\N), which is not read"),
            // It means nothing, and the backslash stays.
            _ => {
                text.push('\\');
                return Ok(());
            }
        };
        text.push(character);
        self.position += 1;
        Ok(())
    }

    /// A character by its number.
    fn coded(
        &mut self,
        text: &mut String,
        radix: u32,
        digits: std::ops::RangeInclusive<usize>,
    ) -> Result<(), Fault> {
        let rest = &self.text.as_bytes()[self.position..];
        let found = rest.iter().take(*digits.end()).take_while(|&&byte| char::from(byte).is_digit(radix));
        let count = found.count();
        if count < *digits.start() {
            return Err("a character's number lacks digits");
        }
        let number = u32::from_str_radix(&self.text[self.position..self.position + count], radix);
        let number = number.unwrap_or(u32::MAX);
        if number > 0x10_ffff {
            return Err("a character's number is too large");
        }
        text.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
        self.position += count;
        Ok(())
    }
}

const BRACKET: Fault = "a bracket is not closed";
const NAME: Fault = "it holds a name";
const STRING: Fault = "a string has no end";

/// Whether the byte can be in a name, or of a character that can.
fn is_in_names(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{MOST_DIGITS, Syntax, Value, evaluate};

    /// What `ast.literal_eval` of Python 3.11 takes.
    const TAKEN: [&str; 83] = [
        "{}\n\\\n\n",
        "{} \\\n\n",
        "\\\n{}",
        " \\\n{}",
        "\x0c{}",
        "\n \x0c{}",
        "# c\n{}",
        "{}\x0c",
        "set()",
        "set(\n)",
        "...",
        "-(1)",
        "1+2j",
        "(1)+(2j)",
        "-(1)+(2j)",
        "b'\\N{x}'",
        "'\\ud800'",
        "'\\q'",
        "'\u{e9}'",
        "r'\\''",
        "'a\\\nb'",
        "'''a\n'''",
        "0_0",
        "00",
        "0x_f",
        "1e5",
        "1.e5",
        "1_0.0_1",
        "09.5",
        "0e0",
        "09j",
        "{1,}",
        "{():1}",
        "1,",
        "1,2",
        "()",
        "(1)",
        "(1,)\n\n\n#x",
        "('a' #x\n'b')",
        "True",
        "-1j",
        "'\\400'",
        "b'\\400'",
        "{}\r",
        "{}\r\r\n",
        "{\r}",
        "'a\\\rb'",
        "'a\\\r\nb'",
        "'''\r'''",
        "\t{}",
        "{}#\u{a0}",
        "{'a':1\n,\n}\n",
        "u''",
        "U''",
        "bR''",
        "Rb''",
        "'' ''",
        "''  \\\n ''",
        "''''''",
        "1e999",
        "0b1_0",
        "0B1",
        "0O7",
        "0X1",
        ".5",
        "-.5",
        "5.",
        "5.j",
        "1e+5",
        "1e-5J",
        "''#",
        "-0",
        "+0x1",
        "(-\n1)",
        "(1\n+\n2j)",
        "1-2j",
        "1.5+2j",
        "{-1:+2}",
        "[\\\n1]",
        "'\\\n'",
        "'\\08'",
        "'\\8'",
        "b'\\u1'",
    ];

    /// And what it refuses.
    const REFUSED: [&str; 126] = [
        "{}\n   ",
        "{}\n   \\\n",
        "{} \\\n",
        "\n \\\n{}",
        "\\\n {}",
        "\x0c {}",
        "\n {}",
        "\u{feff}{}",
        "{}\x0b",
        "{}\x1a",
        "{}\x00",
        "{}#\x00",
        "se\\\nt()",
        ". . .",
        "..\\\n.",
        "-True",
        "-(-1)",
        "+ +1",
        "1+2j+3j",
        "1-True",
        "'a'b'c'",
        "f''",
        "'\\N{x}'",
        "'\\x1'",
        "'\\U00110000'",
        "b'\u{e9}'",
        "r'\\'",
        "ur'a'",
        "'a\n'",
        "0__0",
        "0_7",
        "07",
        "0x",
        "0b2",
        "0o8",
        "1__0",
        "1_",
        "1e",
        "1._5",
        "1 .5",
        "1if 1else 2",
        "{**{}}",
        "{*()}",
        "[*()]",
        "(*(),)",
        "{,}",
        "(,)",
        "[1,,2]",
        "[1 2]",
        "{1:2,3}",
        "{'a':1,**{'b':2}}",
        "{[]:1}",
        "{([],):1}",
        "{{}}",
        "{set()}",
        "1;",
        "1\n2",
        "'a' #x\n'b'",
        "true",
        "__debug__",
        "Ellipsis",
        "10**2",
        "1 if 1 else 2",
        "(yield)",
        "lambda:1",
        "`1`",
        "$",
        "?",
        "!",
        "'a'[0]",
        "'a'%1",
        "not 1",
        "~1",
        "1<2",
        "0xfor 1",
        "'a\rb'",
        "\u{a0}{}",
        "{\u{a0}}",
        "bu''",
        "uu''",
        "''''a'",
        "'''a''''",
        "{1:2:3}",
        "{:}",
        "{1:}",
        "(1;)",
        "[1)",
        "1 2",
        "''1",
        "1''",
        "{1:=2}",
        "(a:=1)",
        "[1 for x in 1]",
        "0_",
        "_1",
        "0_x1",
        "0x1_",
        "0x1__1",
        ".",
        "1e_5",
        "1_e5",
        "\\",
        "\\\n",
        "",
        "\n",
        "#",
        "-\n1",
        "set()+1",
        "set([])",
        "set(1)",
        "(1+2j)-1j",
        "True+1j",
        "1j+1j",
        "1+1",
        "-'a'",
        "+()",
        "1+(-2j)",
        "--1",
        "[\\ \n1]",
        "[1]\\",
        "('a'\nb'c')",
        "'\\",
        "b'\\xgg'",
        "'\\u12'",
        "'\\u 123'",
        "\\N",
    ];

    #[test]
    fn as_python() {
        for text in TAKEN {
            assert!(
                evaluate(text, Syntax::Python3).is_ok(),
                "{text:?}: {:?}",
                evaluate(text, Syntax::Python3)
            );
        }
        for text in REFUSED {
            assert!(
                evaluate(text, Syntax::Python3).is_err(),
                "{text:?}: {:?}",
                evaluate(text, Syntax::Python3)
            );
        }
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(evaluate(&nested(200), Syntax::Python3).is_ok());
        assert!(evaluate(&nested(201), Syntax::Python3).is_err());
        assert!(evaluate(&"9".repeat(MOST_DIGITS), Syntax::Python3).is_ok());
        assert!(evaluate(&"9".repeat(MOST_DIGITS + 1), Syntax::Python3).is_err());
        assert!(evaluate(&"0".repeat(MOST_DIGITS + 1), Syntax::Python3).is_ok());
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("0x_fF, 0b1_0, 0o17, 1_000, 00, -(1), +2", "(255, 2, 15, 1000, 0, -1, 2)"),
            (r#"'a' "b"  'c'"#, "'abc'"),
            (r"'\\\'\x41\102\u0043\U00000044\q\0'", "'\\'ABCD\\q\0'"),
            (r"r'\'\n'", r"'\'\n'"),
            ("'''a\r\n''b'''", "'a\n''b'"),
            ("[True, False, None, ..., (1,), ()]", "[True, False, None, ..., (1,), ()]"),
        ] {
            assert_eq!(evaluate(text, Syntax::Python3).unwrap().to_string(), expected, "{text}");
        }
        let pairs = vec![(Value::Integer(Some(1)), Value::Bytes), (Value::Float, Value::Complex)];
        assert_eq!(evaluate("{1: b'a' rb'b', 1.5: -1+2j}", Syntax::Python3), Ok(Value::Dictionary(pairs)));
        assert_eq!(evaluate("9223372036854775808", Syntax::Python3), Ok(Value::Integer(None)));
    }

    /// What NumPy makes of it.
    #[test]
    fn python_2() {
        for text in
            ["6L", "(6L, 7 L)", "0x6L", "6 L L", "6\\\nL", "6.5L", "6\n   ", "\x0c 6L", "\n \\\n6", "06.L"]
        {
            assert!(
                evaluate(text, Syntax::Python2).is_ok(),
                "{text:?}: {:?}",
                evaluate(text, Syntax::Python2)
            );
            assert!(evaluate(text, Syntax::Python3).is_err(), "{text:?}");
        }
        for text in [
            "6l",
            "6LL",
            "06L",
            "(6\nL)",
            "6_L",
            "L",
            "6Lx",
            "6 #\nL",
            "6\\\n",
            "\n \\\n 6L",
            "\n 6L",
            "\r6L",
            "#\r6L",
        ] {
            assert!(
                evaluate(text, Syntax::Python2).is_err(),
                "{text:?}: {:?}",
                evaluate(text, Syntax::Python2)
            );
        }
    }
}
