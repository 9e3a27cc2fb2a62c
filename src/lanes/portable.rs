//! The registers of the `wide` crate: the path for every target, and the widest type that this
//! build's target features give (SSE2 in a default x86-64 build, NEON, simd128, plain arrays).
//!
//! `wide` follows the features of the build, never those of the CPU. `build.rs` reads the same
//! features and names the width in `cfg(wide_bits)`.

use wide::bytemuck::cast;

use super::{Apart, Beside, Group, Lanes, Memory, Register, Two, Widen, Work};

#[cfg(wide_bits = "128")]
use wide::{f32x4 as F32, f64x2 as F64, u32x4 as U32, u64x2 as U64};
#[cfg(wide_bits = "256")]
use wide::{f32x8 as F32, f64x4 as F64, u32x8 as U32, u64x4 as U64};
#[cfg(wide_bits = "512")]
use wide::{f32x16 as F32, f64x8 as F64, u32x16 as U32, u64x8 as U64};

/// The widest `wide` register of `f32`.
#[derive(Clone, Copy)]
pub(crate) struct PortableF32(F32);

/// The widest `wide` register of `f64`.
#[derive(Clone, Copy)]
pub(crate) struct PortableF64(F64);

// A build may have none of its architecture's registers (for a kernel, which saves none): `wide` has plain arrays
// there too.

/// Expands to functions that make an array of a register's lanes, of `f32` and of `f64`, from each one's place.
macro_rules! lane_by_lane {
    ([$($quarter:literal)*] [$($eighth:literal)*]) => {
        #[inline(always)]
        pub(super) fn each_f32<T>(lane: impl Fn(usize) -> T) -> [T; PortableF32::LANES] {
            [$(lane($quarter)),*]
        }

        #[inline(always)]
        fn each_f64<T>(lane: impl Fn(usize) -> T) -> [T; PortableF64::LANES] {
            [$(lane($eighth)),*]
        }
    };
}

// Written out, because `[value; 4]` and `array::from_fn` are loops to the compiler, and in a build for size they stay
// loops: `wide`'s own `splat` made kernels 20 times slower there.
#[cfg(wide_bits = "128")]
lane_by_lane!([0 1 2 3] [0 1]);
#[cfg(wide_bits = "256")]
lane_by_lane!([0 1 2 3 4 5 6 7] [0 1 2 3]);
#[cfg(wide_bits = "512")]
lane_by_lane!([0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] [0 1 2 3 4 5 6 7]);

/// Registers of NEON.
const NEON: bool = cfg!(all(target_arch = "aarch64", target_feature = "neon"));

/// x86's minimum and maximum return their second operand when either is NaN.
const NAN_FROM_SECOND: bool = cfg!(target_feature = "sse2");

/// simd128's pseudo-minimum and -maximum return their first operand then, NEON's return NaN.
const NAN_FROM_FIRST: bool = NEON || cfg!(all(target_family = "wasm", target_feature = "simd128"));

/// Expands to both formats: `wide` has the same words for each, but no trait to say them through.
macro_rules! portable {
    ($name:ident, $float:ident, $bits:ident, $element:ident, $each:ident) => {
        impl Group for $name {
            type Number = $element;
            const LANES: usize = size_of::<$float>() / size_of::<$element>();
        }

        // SAFETY: the loads and stores touch as many elements as they say. (`wide` has no streaming stores, and without
        // FMA nothing would be won by them.)
        unsafe impl Memory<$element> for $name {
            #[inline(always)]
            unsafe fn load(source: *const $element) -> Self {
                // SAFETY: valid for `LANES` elements, says the caller; unaligned is allowed for.
                Self(unsafe { source.cast::<$float>().read_unaligned() })
            }

            #[inline(always)]
            unsafe fn load_interleaved(source: *const $element) -> (Self, Self) {
                // The compiler makes shuffles of this.
                // SAFETY: valid for twice as many elements, says the caller.
                let every_second = |first: usize| $each(|i| unsafe { source.add(first + 2 * i).read() });
                (Self($float::new(every_second(0))), Self($float::new(every_second(1))))
            }

            #[inline(always)]
            unsafe fn store(self, target: *mut $element) {
                // SAFETY: as in `load`.
                unsafe { target.cast::<$float>().write_unaligned(self.0) }
            }
        }

        // SAFETY: `wide` is safe code, and each of its operations works lane by lane.
        unsafe impl Lanes for $name {
            type Mask = $float;
            type Register = Self;
            type One = Self;
            type Largest = $float;
            type Lacking = $float;
            const FUSED: bool = NEON || cfg!(target_feature = "fma");
            const ADDS_EXPONENTS: bool = false;

            #[inline(always)]
            fn splat(self, value: $element) -> Self {
                Self($float::new($each(|_| value)))
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }

            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(self.0 * other.0)
            }

            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Self(self.0 / other.0)
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                Self(self.0.mul_add(factor.0, addend.0))
            }

            #[inline(always)]
            fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
                Self(self.0.mul_neg_add(factor.0, addend.0))
            }

            // What a maximum or minimum makes of a NaN depends on the target, and `wide` leaves it open: a
            // comparison is false everywhere. Where `wide` has an instruction, its operands are in the order in
            // which a NaN in `self` stays (the tests of `super` try all pairs).

            #[inline(always)]
            fn at_least(self, floor: Self) -> Self {
                if NAN_FROM_SECOND {
                    Self(floor.0.fast_max(self.0))
                } else if NAN_FROM_FIRST {
                    Self(self.0.fast_max(floor.0))
                } else {
                    Self::select(self.below(floor), floor, self)
                }
            }

            #[inline(always)]
            fn at_most(self, ceiling: Self) -> Self {
                if NAN_FROM_SECOND {
                    Self(ceiling.0.fast_min(self.0))
                } else if NAN_FROM_FIRST {
                    Self(self.0.fast_min(ceiling.0))
                } else {
                    Self::select(ceiling.below(self), ceiling, self)
                }
            }

            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(self.0.fast_min(other.0))
            }

            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            #[inline(always)]
            fn negative_magnitude(self) -> Self {
                self.or_bits(self.splat(-0.0))
            }

            #[inline(always)]
            fn low_bits_to_exponent(self) -> Self {
                let bits: $bits = cast(self.0);
                Self(cast(bits << ($element::MANTISSA_DIGITS - 1)))
            }

            #[inline(always)]
            fn exponent_to_low_bits(self) -> Self {
                let bits: $bits = cast(self.0);
                Self(cast(bits >> ($element::MANTISSA_DIGITS - 1)))
            }

            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                let (bits, more): ($bits, $bits) = (cast(self.0), cast(other.0));
                Self(cast(bits + more))
            }

            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                let (bits, fewer): ($bits, $bits) = (cast(self.0), cast(other.0));
                Self(cast(bits - fewer))
            }

            #[inline(always)]
            fn below(self, limit: Self) -> $float {
                self.0.simd_lt(limit.0)
            }

            #[inline(always)]
            fn any(mask: $float) -> bool {
                mask.any()
            }

            #[inline(always)]
            fn select(mask: $float, yes: Self, no: Self) -> Self {
                // Of constants `yes` and `no` the compiler computes the first part.
                Self(((yes.0 ^ no.0) & mask) ^ no.0)
            }

            #[inline(always)]
            fn keep(mask: $float, value: Self) -> Self {
                Self(mask & value.0)
            }

            #[inline(always)]
            fn discard(mask: $float, value: Self) -> Self {
                Self(!mask & value.0)
            }

            // As positive numbers, of which the smallest is zero.

            #[inline(always)]
            fn lacking(self, which: $element) -> $float {
                self.0 & self.splat(which).0
            }

            #[inline(always)]
            fn either_lacking(lacking: $float, other: $float) -> $float {
                lacking.fast_min(other)
            }

            #[inline(always)]
            fn any_lacking(lacking: $float) -> bool {
                // (Compared as an integer: 0.6% of Exact on SSE2.)
                let bits: $bits = cast(lacking);
                bits.simd_eq($bits::new($each(|_| 0))).any()
            }

            #[inline(always)]
            fn largest(self) -> $float {
                // (`wide`'s own `abs` goes by its `splat`.)
                (!self.splat(-0.0).0) & self.0
            }

            #[inline(always)]
            fn larger(self, largest: $float) -> $float {
                Self(largest).at_least(Self(self.largest())).0
            }

            #[inline(always)]
            fn is_beyond(largest: $float, limit: $element) -> bool {
                !largest.simd_le(Self(largest).splat(limit).0).all()
            }
        }

        // SAFETY: as for `Lanes`.
        unsafe impl Register<$element> for $name {
            // Loops of a constant length: unrolled, they keep the lanes in registers, where a loop to
            // `count` would go through memory (three times slower, measured).

            #[inline(always)]
            unsafe fn load_partial(source: *const $element, count: usize) -> Self {
                let mut lanes = [0.0; Self::LANES];
                for (i, lane) in lanes.iter_mut().enumerate() {
                    if i < count {
                        // SAFETY: within the `count` elements that the caller vouches for.
                        *lane = unsafe { source.add(i).read() };
                    }
                }
                Self($float::new(lanes))
            }

            #[inline(always)]
            unsafe fn load_partial_interleaved(source: *const $element, count: usize) -> (Self, Self) {
                let mut pairs = [[0.0; Self::LANES]; 2];
                for i in 0..Self::LANES {
                    if i < count {
                        // SAFETY: within the `count` pairs that the caller vouches for.
                        unsafe {
                            pairs[0][i] = source.add(2 * i).read();
                            pairs[1][i] = source.add(2 * i + 1).read();
                        }
                    }
                }
                (Self($float::new(pairs[0])), Self($float::new(pairs[1])))
            }

            #[inline(always)]
            unsafe fn store_partial(self, target: *mut $element, count: usize) {
                for (i, lane) in self.0.to_array().into_iter().enumerate() {
                    if i < count {
                        // SAFETY: as in `load_partial`.
                        unsafe { target.add(i).write(lane) }
                    }
                }
            }
        }
    };
}

portable!(PortableF32, F32, U32, f32, each_f32);
portable!(PortableF64, F64, U64, f64, each_f64);

/// One number in all lanes.
#[cfg(feature = "half")]
#[inline(always)]
fn splat(bits: u32) -> U32 {
    U32::new(each_f32(|_| bits))
}

/// Half precision, by integers: see [`super::half`].
#[cfg(feature = "half")]
impl PortableF32 {
    #[inline(always)]
    pub(super) fn from_bits(lanes: [u32; Self::LANES]) -> Self {
        Self(cast(U32::new(lanes)))
    }

    #[inline(always)]
    pub(super) fn to_bits(self) -> [u32; Self::LANES] {
        let bits: U32 = cast(self.0);
        bits.to_array()
    }

    /// The halves that come first in memory, and those that come second, in the lower halves of lanes.
    #[inline(always)]
    pub(super) fn halves(self) -> (Self, Self) {
        let bits: U32 = cast(self.0);
        let (lower, upper) = (Self(cast(bits & splat(0xffff))), Self(cast(bits >> 16)));
        if cfg!(target_endian = "little") { (lower, upper) } else { (upper, lower) }
    }

    /// And back.
    #[inline(always)]
    pub(super) fn of_halves(first: Self, second: Self) -> Self {
        let (lower, upper) = if cfg!(target_endian = "little") { (first, second) } else { (second, first) };
        let upper: U32 = cast(upper.0);
        lower.or_bits(Self(cast(upper << 16)))
    }

    /// The number whose upper half is the lower half of these bits.
    #[inline(always)]
    pub(super) fn of_upper_halves(self) -> Self {
        let bits: U32 = cast(self.0);
        Self(cast(bits << 16))
    }

    /// The upper halves of the nearest numbers that have nothing below, ties to even.
    #[inline(always)]
    pub(super) fn nearest_upper_halves(self) -> Self {
        let bits: U32 = cast(self.0);
        // Half a unit less one, and one more if the last digit that stays is odd.
        let rounded = bits + splat(0x7fff) + ((bits >> 16) & splat(1));
        let quiet = bits | splat(0x0040_0000);
        let nan = self.0.simd_ne(self.0);
        let bits: U32 = cast(Self::select(nan, Self(cast(quiet)), Self(cast(rounded))).0);
        Self(cast(bits >> 16))
    }

    /// The number whose `f16` the lower half of these bits is.
    #[inline(always)]
    pub(super) fn of_f16_bits(self) -> Self {
        let bits: U32 = cast(self.0);
        let sign = (bits & splat(0x8000)) << 16;
        let size = (bits & splat(0x7fff)) << 13;
        // (As floats, `size` of infinity and NaN is the largest: 2^-96 and above.)
        let [float, first, last]: [F32; 3] = [cast(size), cast(splat(1 << 23)), cast(splat(31 << 23))];
        let [subnormal, special]: [U32; 2] = [cast(float.simd_lt(first)), cast(float.simd_ge(last))];
        // From a bias of 15 to one of 127, and for infinity and NaN to the largest exponent.
        let moved = size + splat(112 << 23) + (special & splat(112 << 23));
        // With an implicit 1 in place of a 0 it is larger by the smallest normal number.
        let [number, surplus]: [F32; 2] =
            [cast(moved + (subnormal & splat(1 << 23))), cast(subnormal & splat(113 << 23))];
        let number = Self(number - surplus);
        number.or_bits(Self(cast(sign)))
    }

    /// The bits of the nearest `f16`, ties to even.
    #[inline(always)]
    pub(super) fn nearest_f16_bits(self) -> Self {
        let bits: U32 = cast(self.0);
        let sign = (bits >> 16) & splat(0x8000);
        let size: F32 = cast(bits & splat(0x7fff_ffff));
        // What would come after the largest number is infinity.
        let size_or_infinity = size.fast_min(self.splat(65536.0).0);
        // The power of two in front, or that of the smallest normal number. Beside 2^13 times as much, the last place
        // is worth that of an `f16`.
        let bits: U32 = cast(size_or_infinity);
        let [exponent, least]: [F32; 2] = [cast(bits & splat(0xff << 23)), cast(splat(113 << 23))];
        let exponent: U32 = cast(exponent.fast_max(least));
        let beside = exponent + splat(13 << 23);
        let beside_float: F32 = cast(beside);
        let sum: U32 = cast(size_or_infinity + beside_float);
        // From a bias of 127 to one of 15, less the leading digit.
        let number = (sum - beside) + (exponent >> 13) - splat(113 << 10);
        let nan = Self(cast(splat(0x7e00)));
        Self::select(size.simd_ne(size), nan, Self(cast(number))).or_bits(Self(cast(sign)))
    }
}

impl Apart for PortableF64 {
    #[inline(always)]
    fn apart(self, work: impl Work) {
        #[cold]
        #[inline(never)]
        fn here(work: impl Work) {
            // SAFETY: there is a value of this type.
            unsafe { work.on::<PortableF64>() }
        }
        here(work);
    }
}

// SAFETY: as for `Lanes`.
unsafe impl Widen for PortableF32 {
    type Double = Two<PortableF64>;

    #[inline(always)]
    fn widen(self) -> Self::Double {
        // The compiler makes two conversions of this.
        let [low, high]: [[f32; PortableF64::LANES]; 2] = cast(self.0);
        let half = |lanes: [f32; PortableF64::LANES]| PortableF64(F64::new(each_f64(|i| lanes[i].into())));
        Beside::new(half(low), half(high))
    }

    #[inline(always)]
    fn lower_halves(Beside(low, high, _): Self::Double) -> Self {
        const LOWER: usize = if cfg!(target_endian = "little") { 0 } else { 1 };
        // (One array: of two, opt-level "z" makes calls.)
        let both: [u32; 2 * PortableF32::LANES] = cast([low.0, high.0]);
        // The compiler makes one shuffle of this.
        Self(cast(each_f32(|i| both[2 * i + LOWER])))
    }

    #[inline(always)]
    fn narrow(Beside(low, high, _): Self::Double) -> Self {
        let (low, high) = (low.0.to_array(), high.0.to_array());
        Self(cast([each_f64(|i| low[i] as f32), each_f64(|i| high[i] as f32)]))
    }
}
