//! Several registers as one wide register.
//!
//! The mathematics is a chain in which every operation waits for the one before. Written over registers that stand
//! [`Beside`] each other the same formulas come out with their chains interleaved operation by operation, so that the
//! CPU finds independent work beside each other instead of a register's whole chain ahead (5% on AVX2, measured on
//! Zen 4), and the test for far-out lanes is made once for all of them.
//!
//! They are pairs of pairs and no array: of an array a compiler that optimises for size keeps every step in memory
//! (20 to 37 times as long with AVX2, opt-level "s" and "z"), and of pairs none does.

use core::marker::PhantomData;

use super::{Apart, Group, Lanes, Memory, Widen, Work};

/// Two side by side, each one register or more. The order says which elements in memory belong to which.
#[derive(Clone, Copy)]
pub(crate) struct Beside<A, B, Order = InTurn>(pub(super) A, pub(super) B, pub(super) PhantomData<Order>);

/// The elements of the second side follow those of the first.
#[derive(Clone, Copy)]
pub(crate) struct InTurn;

impl<A, B, Order> Beside<A, B, Order> {
    #[inline(always)]
    pub(super) const fn new(first: A, second: B) -> Self {
        Self(first, second, PhantomData)
    }
}

/// Two registers.
pub(crate) type Two<L> = Beside<L, L>;
/// Three registers.
pub(crate) type Three<L> = Beside<Two<L>, L>;
/// Four registers.
pub(crate) type Four<L> = Beside<Two<L>, Two<L>>;
/// Five registers.
pub(crate) type Five<L> = Beside<Two<L>, Three<L>>;
/// Six registers.
pub(crate) type Six<L> = Beside<Three<L>, Three<L>>;
/// Eight registers.
pub(crate) type Eight<L> = Beside<Four<L>, Four<L>>;

/// Expands to methods that do on each side what the side's own method does.
macro_rules! on_both_sides {
    ($($method:ident($($operand:ident),*);)*) => {
        $(
            #[cfg_attr(optimised, inline(always))]
            fn $method(self, $($operand: Self),*) -> Self {
                Beside::new(self.0.$method($($operand.0),*), self.1.$method($($operand.1),*))
            }
        )*
    };
}

impl<A: Lanes, B: Lanes<Number = A::Number>, Order: Copy> Group for Beside<A, B, Order> {
    type Number = A::Number;
    const LANES: usize = A::LANES + B::LANES;
}

// SAFETY: the elements of the second side follow those of the first.
unsafe impl<T, A, B> Memory<T> for Beside<A, B>
where
    A: Lanes + Memory<T>,
    B: Lanes<Number = A::Number> + Memory<T>,
{
    #[cfg_attr(optimised, inline(always))]
    unsafe fn load(source: *const T) -> Self {
        // SAFETY: the caller vouches for the CPU and for the elements of both; so below.
        unsafe { Beside::new(A::load(source), B::load(source.add(A::LANES))) }
    }

    #[cfg_attr(optimised, inline(always))]
    unsafe fn load_interleaved(source: *const T) -> (Self, Self) {
        // SAFETY: as in `load`.
        unsafe {
            let (first, second) = A::load_interleaved(source);
            let (other_first, other_second) = B::load_interleaved(source.add(2 * A::LANES));
            (Beside::new(first, other_first), Beside::new(second, other_second))
        }
    }

    #[cfg_attr(optimised, inline(always))]
    unsafe fn store(self, target: *mut T) {
        // SAFETY: as in `load`.
        unsafe {
            self.0.store(target);
            self.1.store(target.add(A::LANES));
        }
    }

    #[cfg_attr(optimised, inline(always))]
    unsafe fn stream(self, target: *mut T) {
        // SAFETY: as in `load`; the sides are whole registers, and so the alignment holds for both.
        unsafe {
            self.0.stream(target);
            self.1.stream(target.add(A::LANES));
        }
    }
}

// SAFETY: every method does on each side what its own method does.
unsafe impl<A, B, Order> Lanes for Beside<A, B, Order>
where
    A: Lanes,
    B: Lanes<Number = A::Number, Largest = A::Largest, Lacking = A::Lacking>,
    Order: Copy,
    Self: Memory<A::Number> + Group<Number = A::Number>,
{
    type Mask = (A::Mask, B::Mask);
    type Register = A::Register;
    type One = A::One;
    type Largest = A::Largest;
    type Lacking = A::Lacking;
    const FUSED: bool = A::FUSED;
    const ADDS_EXPONENTS: bool = A::ADDS_EXPONENTS;

    on_both_sides! {
        add(other);
        sub(other);
        mul(other);
        div(other);
        mul_add(factor, addend);
        neg_mul_add(factor, addend);
        at_least(floor);
        at_most(ceiling);
        min(other);
        or_bits(other);
        negative_magnitude();
        low_bits_to_exponent();
        exponent_to_low_bits();
        add_bits(other);
        sub_bits(other);
    }

    #[cfg_attr(optimised, inline(always))]
    fn splat(self, value: A::Number) -> Self {
        Beside::new(self.0.splat(value), self.1.splat(value))
    }

    #[cfg_attr(optimised, inline(always))]
    fn below(self, limit: Self) -> Self::Mask {
        (self.0.below(limit.0), self.1.below(limit.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn any(mask: Self::Mask) -> bool {
        A::any(mask.0) | B::any(mask.1)
    }

    #[cfg_attr(optimised, inline(always))]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Beside::new(A::select(mask.0, yes.0, no.0), B::select(mask.1, yes.1, no.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn keep(mask: Self::Mask, value: Self) -> Self {
        Beside::new(A::keep(mask.0, value.0), B::keep(mask.1, value.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn discard(mask: Self::Mask, value: Self) -> Self {
        Beside::new(A::discard(mask.0, value.0), B::discard(mask.1, value.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn integer_bits_where(self, mask: Self::Mask, last_place_one: Self) -> Self {
        Beside::new(
            self.0.integer_bits_where(mask.0, last_place_one.0),
            self.1.integer_bits_where(mask.1, last_place_one.1),
        )
    }

    #[cfg_attr(optimised, inline(always))]
    fn lacking(self, which: A::Number) -> A::Lacking {
        A::either_lacking(self.0.lacking(which), self.1.lacking(which))
    }

    #[cfg_attr(optimised, inline(always))]
    fn either_lacking(lacking: A::Lacking, other: A::Lacking) -> A::Lacking {
        A::either_lacking(lacking, other)
    }

    #[cfg_attr(optimised, inline(always))]
    fn any_lacking(lacking: A::Lacking) -> bool {
        A::any_lacking(lacking)
    }

    #[cfg_attr(optimised, inline(always))]
    fn largest(self) -> A::Largest {
        self.1.larger(self.0.largest())
    }

    #[cfg_attr(optimised, inline(always))]
    fn larger(self, largest: A::Largest) -> A::Largest {
        self.1.larger(self.0.larger(largest))
    }

    #[cfg_attr(optimised, inline(always))]
    fn is_beyond(largest: A::Largest, limit: A::Number) -> bool {
        A::is_beyond(largest, limit)
    }
}

impl<A: Apart, B> Apart for Beside<A, B>
where
    Self: Lanes<Number = f64>,
{
    #[cfg_attr(optimised, inline(always))]
    fn apart(self, work: impl Work) {
        self.0.apart(work);
    }
}

// SAFETY: as for `Lanes`.
unsafe impl<A: Widen, B: Widen> Widen for Beside<A, B>
where
    Self: Lanes<Number = f32>,
    Beside<A::Double, B::Double>: Apart,
{
    type Double = Beside<A::Double, B::Double>;

    #[cfg_attr(optimised, inline(always))]
    fn widen(self) -> Self::Double {
        Beside::new(self.0.widen(), self.1.widen())
    }

    #[cfg_attr(optimised, inline(always))]
    fn narrow(double: Self::Double) -> Self {
        Beside::new(A::narrow(double.0), B::narrow(double.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn lower_halves(double: Self::Double) -> Self {
        Beside::new(A::lower_halves(double.0), B::lower_halves(double.1))
    }

    #[cfg_attr(optimised, inline(always))]
    fn shared_quotient(a: Self::Double, d: Self::Double) -> Self::Double {
        Beside::new(A::shared_quotient(a.0, d.0), B::shared_quotient(a.1, d.1))
    }
}
