//! How exact a result is.

use core::fmt;
use core::str::FromStr;

/// How exact the results are.
///
/// ```
/// use sigmoid::Accuracy;
///
/// assert_eq!("fast".parse(), Ok(Accuracy::Fast));
/// assert!("exact".parse::<Accuracy>().is_err()); // not yet
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Accuracy {
    /// Within 2.5 ULP (the sigmoid) and 5 ULP (its derivative) of the truth, on the whole range,
    /// subnormal results included: the speed of a division and a few operations beside it.
    #[default]
    Fast,
}

impl Accuracy {
    /// The name in lower case, as [`FromStr`] reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
        }
    }
}

impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Accuracy {
    type Err = UnknownAccuracy;

    fn from_str(name: &str) -> Result<Self, UnknownAccuracy> {
        match name {
            "fast" => Ok(Self::Fast),
            "exact" => Err(UnknownAccuracy::NotYet),
            _ => Err(UnknownAccuracy::NoSuchName),
        }
    }
}

/// The error of a name that stands for no accuracy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownAccuracy {
    /// `exact` is planned, but this version does not have it.
    NotYet,
    /// The name is no accuracy's.
    NoSuchName,
}

impl fmt::Display for UnknownAccuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYet => "the exact accuracy is not in this version yet: there is fast",
            Self::NoSuchName => "no such accuracy: there is fast",
        })
    }
}

impl core::error::Error for UnknownAccuracy {}
