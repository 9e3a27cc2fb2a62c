//! Rounds long integers to a format, once.

/// Limbs of the longest integer that is rounded.
pub(super) const LIMBS: usize = 6;

/// A format that results are rounded to: `f32` or `f64`.
pub(crate) trait Rounded: Copy {
    /// Binary digits of a normal number.
    const DIGITS: i32;

    /// The exponent of the smallest positive number.
    const SMALLEST: i32;

    /// The pattern of infinity.
    const INFINITY: u64;

    /// The positive number with this bit pattern.
    fn from_pattern(bits: u64) -> Self;

    /// NaN, an infinity or a zero.
    fn special(x: f64) -> Self;

    /// -self
    fn negated(self) -> Self;
}

impl Rounded for f32 {
    const DIGITS: i32 = 24;
    const SMALLEST: i32 = -149;
    const INFINITY: u64 = f32::INFINITY.to_bits() as u64;

    fn special(x: f64) -> f32 {
        x as f32
    }

    fn negated(self) -> f32 {
        -self
    }

    fn from_pattern(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
}

impl Rounded for f64 {
    const DIGITS: i32 = 53;
    const SMALLEST: i32 = -1074;
    const INFINITY: u64 = f64::INFINITY.to_bits();

    fn special(x: f64) -> f64 {
        x
    }

    fn negated(self) -> f64 {
        -self
    }

    fn from_pattern(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}

/// The number nearest to `integer` 2^`exponent`, ties to even.
///
/// `doubt` is by how much the integer may be wrong: what lies within rounds alike, or a debug build
/// panics.
pub(super) fn nearest<T: Rounded>(integer: [u64; LIMBS], exponent: i32, doubt: u64) -> T {
    let Some(top) = (0..LIMBS).rev().find(|&i| integer[i] != 0) else {
        return T::from_pattern(0);
    };
    let length = 64 * (top as i32 + 1) - integer[top].leading_zeros() as i32;
    // The exponent of a unit in the last place, and how many bits lie below it.
    let unit = (exponent + length - T::DIGITS).max(T::SMALLEST);
    let below = unit - exponent;
    if below > length + 1 {
        return T::from_pattern(0);
    }
    let (count, rest) = if below <= 0 {
        // There are fewer bits than the format has.
        (bits_from(&integer, 0) << -below, Rest::Less)
    } else {
        (bits_from(&integer, below), Rest::of(&integer, below, doubt))
    };
    let up = match rest {
        Rest::Less => 0,
        Rest::Half => count & 1,
        Rest::More => 1,
    };
    // A normal number's leading bit adds 1 to the exponent field, and so does a carry.
    let pattern = (((unit - T::SMALLEST) as u64) << (T::DIGITS - 1)) + count + up;
    T::from_pattern(pattern.min(T::INFINITY))
}

/// What is cut off, beside half a unit.
enum Rest {
    Less,
    Half,
    More,
}

impl Rest {
    fn of(integer: &[u64; LIMBS], below: i32, doubt: u64) -> Self {
        let half = below - 1;
        let lower = |i: usize| {
            let bits = half - 64 * i as i32;
            if bits >= 64 { integer[i] } else { integer[i] & ((1 << bits.max(0)) - 1) }
        };
        let is_up = bits_from(integer, half) & 1 == 1;
        let is_zero = (0..LIMBS).all(|i| lower(i) == 0);
        debug_assert!(doubt == 0 || far_from_half(lower, half, is_up, doubt), "the last phase is in doubt");
        match (is_up, is_zero) {
            (false, _) => Self::Less,
            (true, true) => Self::Half,
            (true, false) => Self::More,
        }
    }
}

/// Whether the rest differs from a half by more than `doubt`.
fn far_from_half(lower: impl Fn(usize) -> u64, half: i32, is_up: bool, doubt: u64) -> bool {
    if half < 64 {
        let (rest, half) = (lower(0), 1_u64 << half);
        return if is_up { rest > doubt } else { half - rest > doubt };
    }
    let above = (1..LIMBS).any(|i| {
        let bits = (half - 64 * i as i32).clamp(0, 64);
        let all = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
        if is_up { lower(i) != 0 } else { lower(i) != all }
    });
    above || if is_up { lower(0) > doubt } else { lower(0) < u64::MAX - doubt }
}

/// The lowest 64 bits from bit `from` on.
fn bits_from(integer: &[u64; LIMBS], from: i32) -> u64 {
    let (limb, shift) = ((from / 64) as usize, from % 64);
    let at = |i: usize| if i < LIMBS { integer[i] as u128 } else { 0 };
    ((at(limb + 1) << 64 | at(limb)) >> shift) as u64
}
