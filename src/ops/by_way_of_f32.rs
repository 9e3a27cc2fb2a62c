//! Half precision by way of `f32`: piece by piece the inputs are widened onto the stack, the kernels of `f32` compute
//! there, and the results are rounded to nearest.
//!
//! That is one rounding on top of the error in `f32`, and takes no kernels of its own: a set for each format would take
//! as long to compile as all that there is in `f32`. (What most models call in half precision has them: [`super::half`].)

use core::mem::MaybeUninit;

use ::half::{bf16, f16};

use super::pieces::{self, PIECE, Piecewise};
use super::*;
use crate::engine::{Engine, Row, Rows, row};
use crate::lanes::{Avx2F32, Avx512F32, Four, Group, PortableF32};
use crate::slices::{Slices, Targets};
use crate::walk::Stores;

/// A piece in `f32`, not yet written.
type Piece = [MaybeUninit<f32>; PIECE];

/// The number itself: what widens, and what rounds.
struct Identity;

impl<L: Group> Operation<L> for Identity {
    type Prepared = ();
    type Inputs = L;
    type Outputs = L;

    #[inline(always)]
    fn apply(_: &(), x: L) -> L {
        x
    }
}

/// An element of half precision.
pub trait Narrow: Sized + 'static {
    /// What widens it.
    const WIDENS: &'static Row<(), *const Self, *mut f32>;
}

/// An element that results in `f32` become.
pub trait Rounded: Sized + 'static {
    /// What rounds to it, unless it is an `f32`.
    const ROUNDS: Option<&'static Row<(), *const f32, *mut Self>>;
}

impl Rounded for f32 {
    const ROUNDS: Option<&'static Row<(), *const f32, *mut f32>> = None;
}

/// Expands to the row of the identity between the formats that are asked for.
macro_rules! identity {
    () => {
        &row::<Identity, Identity, _, _, _, Four<PortableF32>, Four<Avx2F32>, Four<Avx512F32>>()
    };
}

/// Expands to a format of half precision.
macro_rules! half {
    ($format:ty) => {
        impl Narrow for $format {
            const WIDENS: &'static Row<(), *const $format, *mut f32> = identity!();
        }

        impl Rounded for $format {
            const ROUNDS: Option<&'static Row<(), *const f32, *mut $format>> = Some(identity!());
        }
    };
}

half!(bf16);
half!(f16);

/// Slices to be read as `f32`.
///
/// # Safety
///
/// An implementation reads exactly the elements that the method names.
pub unsafe trait Widen: Slices + 'static {
    /// The same slices in `f32`.
    type InF32: 'static;

    /// Where their pieces are put.
    type Pieces;

    /// The first `len` elements in `f32`.
    ///
    /// # Safety
    ///
    /// The engine's backend is available, the slices have so many elements, which are no more than a [`PIECE`] has, and
    /// nobody writes to them or to `pieces` while the result is in use.
    unsafe fn widen(self, engine: Engine, pieces: *mut Self::Pieces, len: usize) -> Self::InF32;
}

// SAFETY: as the row reads.
unsafe impl<T: Narrow> Widen for *const T {
    type InF32 = *const f32;
    type Pieces = Piece;

    unsafe fn widen(self, engine: Engine, pieces: *mut Piece, len: usize) -> *const f32 {
        // SAFETY: as the caller vouches.
        unsafe { T::WIDENS.kernel(engine)(&(), self, pieces.cast(), len, Stores::Cached) };
        pieces.cast()
    }
}

// SAFETY: as each of the two does.
unsafe impl<A: Widen, B: Widen> Widen for (A, B) {
    type InF32 = (A::InF32, B::InF32);
    type Pieces = (A::Pieces, B::Pieces);

    unsafe fn widen(self, engine: Engine, pieces: *mut Self::Pieces, len: usize) -> Self::InF32 {
        // SAFETY: as the caller vouches for both.
        unsafe {
            (self.0.widen(engine, &raw mut (*pieces).0, len), self.1.widen(engine, &raw mut (*pieces).1, len))
        }
    }
}

/// Slices to be written from `f32`.
///
/// # Safety
///
/// An implementation writes exactly the elements that the method names.
pub unsafe trait Round: Targets + 'static {
    /// The same slices in `f32`.
    type InF32: 'static;

    /// Where their pieces are put.
    type Pieces;

    /// Where the `f32` are to be written: to the pieces, or where they belong.
    ///
    /// # Safety
    ///
    /// `pieces` is memory.
    unsafe fn in_f32(self, pieces: *mut Self::Pieces) -> Self::InF32;

    /// Writes the first `len` elements, of which the `f32` have been written.
    ///
    /// # Safety
    ///
    /// The engine's backend is available, the slices have so many elements, which are no more than a [`PIECE`] has, and
    /// [`Round::in_f32`] was called with the same pieces.
    unsafe fn round(self, engine: Engine, pieces: *mut Self::Pieces, len: usize);
}

// SAFETY: as the row writes.
unsafe impl<T: Rounded> Round for *mut T {
    type InF32 = *mut f32;
    type Pieces = Piece;

    unsafe fn in_f32(self, pieces: *mut Piece) -> *mut f32 {
        if T::ROUNDS.is_some() { pieces.cast() } else { self.cast() }
    }

    unsafe fn round(self, engine: Engine, pieces: *mut Piece, len: usize) {
        if let Some(row) = T::ROUNDS {
            // SAFETY: as the caller vouches.
            unsafe { row.kernel(engine)(&(), pieces.cast_const().cast(), self, len, Stores::Cached) }
        }
    }
}

// SAFETY: as each of the two does.
unsafe impl<A: Round, B: Round> Round for (A, B) {
    type InF32 = (A::InF32, B::InF32);
    type Pieces = (A::Pieces, B::Pieces);

    unsafe fn in_f32(self, pieces: *mut Self::Pieces) -> Self::InF32 {
        // SAFETY: as the caller vouches for both; so below.
        unsafe { (self.0.in_f32(&raw mut (*pieces).0), self.1.in_f32(&raw mut (*pieces).1)) }
    }

    unsafe fn round(self, engine: Engine, pieces: *mut Self::Pieces, len: usize) {
        // SAFETY: as above.
        unsafe {
            self.0.round(engine, &raw mut (*pieces).0, len);
            self.1.round(engine, &raw mut (*pieces).1, len);
        }
    }
}

/// An operation on such slices, as `f32` has it: what was prepared there, and its kernels.
pub struct ByWayOfF32<Op, In, Out>
where
    Op: Compute<In::InF32, Out::InF32>,
    In: Widen,
    Out: Round,
{
    prepared: Op::Prepared,
    row: &'static Row<Op::Prepared, In::InF32, Out::InF32>,
}

impl<Op, In, Out> ByWayOfF32<Op, In, Out>
where
    Op: Compute<In::InF32, Out::InF32> + 'static,
    In: Widen,
    Out: Round,
{
    const ROW: &'static Row<Self, In, Out> = &pieces::row::<Self, _, _, _>();

    fn prepare(op: Op) -> Self {
        Self { prepared: op.prepare(), row: op.rows().fast }
    }
}

impl<Op, In, Out> Piecewise<Self, In, Out> for ByWayOfF32<Op, In, Out>
where
    Op: Compute<In::InF32, Out::InF32>,
    In: Widen,
    Out: Round,
{
    unsafe fn piece(engine: Engine, way: &Self, inputs: In, outputs: Out, len: usize) {
        let mut memory = MaybeUninit::<(In::Pieces, Out::Pieces)>::uninit();
        let memory = memory.as_mut_ptr();
        // SAFETY: as the caller vouches; all of the inputs is read before any of the outputs is written.
        unsafe {
            let (from, to) = (&raw mut (*memory).0, &raw mut (*memory).1);
            let inputs = inputs.widen(engine, from, len);
            let results = outputs.in_f32(to);
            way.row.kernel(engine)(&way.prepared, inputs, results, len, Stores::Cached);
            outputs.round(engine, to, len);
        }
    }
}

/// Expands to operations on slices of such kinds.
macro_rules! by_way_of_f32 {
    ($inputs:ty => $outputs:ty: $($op:ident)*) => {$(
        impl Compute<$inputs, $outputs> for $op {
            type Prepared = ByWayOfF32<Self, $inputs, $outputs>;

            fn prepare(self) -> Self::Prepared {
                ByWayOfF32::prepare(self)
            }

            fn rows(self) -> Rows<Self::Prepared, $inputs, $outputs> {
                Rows { fast: Self::Prepared::ROW, exact: None }
            }
        }
    )*};
}

/// Expands to those on one format.
macro_rules! all {
    ($half:ident) => {
        by_way_of_f32!(*const $half => *mut $half: Gelu GeluTanh LogSigmoid Logit Scaled SiluDerivative Softplus
            TanhDerivative);
        by_way_of_f32!(*const $half => *mut f32: Gelu GeluTanh LogSigmoid Logit QuickGelu Scaled SigmoidDerivative
            SiluDerivative Softplus Tanh TanhDerivative);
        by_way_of_f32!((*const $half, *const $half) => *mut $half: BceWithLogits BceWithLogitsGradient GeluTanhBackward
            Glu LogSigmoidBackward SigmoidBackward SiluBackward SoftplusBackward TanhBackward);
        by_way_of_f32!((*const $half, *const $half) => *mut f32: BceWithLogits BceWithLogitsGradient GeluTanhBackward
            Glu LogSigmoidBackward SigmoidBackward SiluBackward SoftplusBackward TanhBackward);
        by_way_of_f32!(((*const $half, *const $half), *const $half) => (*mut $half, *mut $half): SwiGluBackward);
    };
}

all!(bf16);
all!(f16);
