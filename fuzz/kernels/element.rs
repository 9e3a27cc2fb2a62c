//! The formats, by their bits.

use std::fmt::Debug;

use half::{bf16, f16};

/// A number format of at most 64 bits.
pub trait Element: Copy + Into<f64> + Debug + Send + Sync + 'static {
    const NAME: &'static str;

    /// The bits of infinity: those above it are NaN, up to the sign bit.
    const INFINITY: u64;

    /// What memory holds where nothing should be written: a number that no kernel gives.
    const PATTERN: Self;

    /// From the lowest bits.
    fn of_bits(bits: u64) -> Self;

    fn bits(self) -> u64;

    fn nearest(x: f64) -> Self;

    fn is_nan(self) -> bool {
        self.size_bits() > Self::INFINITY
    }

    /// The bits without the sign.
    fn size_bits(self) -> u64 {
        self.bits() & (u64::MAX >> (65 - 8 * size_of::<Self>()))
    }

    /// Its place among all numbers of the format in their order; both zeros have one.
    fn place(self) -> i128 {
        let size = i128::from(self.size_bits());
        if self.bits() == self.size_bits() { size } else { -size }
    }
}

/// Expands to a format.
macro_rules! element {
    ($element:ident, $bits:ident, $nearest:expr) => {
        impl Element for $element {
            const NAME: &'static str = stringify!($element);
            const INFINITY: u64 = $element::INFINITY.to_bits() as u64;
            const PATTERN: Self = $element::from_bits(0x5a5a_5a5a_5a5a_5a5a_u64 as $bits);

            fn of_bits(bits: u64) -> Self {
                $element::from_bits(bits as $bits)
            }

            fn bits(self) -> u64 {
                self.to_bits().into()
            }

            fn nearest(x: f64) -> Self {
                $nearest(x)
            }
        }
    };
}

element!(f32, u32, |x| x as f32);
element!(f64, u64, |x| x);
// (The crate's `from_f64` looks at a part of the digits only.)
element!(bf16, u16, |x| bf16::from_f32(x as f32));
element!(f16, u16, |x| f16::from_f32(x as f32));

/// Whether the bits are the same. Any NaN is as good as another.
pub fn is_same<T: Element, U: Element>(a: T, b: U) -> bool {
    a.bits() == b.bits() || a.is_nan() && b.is_nan()
}

/// How many numbers of the format apart they are. No number is infinitely far from any.
pub fn distance<T: Element>(a: T, b: T) -> u128 {
    match (a.is_nan(), b.is_nan()) {
        (false, false) => a.place().abs_diff(b.place()),
        (true, true) => 0,
        _ => u128::MAX,
    }
}
