//! What is judged, and what there is to know about it.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::arbitrary::Arbitrary;
use crate::family;
use crate::format::Format;
use crate::truth::Truth;

/// What is judged: the logistic sigmoid s and functions made of it.
///
/// They are parsed and printed by name:
///
/// ```
/// use sigmoid_conformance::Function;
///
/// assert_eq!("silu_derivative".parse(), Ok(Function::SiluDerivative));
/// assert_eq!(Function::Derivative.to_string(), "sigmoid_derivative");
/// assert_eq!("derivative".parse(), Ok(Function::Derivative)); // the older name
/// assert!(Function::ALL.iter().all(|function| function.name().parse() == Ok(*function)));
/// ```
///
/// Constants are the decimal numbers written here, not their neighbours in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Function {
    /// s(x) = 1 / (1 + e^-x)
    Sigmoid,
    /// s'(x) = s(x) (1 - s(x))
    #[serde(rename = "sigmoid_derivative")]
    Derivative,
    /// x s(x)
    Silu,
    /// s(x) (1 + x s(-x)), the derivative of x s(x). It is 0 at -1.2784645427610738.
    SiluDerivative,
    /// x s(1.702 x)
    QuickGelu,
    /// tanh x
    Tanh,
    /// 1 - tanh^2 x
    TanhDerivative,
    /// ln (1 + e^x)
    Softplus,
    /// ln s(x)
    LogSigmoid,
    /// ln (x / (1 - x)), a number from 0 to 1 only
    Logit,
    /// x s(2 sqrt(2/pi) (x + 0.044715 x^3)), which is x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2
    GeluTanh,
    /// x Phi(x), which is x (1 + erf(x / sqrt 2)) / 2
    Gelu,
}

/// The relative error that the truths are trusted with but for s and s': 2^-90.
///
/// Their source derives 2^-92, and the test `pairs_agree_with_arbitrary_precision` shows it.
pub(crate) const TRUST: f64 = f64::from_bits((1023 - 90) << 52);

/// How a function goes up and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    /// It never falls.
    Rises,
    /// It never falls up to 0, and never rises after it.
    RisesThenFalls,
    /// It turns somewhere else, and no law is made of it.
    Turns,
}

/// What f(-x) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symmetry {
    /// f(x)
    Even,
    /// -f(x)
    Odd,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Sigmoid,
        Self::Derivative,
        Self::Silu,
        Self::SiluDerivative,
        Self::QuickGelu,
        Self::Tanh,
        Self::TanhDerivative,
        Self::Softplus,
        Self::LogSigmoid,
        Self::Logit,
        Self::GeluTanh,
        Self::Gelu,
    ];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Derivative => "sigmoid_derivative",
            Self::Silu => "silu",
            Self::SiluDerivative => "silu_derivative",
            Self::QuickGelu => "quick_gelu",
            Self::Tanh => "tanh",
            Self::TanhDerivative => "tanh_derivative",
            Self::Softplus => "softplus",
            Self::LogSigmoid => "log_sigmoid",
            Self::Logit => "logit",
            Self::GeluTanh => "gelu_tanh",
            Self::Gelu => "gelu",
        }
    }

    /// Its true value.
    ///
    /// Where it has vanished, such as s(x) below x = -800, where it is less than 2^-1154, the value at the border
    /// stands in: every result there has the same rounding and the same error, to a 2^-60 of a unit in the last place
    /// of an `f64`.
    ///
    /// ```
    /// use sigmoid_conformance::{Function, Rounding};
    ///
    /// let truth = Function::Softplus.truth(0.0);
    /// assert_eq!(truth.round(), Rounding::Known(std::f64::consts::LN_2));
    /// assert!(truth.error_in_ulp(0.693_147_2_f32) < 0.5);
    /// ```
    pub fn truth(self, x: f64) -> Truth {
        self.exact(x).map_or_else(|| family::truth(self, x), Truth::exactly)
    }

    /// Its correctly rounded value for a number of the format, by arbitrary precision: slow, and
    /// independent of [`Function::truth`].
    ///
    /// `None` if 16,384 binary digits do not tell, which nobody has seen.
    ///
    /// ```
    /// use sigmoid_conformance::Function;
    ///
    /// // 1/2 + x/4 is the middle between two doubles; the term -x^3/48 decides for the lower one.
    /// let x = 3.0 * f64::EPSILON;
    /// assert_eq!(Function::Sigmoid.round_arbitrarily(x), Some(0.5_f64.next_up()));
    /// ```
    pub fn round_arbitrarily<T: Format>(self, x: T) -> Option<T> {
        Arbitrary::new().round(self, x)
    }

    /// How far [`Function::truth`] is from arbitrary precision, relative to the value, as a power of two: -90.0
    /// stands for 2^-90. For tests of this crate; `None` where the value is known exactly.
    pub fn doubt(self, x: f64) -> Option<f64> {
        let exact = self.exact(x).is_some();
        (!exact).then(|| Arbitrary::new().distance(self, x, &self.truth(x)))
    }

    /// Where the value is a number that needs no computing, or a limit, or none: that.
    pub(crate) const fn exact(self, x: f64) -> Option<f64> {
        if x.is_nan() {
            return Some(f64::NAN);
        }
        if x.is_infinite() {
            return Some(self.at_infinity(x));
        }
        match self {
            Self::Sigmoid if x == 0.0 => Some(0.5),
            Self::Derivative if x == 0.0 => Some(0.25),
            Self::SiluDerivative if x == 0.0 => Some(0.5),
            Self::TanhDerivative if x == 0.0 => Some(1.0),
            // A zero keeps its sign.
            Self::Silu | Self::QuickGelu | Self::Tanh | Self::GeluTanh | Self::Gelu if x == 0.0 => Some(x),
            Self::Logit if x == 0.0 => Some(f64::NEG_INFINITY),
            Self::Logit if x == 0.5 => Some(0.0),
            Self::Logit if x == 1.0 => Some(f64::INFINITY),
            Self::Logit if x < 0.0 || x > 1.0 => Some(f64::NAN),
            _ => None,
        }
    }

    /// The smallest and the largest value that a result may have.
    ///
    /// Where the function turns at a value that is no number of a format, such as silu at -0.27846..., a little more is
    /// allowed: nobody promises that no rounding leads past it.
    ///
    /// ```
    /// use sigmoid_conformance::Function;
    ///
    /// assert_eq!(Function::Derivative.range(), [0.0, 0.25]);
    /// assert_eq!(Function::Silu.range(), [-0.2785, f64::INFINITY]);
    /// ```
    pub const fn range(self) -> [f64; 2] {
        const NONE: f64 = f64::INFINITY;
        match self {
            Self::Sigmoid | Self::TanhDerivative => [0.0, 1.0],
            Self::Derivative => [0.0, 0.25],
            Self::Tanh => [-1.0, 1.0],
            // -0.27846454... at -1.278...
            Self::Silu => [-0.2785, NONE],
            // -0.09983932... at -2.399..., and 1 less that at 2.399...
            Self::SiluDerivative => [-0.09984, 1.09984],
            // The minimum of silu over 1.702: -0.16361019...
            Self::QuickGelu => [-0.16362, NONE],
            Self::Softplus => [0.0, NONE],
            Self::LogSigmoid => [-NONE, 0.0],
            Self::Logit => [-NONE, NONE],
            // -0.17004075... at -0.752...
            Self::GeluTanh => [-0.17005, NONE],
            // -0.16997120... at -0.751...
            Self::Gelu => [-0.16998, NONE],
        }
    }

    /// The exact value at an infinity; NaN for logit.
    pub const fn at_infinity(self, infinity: f64) -> f64 {
        let positive = infinity > 0.0;
        match self {
            Self::Sigmoid | Self::SiluDerivative | Self::Tanh if positive => 1.0,
            Self::Sigmoid | Self::Derivative | Self::TanhDerivative => 0.0,
            Self::Tanh => -1.0,
            Self::Softplus if !positive => 0.0,
            Self::LogSigmoid if !positive => f64::NEG_INFINITY,
            Self::Silu | Self::QuickGelu | Self::Softplus | Self::GeluTanh | Self::Gelu if positive => {
                f64::INFINITY
            }
            Self::Logit => f64::NAN,
            // From below.
            _ => -0.0,
        }
    }

    pub(crate) const fn trend(self) -> Trend {
        match self {
            Self::Sigmoid | Self::Tanh | Self::Softplus | Self::LogSigmoid | Self::Logit => Trend::Rises,
            Self::Derivative | Self::TanhDerivative => Trend::RisesThenFalls,
            Self::Silu | Self::SiluDerivative | Self::QuickGelu | Self::GeluTanh | Self::Gelu => Trend::Turns,
        }
    }

    pub(crate) const fn symmetry(self) -> Option<Symmetry> {
        match self {
            Self::Derivative | Self::TanhDerivative => Some(Symmetry::Even),
            Self::Tanh => Some(Symmetry::Odd),
            _ => None,
        }
    }

    /// Whether both zeros have one result.
    pub(crate) const fn forgets_the_sign_of_zero(self) -> bool {
        !matches!(self, Self::Silu | Self::QuickGelu | Self::Tanh | Self::GeluTanh | Self::Gelu)
    }

    /// Whether no result is below 0, above 1, or NaN for a number: of those that most is asked of.
    pub(crate) const fn is_everyday(self) -> bool {
        matches!(self, Self::Sigmoid | Self::Derivative)
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Function {
    type Err = UnknownFunction;

    fn from_str(name: &str) -> Result<Self, UnknownFunction> {
        match name {
            "forward" => Ok(Self::Sigmoid),
            "derivative" => Ok(Self::Derivative),
            _ => Self::ALL.into_iter().find(|function| function.name() == name).ok_or(UnknownFunction),
        }
    }
}

/// There is no function of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFunction;

impl fmt::Display for UnknownFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a function: these are")?;
        for (i, function) in Function::ALL.iter().enumerate() {
            write!(f, "{} {function}", if i > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownFunction {}
