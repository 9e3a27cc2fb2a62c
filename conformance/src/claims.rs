//! What somebody claims of a kernel, and whether a report bears it out.

use std::fmt::Write;

use crate::conformance::Conformance;
use crate::function::Function;
use crate::report::{Report, Rule};
use crate::sample::Sampled;

/// Errors are themselves computed with an error, in units in the last place: half a unit may come out as a little
/// more. (Whether a result is correctly rounded is decided otherwise.)
const MEASURED_TO: f64 = 1e-7;

/// What is claimed of a kernel: how large its errors are, and all [laws](Rule) but those that are waived.
///
/// A number stands for [`Claims::within`] so many units in the last place.
///
/// ```
/// use sigmoid_conformance::{Claims, Rule};
///
/// let claims = Claims::within(2.5).without(Rule::Monotone);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    max_ulp: f64,
    correctly_rounded: bool,
    waived: Vec<Rule>,
}

impl Claims {
    /// No error is larger than this many units in the last place, and all laws hold. Of infinity nothing is claimed but
    /// the laws.
    ///
    /// # Panics
    ///
    /// If it is negative or NaN.
    pub fn within(max_ulp: f64) -> Self {
        assert!(max_ulp >= 0.0, "errors are 0 or larger");
        Self { max_ulp, correctly_rounded: false, waived: Vec::new() }
    }

    /// Every result is the number nearest to the truth, and all laws hold.
    pub fn correctly_rounded() -> Self {
        Self { max_ulp: 0.5, correctly_rounded: true, waived: Vec::new() }
    }

    /// Leaves a law out. A fast kernel may be a unit off from being monotone, and may flush subnormal results by
    /// intent: that is [`Rule::SubnormalsKept`] and [`Rule::Sign`].
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.waived.push(rule);
        self
    }
}

impl From<f64> for Claims {
    fn from(max_ulp: f64) -> Self {
        Self::within(max_ulp)
    }
}

impl Report {
    /// What is not as claimed: a sentence for each, with the input that shows it. None if all is.
    ///
    /// ```
    /// use sigmoid_conformance::{Conformance, Function};
    ///
    /// let report = Conformance::<f32>::new(Function::Sigmoid).stride(65_537).check(|x, y| {
    ///     for (x, y) in x.iter().zip(y) {
    ///         *y = 1.0 / (1.0 + (-x).exp());
    ///     }
    /// });
    /// for finding in report.findings(&2.5.into()) {
    ///     println!("{finding}"); // far off below x = -88.7, where e^-x is no f32
    /// }
    /// ```
    pub fn findings(&self, claims: &Claims) -> Vec<String> {
        let mut findings = Vec::new();
        if let Some(worst) = self.regions[0].worst.filter(|worst| worst.ulp > claims.max_ulp + MEASURED_TO) {
            let (ulp, claimed, where_it_is) = (worst.ulp, claims.max_ulp, self.error_in_words(&worst));
            findings.push(format!("an error of {ulp:.4} ULP, where {claimed} is claimed: {where_it_is}"));
        }
        if claims.correctly_rounded && !self.is_correctly_rounded() {
            let first = self.first_misrounded.map_or(String::new(), |error| self.error_in_words(&error));
            let Self { not_correctly_rounded: wrong, undecided, inputs, .. } = self;
            let of = format!("{wrong} of {inputs} (and {undecided} undecided)");
            findings.push(format!("not correctly rounded: {of}; the smallest: {first}"));
        }
        for rule in Rule::ALL.into_iter().filter(|rule| !claims.waived.contains(rule)) {
            let law = self.law(rule);
            if law.holds() {
                continue;
            }
            let (says, broken, checked) = (rule.says(self.function), law.broken, law.checked);
            let mut finding = format!("the law `{rule}` ({says}) is broken: {broken} of {checked}");
            if let Some(example) = &law.example {
                let _ = write!(finding, "; the smallest: {}", self.sentence(example));
            }
            findings.push(finding);
        }
        findings
    }

    /// Panics if something is not as claimed, with a message that says what, and has the report.
    ///
    /// # Panics
    ///
    /// If there are [findings](Report::findings).
    #[track_caller]
    pub fn assert_conforms(&self, claims: impl Into<Claims>) {
        let findings = self.findings(&claims.into());
        if findings.is_empty() {
            return;
        }
        let Self { function, format, .. } = self;
        let mut message = format!("this is not {function} in {format} as claimed");
        for (i, finding) in findings.iter().enumerate() {
            let _ = write!(message, "\n  {}. {finding}", i + 1);
        }
        panic!("{message}\n\nthe whole report:\n{self}");
    }
}

/// Examines a kernel in a second or so, and panics if it is not as claimed: for tests.
///
/// The claims are a largest error in units in the last place, with all laws, or [`Claims`]. Every 4,093rd `f32` is
/// tried, or 2^17 `f64`; for more make a [`Conformance`] and ask its report to
/// [`assert_conforms`](Report::assert_conforms).
///
/// # Panics
///
/// If something is not as claimed. The message lists that, each with the smallest input that shows it, and has the
/// whole [`Report`].
///
/// ```
/// use sigmoid_conformance::{Claims, Function, Rule, assert_conforms};
///
/// fn my_kernel(x: &[f32], y: &mut [f32]) {
///     for (x, y) in x.iter().zip(y) {
///         *y = (1.0 / (1.0 + f64::from(-x).exp())) as f32;
///     }
/// }
///
/// assert_conforms(Function::Sigmoid, 0.51, my_kernel);
///
/// // e^-x is an infinity below -88.7: what is lost there is waived, and nothing is claimed of errors.
/// let naive = |x: &[f32], y: &mut [f32]| {
///     for (x, y) in x.iter().zip(y) {
///         *y = 1.0 / (1.0 + (-x).exp());
///     }
/// };
/// let claims = Claims::within(f64::INFINITY).without(Rule::SubnormalsKept).without(Rule::Sign);
/// assert_conforms(Function::Sigmoid, claims, naive);
/// ```
///
/// ```should_panic
/// # use sigmoid_conformance::{Function, assert_conforms};
/// // An array of halves is no sigmoid.
/// assert_conforms(Function::Sigmoid, 2.5, |_: &[f64], y: &mut [f64]| y.fill(0.5));
/// ```
#[track_caller]
pub fn assert_conforms<T: Sampled>(
    function: Function,
    claims: impl Into<Claims>,
    kernel: impl FnMut(&[T], &mut [T]),
) {
    let conformance = Conformance::new(function).stride(4093).points(1 << 17).probes(8);
    conformance.check(kernel).assert_conforms(claims);
}
