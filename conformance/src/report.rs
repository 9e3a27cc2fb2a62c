//! What came of examining an implementation: as a struct, as text, as JSON.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::function::Function;

/// What came of examining an implementation.
///
/// `Display` gives a page of text, `Serialize` the same for machines. Numbers of both formats are
/// held as `f64`, which has them all; in JSON, those that are not finite are the strings `"NaN"`,
/// `"inf"` and `"-inf"`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What it was to compute.
    pub function: Function,
    /// The format: `"f32"` or `"f64"`.
    pub format: &'static str,
    /// How many inputs were held against the truth.
    pub inputs: u64,
    /// Results that are not the number nearest to the truth.
    pub not_correctly_rounded: u64,
    /// Of those, the one nearest to x = 0.
    pub first_misrounded: Option<Error>,
    /// Inputs whose correctly rounded result was told by nothing less than arbitrary precision.
    pub by_arbitrary_precision: u64,
    /// Inputs whose correctly rounded result even arbitrary precision did not tell: none was ever seen.
    pub undecided: u64,
    /// The largest errors. The first region is the whole line.
    pub regions: Vec<Region>,
    /// NaN where the function has no value, for NaN and outside of \[0, 1\] for logit; and no NaN, or an element that
    /// was not written, where a number should be.
    pub nan: Law,
    /// At the infinities the exact limits.
    pub infinities: Law,
    /// Results in the function's [range](Function::range).
    pub range: Law,
    /// A result that is 0 has the sign of the truth: for s and s' it is never -0.
    pub sign_of_zero: Law,
    /// Where the truth rounds to a subnormal number the result is not 0, and has its sign.
    pub subnormals_kept: Law,
    /// Where the truth rounds to a number other than 0, subnormal or not, the result is not 0, and has its sign: for s
    /// and s' it is positive.
    pub sign: Law,
    /// Where the truth rounds to 0 the result is 0.
    pub zero: Law,
    /// s never falls where x rises; s' never falls up to 0, and never rises after it. Not asked of functions that turn
    /// elsewhere.
    pub monotone: Law,
    /// s'(x) and s'(-x) have the same bits. Asked of even functions only.
    pub even: Law,
    /// tanh(x) and tanh(-x) have the same bits but for the sign. Asked of odd functions only.
    pub odd: Law,
    /// An element's result has the same bits at any position, length and alignment, among any
    /// neighbours, and when asked again.
    pub place: Law,
    /// Each element is written, and nothing but them: no memory before or after the outputs, and no input.
    pub written: Law,
    /// Equal if and (all but certainly) only if the results for the same inputs have the same bits.
    /// See [`Tally::digest`](crate::Tally::digest). In JSON it is a string of 16 hexadecimal digits.
    #[serde(serialize_with = "hexadecimal")]
    pub digest: u64,
}

/// Part of the line, and the errors there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Region {
    /// Such as `"-87 <= x < 0"`.
    pub name: &'static str,
    /// The lower end, which belongs to it.
    #[serde(serialize_with = "number")]
    pub low: f64,
    /// The upper end, which belongs to it.
    #[serde(serialize_with = "number")]
    pub high: f64,
    /// How many inputs were tried here. (NaN is in the whole only.)
    pub inputs: u64,
    /// How many of the results are not the nearest number.
    pub not_correctly_rounded: u64,
    /// The largest error; of equal ones that nearest to 0. `None` if no result has any.
    pub worst: Option<Error>,
}

/// An error and where it was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Error {
    /// How large it is, in units in the last place.
    #[serde(serialize_with = "number")]
    pub ulp: f64,
    /// The input.
    #[serde(serialize_with = "number")]
    pub x: f64,
    /// The result.
    #[serde(serialize_with = "number")]
    pub result: f64,
    /// The truth, correctly rounded.
    #[serde(serialize_with = "number")]
    pub rounded_truth: f64,
}

/// Something that should hold, and how it fared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Law {
    /// How many times it was put to the test. 0 if it was not asked.
    pub checked: u64,
    /// How many times it did not hold.
    pub broken: u64,
    /// Of those, the simplest: the one nearest to x = 0; of memory, that of the shortest slice.
    pub example: Option<Example>,
}

/// A result that breaks a law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Example {
    /// The input.
    #[serde(serialize_with = "number")]
    pub x: f64,
    /// The result.
    #[serde(serialize_with = "number")]
    pub result: f64,
    /// What it does not agree with.
    pub against: Against,
}

/// What a result does not agree with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Against {
    /// With the truth.
    Truth {
        /// The truth, correctly rounded.
        #[serde(serialize_with = "number")]
        rounded: f64,
    },
    /// With the result for another input.
    Input {
        /// The other input.
        #[serde(serialize_with = "number")]
        x: f64,
        /// Its result.
        #[serde(serialize_with = "number")]
        result: f64,
    },
    /// With the result for the same input in another place.
    Place {
        /// The result there.
        #[serde(serialize_with = "number")]
        result: f64,
        /// Where the disagreeing one stood in its slice.
        index: usize,
        /// How long that slice was.
        length: usize,
        /// How many elements it began after a boundary of 64 bytes.
        offset: usize,
        /// The same of the results.
        output_offset: usize,
    },
    /// With what a kernel may do to memory.
    Memory {
        /// What it did.
        fault: MemoryFault,
        /// Where: below 0 before the slice, from `length` on past its end.
        index: isize,
        /// How long the slice was.
        length: usize,
        /// How many elements the inputs began after a boundary of 64 bytes.
        offset: usize,
        /// The same of the results.
        output_offset: usize,
    },
}

/// What a kernel did to memory, or left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MemoryFault {
    /// A result was not written.
    NotWritten,
    /// It wrote past the end of the results.
    PastTheOutput,
    /// It wrote before their beginning.
    BeforeTheOutput,
    /// It wrote to the inputs or beside them.
    InputWritten,
}

/// What is asked of an implementation: the fields of [`Report`] that are a [`Law`].
///
/// ```
/// use sigmoid_conformance::Rule;
///
/// assert_eq!("place".parse(), Ok(Rule::Place));
/// assert!(Rule::ALL.iter().all(|rule| rule.name().parse() == Ok(*rule)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// [`Report::nan`]
    Nan,
    /// [`Report::infinities`]
    Infinities,
    /// [`Report::range`]
    Range,
    /// [`Report::sign_of_zero`]
    SignOfZero,
    /// [`Report::subnormals_kept`]
    SubnormalsKept,
    /// [`Report::sign`]
    Sign,
    /// [`Report::zero`]
    Zero,
    /// [`Report::monotone`]
    Monotone,
    /// [`Report::even`]
    Even,
    /// [`Report::odd`]
    Odd,
    /// [`Report::place`]
    Place,
    /// [`Report::written`]
    Written,
}

impl Rule {
    /// All of them, in the order of [`Report::laws`].
    pub const ALL: [Self; 12] = [
        Self::Nan,
        Self::Infinities,
        Self::Range,
        Self::SignOfZero,
        Self::SubnormalsKept,
        Self::Sign,
        Self::Zero,
        Self::Monotone,
        Self::Even,
        Self::Odd,
        Self::Place,
        Self::Written,
    ];

    /// The name, that of the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nan => "nan",
            Self::Infinities => "infinities",
            Self::Range => "range",
            Self::SignOfZero => "sign_of_zero",
            Self::SubnormalsKept => "subnormals_kept",
            Self::Sign => "sign",
            Self::Zero => "zero",
            Self::Monotone => "monotone",
            Self::Even => "even",
            Self::Odd => "odd",
            Self::Place => "place",
            Self::Written => "written",
        }
    }

    /// What it says of the function.
    pub const fn says(self, function: Function) -> &'static str {
        let positive = matches!(function, Function::Sigmoid | Function::Derivative);
        match self {
            Self::Nan if positive => "NaN if and only if the input is",
            Self::Nan => "NaN if and only if there is no value",
            Self::Infinities => "the exact limits at the infinities",
            Self::Range => "in range",
            Self::SignOfZero if positive => "no -0",
            Self::SignOfZero => "zeros of the right sign",
            Self::SubnormalsKept if positive => "positive where the truth rounds to a subnormal number",
            Self::SubnormalsKept => "kept where the truth rounds to a subnormal number",
            Self::Sign if positive => "positive where the truth rounds to a positive number",
            Self::Sign => "kept where the truth rounds to a number other than 0",
            Self::Zero => "0 where the truth rounds to 0",
            Self::Monotone => "monotone",
            Self::Even => "even",
            Self::Odd => "odd",
            Self::Place => "the same bits in any place",
            Self::Written => "each result written, and nothing else",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        Self::ALL.into_iter().find(|rule| rule.name() == name).ok_or(UnknownRule)
    }
}

/// There is no rule of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRule;

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a rule: these are {}", Rule::ALL.map(Rule::name).join(", "))
    }
}

impl std::error::Error for UnknownRule {}

fn number<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.is_finite() { serializer.serialize_f64(*number) } else { serializer.collect_str(number) }
}

fn hexadecimal<S: Serializer>(digest: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{digest:016x}"))
}

impl Law {
    /// Whether it never broke.
    pub fn holds(&self) -> bool {
        self.broken == 0
    }

    pub(crate) fn count(&mut self, checked: u64, broken: u64) {
        self.checked += checked;
        self.broken += broken;
    }

    /// Keeps the simplest example, in an order of all examples, so that the order of blocks does not matter.
    pub(crate) fn show(&mut self, example: Example) {
        if self.example.as_ref().is_none_or(|kept| example.rank() < kept.rank()) {
            self.example = Some(example);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count(other.checked, other.broken);
        if let Some(example) = other.example {
            self.show(example);
        }
    }
}

impl Example {
    /// The nearest to 0 first, positive before negative; then the shortest slice. Of memory, the shortest first.
    fn rank(&self) -> [u64; 7] {
        let magnitude = self.x.abs().to_bits();
        let (sign, result) = (self.x.is_sign_negative().into(), self.result.to_bits());
        match self.against {
            Against::Truth { rounded: other } => [magnitude, sign, result, other.to_bits(), 0, 0, 0],
            Against::Input { x, result: other } => {
                [magnitude, sign, x.to_bits(), result, other.to_bits(), 0, 0]
            }
            Against::Place { index, length, offset, output_offset, .. } => {
                let place = [length, index, offset, output_offset].map(|number| number as u64);
                [magnitude, sign, place[0], place[1], place[2], place[3], result]
            }
            Against::Memory { fault, index, length, offset, output_offset } => {
                let place = [length, index.unsigned_abs(), offset, output_offset].map(|number| number as u64);
                [place[0], place[1], fault as u64, place[2], place[3], magnitude, sign]
            }
        }
    }
}

impl Region {
    pub(crate) fn show(&mut self, error: Error) {
        let rank = |error: &Error| (error.ulp, -error.x.abs(), error.x);
        if self.worst.as_ref().is_none_or(|kept| rank(&error) > rank(kept)) {
            self.worst = Some(error);
        }
    }

    /// The largest error here, in units in the last place.
    pub fn max_ulp(&self) -> f64 {
        self.worst.map_or(0.0, |worst| worst.ulp)
    }
}

impl Report {
    pub(crate) fn new(function: Function, format: &'static str, regions: Vec<Region>) -> Self {
        Self {
            function,
            format,
            inputs: 0,
            not_correctly_rounded: 0,
            first_misrounded: None,
            by_arbitrary_precision: 0,
            undecided: 0,
            regions,
            nan: Law::default(),
            infinities: Law::default(),
            range: Law::default(),
            sign_of_zero: Law::default(),
            subnormals_kept: Law::default(),
            sign: Law::default(),
            zero: Law::default(),
            monotone: Law::default(),
            even: Law::default(),
            odd: Law::default(),
            place: Law::default(),
            written: Law::default(),
            digest: 0,
        }
    }

    /// The largest error of all, in units in the last place.
    pub fn max_ulp(&self) -> f64 {
        self.regions[0].max_ulp()
    }

    /// Every result is the number nearest to the truth.
    pub fn is_correctly_rounded(&self) -> bool {
        self.not_correctly_rounded == 0 && self.undecided == 0
    }

    /// NaN, infinities and the range are as they should be, no result depends on its place, and all of them are
    /// written, and nothing else.
    ///
    /// What else [`Report::laws`] has is for the caller to ask for: a fast implementation may well
    /// be a unit in the last place off from being monotone.
    pub fn is_sound(&self) -> bool {
        [&self.nan, &self.infinities, &self.range, &self.sign_of_zero, &self.place, &self.written]
            .into_iter()
            .all(Law::holds)
    }

    /// All laws, each with what it says of the function, in the order of [`Rule::ALL`].
    pub fn laws(&self) -> [(&'static str, &Law); 12] {
        Rule::ALL.map(|rule| (rule.says(self.function), self.law(rule)))
    }

    /// How one of them fared.
    pub fn law(&self, rule: Rule) -> &Law {
        match rule {
            Rule::Nan => &self.nan,
            Rule::Infinities => &self.infinities,
            Rule::Range => &self.range,
            Rule::SignOfZero => &self.sign_of_zero,
            Rule::SubnormalsKept => &self.subnormals_kept,
            Rule::Sign => &self.sign,
            Rule::Zero => &self.zero,
            Rule::Monotone => &self.monotone,
            Rule::Even => &self.even,
            Rule::Odd => &self.odd,
            Rule::Place => &self.place,
            Rule::Written => &self.written,
        }
    }

    pub(crate) fn law_mut(&mut self, rule: Rule) -> &mut Law {
        match rule {
            Rule::Nan => &mut self.nan,
            Rule::Infinities => &mut self.infinities,
            Rule::Range => &mut self.range,
            Rule::SignOfZero => &mut self.sign_of_zero,
            Rule::SubnormalsKept => &mut self.subnormals_kept,
            Rule::Sign => &mut self.sign,
            Rule::Zero => &mut self.zero,
            Rule::Monotone => &mut self.monotone,
            Rule::Even => &mut self.even,
            Rule::Odd => &mut self.odd,
            Rule::Place => &mut self.place,
            Rule::Written => &mut self.written,
        }
    }

    /// Keeps the one nearest to 0, positive before negative.
    pub(crate) fn show_misrounded(&mut self, error: Error) {
        let rank = |error: &Error| (error.x.abs().to_bits(), error.x.is_sign_negative());
        if self.first_misrounded.as_ref().is_none_or(|kept| rank(&error) < rank(kept)) {
            self.first_misrounded = Some(error);
        }
    }

    /// Adds what another one saw of the same implementation on other inputs.
    ///
    /// # Panics
    ///
    /// If it is about another function or format.
    pub fn merge(&mut self, other: &Self) {
        let subject = |report: &Self| (report.function, report.format);
        assert_eq!(subject(self), subject(other), "reports about one function in one format");
        self.inputs += other.inputs;
        self.not_correctly_rounded += other.not_correctly_rounded;
        self.by_arbitrary_precision += other.by_arbitrary_precision;
        self.undecided += other.undecided;
        self.digest = self.digest.wrapping_add(other.digest);
        for (region, more) in self.regions.iter_mut().zip(&other.regions) {
            region.inputs += more.inputs;
            region.not_correctly_rounded += more.not_correctly_rounded;
            if let Some(worst) = more.worst {
                region.show(worst);
            }
        }
        if let Some(error) = other.first_misrounded {
            self.show_misrounded(error);
        }
        for rule in Rule::ALL {
            self.law_mut(rule).merge(other.law(rule));
        }
    }

    /// The fewest digits that say which number of the format it is.
    fn shortest(&self, x: f64) -> String {
        if self.format == "f64" { format!("{x:?}") } else { format!("{:?}", x as f32) }
    }

    /// An example of this report in words.
    pub fn sentence(&self, example: &Example) -> String {
        let number = |x| self.shortest(x);
        let (x, result) = (number(example.x), number(example.result));
        let slice = |length: usize, offset: usize, output_offset: usize| match (offset, output_offset) {
            (0, 0) => format!("a slice of {length}"),
            _ => format!(
                "a slice of {length} (inputs {offset}, outputs {output_offset} elements after a boundary of 64 bytes)"
            ),
        };
        match example.against {
            Against::Truth { rounded } => {
                format!("x = {x} gives {result}, where the truth rounds to {}", number(rounded))
            }
            Against::Input { x: other, result: of_other } => {
                format!("x = {x} gives {result}, x = {} gives {}", number(other), number(of_other))
            }
            Against::Place { result: elsewhere, index, length, offset, output_offset } => {
                let slice = slice(length, offset, output_offset);
                format!(
                    "x = {x} gives {result} at index {index} of {slice}, and {} elsewhere",
                    number(elsewhere)
                )
            }
            Against::Memory { fault, index, length, offset, output_offset } => {
                let slice = slice(length, offset, output_offset);
                match fault {
                    MemoryFault::NotWritten => format!("of {slice} index {index} is not written, x = {x}"),
                    MemoryFault::PastTheOutput => {
                        format!("of {slice} index {index}, past its end, is written")
                    }
                    MemoryFault::BeforeTheOutput => {
                        format!("of {slice} index {index}, before its beginning, is written")
                    }
                    MemoryFault::InputWritten => {
                        format!("of {slice} index {index} of the inputs is written")
                    }
                }
            }
        }
    }

    /// An error in words.
    pub(crate) fn error_in_words(&self, error: &Error) -> String {
        let [x, result, truth] =
            [error.x, error.result, error.rounded_truth].map(|number| self.shortest(number));
        format!("x = {x} gives {result}, where the truth rounds to {truth}")
    }
}

/// A page of text: a line on the whole, one for each region, one for each law.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, format, inputs, not_correctly_rounded, undecided, digest, .. } = self;
        writeln!(f, "{function} in {format}: {inputs} inputs, digest {digest:016x}")?;
        write!(f, "  not correctly rounded: {not_correctly_rounded}")?;
        match &self.first_misrounded {
            Some(error) => writeln!(f, "; {}", self.error_in_words(error))?,
            None => writeln!(f)?,
        }
        if *undecided > 0 {
            writeln!(f, "  undecided: {undecided}")?;
        }
        writeln!(f, "  largest errors")?;
        for region in &self.regions {
            write!(f, "    {:<16} ", region.name)?;
            match region.worst {
                None => writeln!(f, "none in {} inputs", region.inputs)?,
                Some(error) => writeln!(f, "{:.4} ULP: {}", error.ulp, self.error_in_words(&error))?,
            }
        }
        writeln!(f, "  laws")?;
        for (what, law) in self.laws() {
            match (law.checked, law.broken) {
                (0, 0) => {}
                (_, 0) => writeln!(f, "    holds   {what}")?,
                (checked, broken) => {
                    write!(f, "    BROKEN  {what}: {broken} of {checked}")?;
                    if let Some(example) = &law.example {
                        write!(f, "; {}", self.sentence(example))?;
                    }
                    writeln!(f)?;
                }
            }
        }
        Ok(())
    }
}
