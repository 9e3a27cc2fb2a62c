//! The formats that results come in.

/// `f32` or `f64`, and with the feature `half` `bf16` or `f16` of the crate `half`. Sealed.
pub trait Format: private::Sealed + Copy + PartialEq + PartialOrd + Default + Send + Sync + 'static {
    /// The name.
    const NAME: &'static str;

    /// Binary digits of a normal number.
    const DIGITS: i32;

    /// The exponent of the largest number's first digit.
    const LARGEST_EXPONENT: i32;

    /// The exponent of the smallest positive number.
    const SMALLEST_EXPONENT: i32;

    /// The positive infinity.
    const INFINITY: Self;

    /// The same number in `f64`.
    fn widen(self) -> f64;

    /// The number `count` 2^`unit`, which must be one of the format.
    fn from_units(count: f64, unit: i32) -> Self;

    /// The bit pattern.
    fn bits(self) -> u64;

    /// The number with this bit pattern, of which the low bits count.
    fn from_bits(bits: u64) -> Self;

    /// Whether it is not a number.
    fn is_nan(self) -> bool;

    /// The next number towards +infinity.
    fn next_up(self) -> Self;

    /// The next number towards -infinity.
    fn next_down(self) -> Self;
}

impl Format for f32 {
    const NAME: &'static str = "f32";
    const DIGITS: i32 = 24;
    const LARGEST_EXPONENT: i32 = 127;
    const SMALLEST_EXPONENT: i32 = -149;
    const INFINITY: f32 = f32::INFINITY;

    fn widen(self) -> f64 {
        self.into()
    }

    fn from_units(count: f64, unit: i32) -> Self {
        (count * crate::truth::power_of_two(unit)) as f32
    }

    fn bits(self) -> u64 {
        self.to_bits().into()
    }

    fn from_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        f32::is_nan(self)
    }

    fn next_up(self) -> Self {
        f32::next_up(self)
    }

    fn next_down(self) -> Self {
        f32::next_down(self)
    }
}

impl Format for f64 {
    const NAME: &'static str = "f64";
    const DIGITS: i32 = 53;
    const LARGEST_EXPONENT: i32 = 1023;
    const SMALLEST_EXPONENT: i32 = -1074;
    const INFINITY: f64 = f64::INFINITY;

    fn widen(self) -> f64 {
        self
    }

    fn from_units(count: f64, unit: i32) -> Self {
        let first = unit.max(-1000);
        // The first product is normal, and the second exact.
        count * crate::truth::power_of_two(first) * crate::truth::power_of_two(unit - first)
    }

    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn from_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        f64::is_nan(self)
    }

    fn next_up(self) -> Self {
        f64::next_up(self)
    }

    fn next_down(self) -> Self {
        f64::next_down(self)
    }
}

/// Expands to a format of half precision.
#[cfg(feature = "half")]
macro_rules! half {
    ($format:ident, $digits:literal, $largest:literal, $smallest:literal) => {
        impl Format for half::$format {
            const NAME: &'static str = stringify!($format);
            const DIGITS: i32 = $digits;
            const LARGEST_EXPONENT: i32 = $largest;
            const SMALLEST_EXPONENT: i32 = $smallest;
            const INFINITY: Self = Self::INFINITY;

            fn widen(self) -> f64 {
                self.to_f64()
            }

            fn from_units(count: f64, unit: i32) -> Self {
                // (It is a number of `f32`, too.)
                Self::from_f32((count * crate::truth::power_of_two(unit)) as f32)
            }

            fn bits(self) -> u64 {
                self.to_bits().into()
            }

            fn from_bits(bits: u64) -> Self {
                Self::from_bits(bits as u16)
            }

            #[inline(always)]
            fn is_nan(self) -> bool {
                Self::is_nan(self)
            }

            fn next_up(self) -> Self {
                match self.to_bits() {
                    bits if self.is_nan() || bits == Self::INFINITY.to_bits() => Self::from_bits(bits),
                    0 | 0x8000 => Self::from_bits(1),
                    bits if bits < 0x8000 => Self::from_bits(bits + 1),
                    bits => Self::from_bits(bits - 1),
                }
            }

            fn next_down(self) -> Self {
                -Format::next_up(-self)
            }
        }
    };
}

#[cfg(feature = "half")]
half!(bf16, 8, 127, -133);
#[cfg(feature = "half")]
half!(f16, 11, 15, -24);

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    #[cfg(feature = "half")]
    impl Sealed for half::bf16 {}
    #[cfg(feature = "half")]
    impl Sealed for half::f16 {}
}
