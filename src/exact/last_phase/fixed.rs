//! Fixed-point numbers of 64 bits before the point and 192 behind it.
//!
//! Every operation truncates: its result is at most one unit, 2^-192, below the exact one, and never above
//! it. The derivations in [`super`] count these units.

/// `limbs`, least significant first, as an integer of 2^-192.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fixed(pub(super) [u64; 4]);

/// Bits behind the point.
pub(super) const FRACTION_BITS: u32 = 192;

impl Fixed {
    pub(super) const ZERO: Self = Self([0; 4]);
    pub(super) const ONE: Self = Self([0, 0, 0, 1]);

    /// `mantissa` 2^`exponent`, where that has no bits below 2^-192 and is less than 2^64.
    pub(super) const fn from_parts(mantissa: u64, exponent: i32) -> Self {
        Self([mantissa, 0, 0, 0]).shifted_left((exponent + FRACTION_BITS as i32) as u32)
    }

    /// A number in [0, 2^64), to the 53 bits that it has; what lies below 2^-192 is cut off.
    pub(super) fn from_f64(x: f64) -> Self {
        let bits = x.to_bits();
        let (mantissa, exponent) = ((bits & ((1 << 52) - 1)) | (1 << 52), (bits >> 52) as i32 - 1075);
        if exponent < -(FRACTION_BITS as i32) {
            return Self([mantissa, 0, 0, 0]).shifted_right((-exponent) as u32 - FRACTION_BITS);
        }
        Self::from_parts(mantissa, exponent)
    }

    /// To 52 bits or so.
    pub(super) fn to_f64(self) -> f64 {
        let [_, low, middle, high] = self.0;
        let unit = 1.0 / 18_446_744_073_709_551_616.0;
        high as f64 + (middle as f64 + low as f64 * unit) * unit
    }

    pub(super) const fn add(self, other: Self) -> Self {
        let (mut sum, mut carry, mut i) = ([0; 4], 0, 0);
        while i < 4 {
            let limb = self.0[i] as u128 + other.0[i] as u128 + carry;
            (sum[i], carry) = (limb as u64, limb >> 64);
            i += 1;
        }
        Self(sum)
    }

    /// `self - other`, which must not be negative.
    pub(super) const fn sub(self, other: Self) -> Self {
        let (mut difference, mut borrow, mut i) = ([0; 4], false, 0);
        while i < 4 {
            let (limb, first) = self.0[i].overflowing_sub(other.0[i]);
            let (limb, second) = limb.overflowing_sub(borrow as u64);
            (difference[i], borrow) = (limb, first | second);
            i += 1;
        }
        Self(difference)
    }

    pub(super) const fn is_below(self, other: Self) -> bool {
        let mut i = 4;
        while i > 0 {
            i -= 1;
            if self.0[i] != other.0[i] {
                return self.0[i] < other.0[i];
            }
        }
        false
    }

    /// The product, cut off.
    pub(super) const fn mul(self, other: Self) -> Self {
        let (mut product, mut i) = ([0_u64; 8], 0);
        while i < 4 {
            let (mut carry, mut j) = (0, 0);
            while j < 4 {
                let limb = self.0[i] as u128 * other.0[j] as u128 + product[i + j] as u128 + carry;
                (product[i + j], carry) = (limb as u64, limb >> 64);
                j += 1;
            }
            product[i + 4] = carry as u64;
            i += 1;
        }
        Self([product[3], product[4], product[5], product[6]])
    }

    /// The product with a small integer, exact below 2^64.
    pub(super) const fn times(self, factor: u64) -> Self {
        let (mut product, mut carry, mut i) = ([0; 4], 0, 0);
        while i < 4 {
            let limb = self.0[i] as u128 * factor as u128 + carry;
            (product[i], carry) = (limb as u64, limb >> 64);
            i += 1;
        }
        Self(product)
    }

    /// The quotient by a small integer, cut off.
    pub(super) const fn over(self, divisor: u64) -> Self {
        let (mut quotient, mut rest, mut i) = ([0; 4], 0, 4);
        while i > 0 {
            i -= 1;
            let limb = (rest << 64) | self.0[i] as u128;
            (quotient[i], rest) = ((limb / divisor as u128) as u64, limb % divisor as u128);
        }
        Self(quotient)
    }

    /// Times 2^-`count`, cut off.
    pub(super) const fn shifted_right(self, count: u32) -> Self {
        let (whole, bits) = ((count / 64) as usize, count % 64);
        let (mut shifted, mut i) = ([0; 4], 0);
        while i + whole < 4 {
            let above = if i + whole + 1 < 4 { self.0[i + whole + 1] } else { 0 };
            let pair = (above as u128) << 64 | self.0[i + whole] as u128;
            shifted[i] = (pair >> bits) as u64;
            i += 1;
        }
        Self(shifted)
    }

    /// Times 2^`count`; what leaves the number at the upper end is lost.
    pub(super) const fn shifted_left(self, count: u32) -> Self {
        let (whole, bits) = ((count / 64) as usize, count % 64);
        let (mut shifted, mut i) = ([0; 4], whole);
        while i < 4 {
            let below = if i > whole { self.0[i - whole - 1] } else { 0 };
            let pair = (self.0[i - whole] as u128) << 64 | below as u128;
            shifted[i] = (pair >> (64 - bits)) as u64;
            i += 1;
        }
        Self(shifted)
    }
}
