//! The two formats, and what the inputs must know about each.

use sigmoid::Element;

/// A format whose bits can be seen and made.
pub trait Number: Element + Default {
    /// `f32` or `f64`.
    const NAME: &'static str;

    /// The bit pattern of +infinity: those above it are NaN, up to the sign bit.
    const INFINITY: u64;

    /// The bit pattern of the sign.
    const SIGN: u64;

    /// Where the result or the kernel's way changes.
    const EDGES: &'static [f64];

    /// How many of [`Inputs::Dense`](crate::Inputs::Dense) there are.
    const DENSE: u64;

    /// The `index`-th of so many, with random bits to make it of.
    fn spread(index: u64, count: u64, random: [u64; 2]) -> Self;

    /// The number with that bit pattern.
    fn of_bits(bits: u64) -> Self;

    /// The bit pattern.
    fn bits(self) -> u64;

    /// The nearest number of this format.
    fn nearest(x: f64) -> Self;

    /// Whether it is none.
    fn is_nan(self) -> bool {
        self.bits() & !Self::SIGN > Self::INFINITY
    }
}

impl Number for f32 {
    const NAME: &'static str = "f32";
    const INFINITY: u64 = 0x7f80_0000;
    const SIGN: u64 = 1 << 31;
    const EDGES: &'static [f64] =
        &[1.0, 16.64, 17.33, 40.0, 87.33, 87.336_54, 88.72, 103.97, 104.5, 110.0, 128.0, 1e9, 4e26];
    const DENSE: u64 = 1 << 21;

    fn spread(index: u64, count: u64, _: [u64; 2]) -> Self {
        // Odd, so that every value of the low bits comes up.
        let stride = ((1 << 32) / count) | 1;
        Self::of_bits(index * stride)
    }

    fn of_bits(bits: u64) -> Self {
        Self::from_bits(bits as u32)
    }

    fn bits(self) -> u64 {
        self.to_bits().into()
    }

    fn nearest(x: f64) -> Self {
        x as f32
    }
}

impl Number for f64 {
    const NAME: &'static str = "f64";
    const INFINITY: u64 = 0x7ff0_0000_0000_0000;
    const SIGN: u64 = 1 << 63;
    const EDGES: &'static [f64] = &[
        1.0, 36.04, 36.74, 40.0, 104.5, 690.0, 708.0, 708.397, 709.78, 744.44, 745.13, 746.0, 760.0, 1024.0,
        1e9, 1e300,
    ];
    const DENSE: u64 = 1 << 19;

    fn spread(index: u64, _: u64, [first, second]: [u64; 2]) -> Self {
        let between = |low: f64, high: f64| low + (first >> 11) as f64 / (1_u64 << 53) as f64 * (high - low);
        match index % 8 {
            0 => between(-760.0, 760.0),
            1 => between(-40.0, 40.0),
            2 => between(-1.0, 1.0),
            3 => between(-746.5, -707.0),
            4 => between(689.0, 747.0),
            // Magnitudes from 2^-1022, and from 2^-60, to 2^10.
            5 => with_exponent(first, 1 + second % 1032),
            6 => with_exponent(first, 1023 - 60 + second % 70),
            _ => Self::from_bits(first),
        }
    }

    fn of_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }

    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn nearest(x: f64) -> Self {
        x
    }
}

/// The number with those bits but for its exponent.
fn with_exponent(bits: u64, biased: u64) -> f64 {
    f64::from_bits(bits & !<f64 as Number>::INFINITY | biased << 52)
}
