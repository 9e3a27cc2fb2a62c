//! The registers, behind one set of words.
//!
//! [`Lanes`] is what the mathematics is written in: a handful of arithmetic operations, and a few on the bits. There is
//! one small file for each register type, and [`Beside`], which makes several registers look like one wide one.
//! [`Memory`] says how elements of a format fill them: what lies in memory need not be what is computed with.
//!
//! # The promise that a value carries
//!
//! The native registers exist only on some CPUs. A value of such a type can be made in one way
//! only, by a load, and loads are `unsafe`: whoever calls one promises that the CPU has the
//! instructions. From then on the value itself is the proof, so every other method is safe, and
//! [`Lanes::splat`] takes `self` as its witness.
//!
//! # The rule of inlining
//!
//! Every method is `inline(always)` and has no `target_feature` of its own. Code takes on a
//! function's instruction set only when it is inlined into it, and the functions that enable one
//! are the kernels in [`crate::engine`]. A method that stayed a call would cost ten times.

/// Bytes in a cache line, and the alignment of streaming stores.
pub(crate) const CACHE_LINE: usize = 64;

mod beside;
#[cfg(feature = "half")]
pub(crate) mod half;
mod number;
mod portable;
#[cfg(feature = "half")]
mod woven;

#[cfg(native_registers)]
mod avx2;
#[cfg(native_registers)]
mod avx512;
#[cfg(native_registers)]
mod ends;
#[cfg(native_registers)]
mod native;
#[cfg(native_registers)]
mod one;

pub(crate) use beside::{Beside, Eight, Five, Four, Six, Three, Two};
pub(crate) use portable::{PortableF32, PortableF64};
#[cfg(feature = "half")]
pub(crate) use woven::Woven;

#[cfg(native_registers)]
pub(crate) use avx2::{Avx2F32, Avx2F64};
#[cfg(native_registers)]
pub(crate) use avx512::{Avx512F32, Avx512F64};
#[cfg(native_registers)]
use one::{OneF32, OneF64};

// Rows name the registers of all backends; where there are none, nothing is made of these.
#[cfg(not(native_registers))]
pub(crate) use portable::{
    PortableF32 as Avx2F32, PortableF32 as Avx512F32, PortableF64 as Avx2F64, PortableF64 as Avx512F64,
};

/// Lanes of numbers of one kind.
pub(crate) trait Group: Copy {
    /// What one lane is.
    type Number: Copy;

    /// How many lanes there are.
    const LANES: usize;
}

/// Lanes that elements of type `T` fill.
///
/// # Safety
///
/// An implementation makes values in the loads only, and touches exactly the elements that the method names.
pub(crate) unsafe trait Memory<T>: Group {
    /// Reads `LANES` elements.
    ///
    /// # Safety
    ///
    /// The CPU has this type's instructions, and `source` is valid for reads of `LANES` elements.
    unsafe fn load(source: *const T) -> Self;

    /// Reads `LANES` pairs of elements: the first of each, and the second.
    ///
    /// # Safety
    ///
    /// As for [`Memory::load`], of twice as many elements.
    unsafe fn load_interleaved(source: *const T) -> (Self, Self);

    /// Writes `LANES` elements.
    ///
    /// # Safety
    ///
    /// `target` is valid for writes of `LANES` elements.
    unsafe fn store(self, target: *mut T);

    /// Writes `LANES` elements past the caches, where the registers can.
    ///
    /// # Safety
    ///
    /// As for [`Memory::store`]; `target` is aligned to the bytes that are written at once, of one register, and the
    /// caller fences before anyone else may look.
    #[inline(always)]
    unsafe fn stream(self, target: *mut T) {
        // SAFETY: a store asks for less.
        unsafe { self.store(target) }
    }
}

/// One register: it can also hold the last few elements of a slice.
///
/// # Safety
///
/// As for [`Memory`].
pub(crate) unsafe trait Register<T>: Memory<T> + Lanes {
    /// Reads `count` elements, fewer than `LANES` and at least one: into the first lanes, or as `ends` says. The
    /// other lanes are zero, or one of these elements.
    ///
    /// # Safety
    ///
    /// As for [`Memory::load`], with `count` in place of `LANES`.
    unsafe fn load_partial(source: *const T, count: usize) -> Self;

    /// Reads `count` pairs, likewise.
    ///
    /// # Safety
    ///
    /// As for [`Memory::load_interleaved`], with `count` in place of `LANES`.
    unsafe fn load_partial_interleaved(source: *const T, count: usize) -> (Self, Self);

    /// Writes so many elements, from the lanes that they are read into.
    ///
    /// # Safety
    ///
    /// `target` is valid for writes of `count` elements.
    unsafe fn store_partial(self, target: *mut T, count: usize);
}

/// A register, or several, of floats of one format.
///
/// # Safety
///
/// An implementation makes no values but of others, and treats every lane alike: lane `i` of a result depends on lane
/// `i` of the operands and on nothing else.
pub(crate) unsafe trait Lanes: Memory<<Self as Group>::Number> {
    /// One truth value a lane.
    type Mask: Copy;

    /// One of the registers that these are.
    type Register: Lanes<Number = <Self as Group>::Number>;

    /// One lane with the results of these, or one of the registers if there is none.
    type One: Lanes<Number = <Self as Group>::Number>;

    /// What [`Lanes::largest`] finds.
    type Largest: Copy;

    /// What [`Lanes::lacking`] finds.
    type Lacking: Copy;

    /// Whether [`Lanes::mul_add`] rounds once.
    const FUSED: bool;

    /// Whether a number is better multiplied by 2^k by adding k to its exponent as an integer: an operation
    /// more, but none of those that multiply. Measured. Only where [`Lanes::FUSED`]: elsewhere a tie in the
    /// rounding of k would fall otherwise than on the careful path.
    const ADDS_EXPONENTS: bool;

    /// All lanes hold `value`. `self` is only the witness that the registers exist.
    fn splat(self, value: Self::Number) -> Self;

    /// `self + other`
    fn add(self, other: Self) -> Self;

    /// `self - other`
    fn sub(self, other: Self) -> Self;

    /// `self * other`
    fn mul(self, other: Self) -> Self;

    /// `self / other`
    fn div(self, other: Self) -> Self;

    /// `self * factor + addend`, rounded once where there is FMA and twice elsewhere.
    fn mul_add(self, factor: Self, addend: Self) -> Self;

    /// `addend - self * factor`, rounded as [`Lanes::mul_add`].
    fn neg_mul_add(self, factor: Self, addend: Self) -> Self;

    /// The larger of `self` and `floor`. A NaN in `self` stays.
    fn at_least(self, floor: Self) -> Self;

    /// The smaller of `self` and `ceiling`. A NaN in `self` stays.
    fn at_most(self, ceiling: Self) -> Self;

    /// The smaller of two numbers. If either is NaN, the result is one of the two operands.
    fn min(self, other: Self) -> Self;

    /// The bits that are set in either.
    fn or_bits(self, other: Self) -> Self;

    /// `-|self|`: the sign bit set.
    fn negative_magnitude(self) -> Self;

    /// The bits, moved up so that the lowest become the exponent field. With the integer
    /// `k + bias` in the lowest bits the result is the float 2^k.
    fn low_bits_to_exponent(self) -> Self;

    /// The bits, moved down so that the sign and the exponent field become the lowest.
    fn exponent_to_low_bits(self) -> Self;

    /// The sum of the bit patterns as integers, wrapping.
    fn add_bits(self, other: Self) -> Self;

    /// The difference of the bit patterns as integers, wrapping.
    fn sub_bits(self, other: Self) -> Self;

    /// Where `self < limit`. False for NaN.
    fn below(self, limit: Self) -> Self::Mask;

    /// Whether the mask is set in any lane.
    fn any(mask: Self::Mask) -> bool;

    /// `yes` where the mask is set, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// `value` where the mask is set, zero bits elsewhere.
    fn keep(mask: Self::Mask, value: Self) -> Self;

    /// `value` where the mask is not set, zero bits elsewhere.
    fn discard(mask: Self::Mask, value: Self) -> Self;

    /// Where the mask is set, the bits of the nearest integer (ties to even) of a lane in
    /// [0, 2^mantissa bits); other lanes stay. `last_place_one` is 2^mantissa bits: in a sum with it
    /// the last place is worth 1, and the integer stands in the low bits.
    #[inline(always)]
    fn integer_bits_where(self, mask: Self::Mask, last_place_one: Self) -> Self {
        let addend = Self::keep(mask, last_place_one);
        self.add(addend).sub_bits(addend)
    }

    /// Where all the bits are zero that are set in `which`: neither the sign nor all of the exponent, so that what is
    /// left of a lane is a positive number.
    fn lacking(self, which: Self::Number) -> Self::Lacking;

    /// In either of two.
    fn either_lacking(lacking: Self::Lacking, other: Self::Lacking) -> Self::Lacking;

    /// Whether there was any.
    fn any_lacking(lacking: Self::Lacking) -> bool;

    /// Whether in any lane all the bits are zero that are set in `which`, as in [`Lanes::lacking`].
    #[inline(always)]
    fn any_without_bits(self, which: Self::Number) -> bool {
        Self::any_lacking(self.lacking(which))
    }

    /// The magnitudes. (This and what follows are in steps so that several registers take fewer operations.)
    fn largest(self) -> Self::Largest;

    /// The larger ones of these and the magnitudes. A NaN among these stays, so that what it hides does not matter.
    fn larger(self, largest: Self::Largest) -> Self::Largest;

    /// Whether any is above `limit`. NaN counts.
    fn is_beyond(largest: Self::Largest, limit: Self::Number) -> bool;

    /// Whether any lane has a magnitude above `limit`. NaN may count or not, but hides nothing.
    #[inline(always)]
    fn any_beyond(self, limit: Self::Number) -> bool {
        Self::is_beyond(self.largest(), limit)
    }
}

/// Lanes of `f64` that hand over what is seldom done.
pub(crate) trait Apart: Lanes<Number = f64> {
    /// Does the work in single registers of this kind, in a function of its own that has their instructions: code
    /// that is there once, and takes nothing from the loop that calls it. `self` is only the witness that the
    /// registers exist.
    fn apart(self, work: impl Work);
}

/// Something to do in `f64` lanes of any kind.
pub(crate) trait Work {
    /// # Safety
    ///
    /// The CPU has the instructions of `L`.
    unsafe fn on<L: Lanes<Number = f64>>(self);
}

/// Lanes of `f32` that can be widened to `f64` and back.
///
/// # Safety
///
/// As for [`Lanes`]: lane `i` stays lane `i`.
pub(crate) unsafe trait Widen: Lanes<Number = f32> {
    /// As many lanes of `f64`.
    type Double: Apart;

    /// The same numbers in `f64`.
    fn widen(self) -> Self::Double;

    /// The nearest `f32`, ties to even.
    fn narrow(double: Self::Double) -> Self;

    /// The lower half of the bits of each lane, in whatever order.
    fn lower_halves(double: Self::Double) -> Self;

    /// `a / d`, by one division for two registers if these are of a kind for which that can be the faster way.
    /// Then it is off by a few roundings, and for finite numbers only, of which no `d d` overflows: a NaN in one
    /// register spoils the same lane of the other, and [`Lanes::any_beyond`] must count a NaN, to keep it away.
    #[inline(always)]
    fn shared_quotient(a: Self::Double, d: Self::Double) -> Self::Double {
        a.div(d)
    }
}

#[cfg(test)]
mod tests;
