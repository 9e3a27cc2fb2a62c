//! The number formats of elements.

use std::fmt;

use crate::options::TwoByteType;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    F32,
    F64,
    F16,
    Bf16,
}

impl Format {
    /// In bytes.
    pub fn size(self) -> u64 {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

impl From<TwoByteType> for Format {
    fn from(two_bytes: TwoByteType) -> Self {
        match two_bytes {
            TwoByteType::Bf16 => Self::Bf16,
            TwoByteType::F16 => Self::F16,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        })
    }
}
