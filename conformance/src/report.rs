//! What came of examining an implementation: as a struct, as text, as JSON.

use std::fmt;

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
    /// Of those, the one nearest to x = 0.
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
    /// With the result for the same input in another place: by itself, in a slice of its own.
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
    },
}

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

    /// Keeps the example that is nearest to 0, positive before negative, so that the order of
    /// blocks does not matter.
    pub(crate) fn show(&mut self, example: Example) {
        let rank = |example: &Example| (example.x.abs(), example.x.is_sign_negative());
        let nearer = |kept: &Example| {
            let ((a, a_sign), (b, b_sign)) = (rank(&example), rank(kept));
            a.total_cmp(&b).then(a_sign.cmp(&b_sign)).is_lt()
        };
        if self.example.as_ref().is_none_or(nearer) {
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

    /// NaN, infinities and the range are as they should be, and no result depends on its place.
    ///
    /// What else [`Report::laws`] has is for the caller to ask for: a fast implementation may well
    /// be a unit in the last place off from being monotone.
    pub fn is_sound(&self) -> bool {
        [&self.nan, &self.infinities, &self.range, &self.sign_of_zero, &self.place]
            .into_iter()
            .all(Law::holds)
    }

    /// All laws, each with what it says of the function.
    pub fn laws(&self) -> [(&'static str, &Law); 11] {
        let positive = matches!(self.function, Function::Sigmoid | Function::Derivative);
        let words = |of_positive, of_others| if positive { of_positive } else { of_others };
        [
            (words("NaN if and only if the input is", "NaN if and only if there is no value"), &self.nan),
            ("the exact limits at the infinities", &self.infinities),
            ("in range", &self.range),
            (words("no -0", "zeros of the right sign"), &self.sign_of_zero),
            (
                words(
                    "positive where the truth rounds to a subnormal number",
                    "kept where the truth rounds to a subnormal number",
                ),
                &self.subnormals_kept,
            ),
            (
                words(
                    "positive where the truth rounds to a positive number",
                    "kept where the truth rounds to a number other than 0",
                ),
                &self.sign,
            ),
            ("0 where the truth rounds to 0", &self.zero),
            ("monotone", &self.monotone),
            ("even", &self.even),
            ("odd", &self.odd),
            ("the same bits in any place", &self.place),
        ]
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
        for (law, more) in [
            (&mut self.nan, &other.nan),
            (&mut self.infinities, &other.infinities),
            (&mut self.range, &other.range),
            (&mut self.sign_of_zero, &other.sign_of_zero),
            (&mut self.subnormals_kept, &other.subnormals_kept),
            (&mut self.sign, &other.sign),
            (&mut self.zero, &other.zero),
            (&mut self.monotone, &other.monotone),
            (&mut self.even, &other.even),
            (&mut self.odd, &other.odd),
            (&mut self.place, &other.place),
        ] {
            law.merge(more);
        }
    }

    /// The fewest digits that say which number of the format it is.
    fn shortest(&self, x: f64) -> String {
        if self.format == "f32" { format!("{:?}", x as f32) } else { format!("{x:?}") }
    }

    /// An example of this report in words.
    pub fn sentence(&self, example: &Example) -> String {
        let number = |x| self.shortest(x);
        let (x, result) = (number(example.x), number(example.result));
        match example.against {
            Against::Truth { rounded } => {
                format!("x = {x} gives {result}, where the truth rounds to {}", number(rounded))
            }
            Against::Input { x: other, result: of_other } => {
                format!("x = {x} gives {result}, x = {} gives {}", number(other), number(of_other))
            }
            Against::Place { result: elsewhere, index, length, offset } => format!(
                "x = {x} gives {result} at index {index} of a slice of {length} (offset {offset}), and {} by itself",
                number(elsewhere)
            ),
        }
    }
}

/// A page of text: a line on the whole, one for each region, one for each law.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, format, inputs, not_correctly_rounded, undecided, digest, .. } = self;
        writeln!(f, "{function} in {format}: {inputs} inputs, digest {digest:016x}")?;
        writeln!(f, "  not correctly rounded: {not_correctly_rounded}")?;
        if *undecided > 0 {
            writeln!(f, "  undecided: {undecided}")?;
        }
        writeln!(f, "  largest errors")?;
        for region in &self.regions {
            write!(f, "    {:<16} ", region.name)?;
            match region.worst {
                None => writeln!(f, "none in {} inputs", region.inputs)?,
                Some(Error { ulp, x, result, rounded_truth }) => {
                    let [x, result, truth] = [x, result, rounded_truth].map(|number| self.shortest(number));
                    writeln!(f, "{ulp:.4} ULP: x = {x} gives {result}, where the truth rounds to {truth}")?;
                }
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
