//! How exact a result is.

use core::fmt;
use core::str::FromStr;

/// How exact the results are.
///
/// ```
/// use sigmoid::Accuracy;
///
/// assert_eq!("fast".parse(), Ok(Accuracy::Fast));
/// assert_eq!("Exact".parse(), Ok(Accuracy::Exact));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Accuracy {
    /// Within a few units in the last place of the truth ([`bounds`](crate::bounds) says how many), on the whole range,
    /// subnormal results included: the speed of a division and a few operations beside it.
    #[default]
    Fast,

    /// The number nearest to the true value (ties to even, of which there are none but for
    /// [`backward`](crate::Kernels::backward)): the same bits on every backend and machine, with any
    /// number of threads, in every version.
    Exact,
}

impl Accuracy {
    /// Every accuracy there is.
    pub const ALL: [Self; 2] = [Self::Fast, Self::Exact];

    /// The name in lower case. [`FromStr`] reads it in any case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Exact => "exact",
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
        Self::ALL
            .into_iter()
            .find(|accuracy| accuracy.name().eq_ignore_ascii_case(name))
            .ok_or(UnknownAccuracy)
    }
}

/// The error of a name that is no accuracy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownAccuracy;

impl fmt::Display for UnknownAccuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such accuracy: there are fast and exact")
    }
}

impl core::error::Error for UnknownAccuracy {}
