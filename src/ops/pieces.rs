//! Kernels that go over slices in pieces, and hand each piece to the kernels that other operations have on the same engine:
//! what one of them makes for the next stays on the stack.

use crate::engine::{Engine, Row};
use crate::slices::Slices;
use crate::walk::Stores;

/// Elements of a piece. Five of them in `f32`, which is as many as an operation has slices, stay in the fastest cache.
/// (Measured: 1,024 are not faster.)
pub(super) const PIECE: usize = 512;

/// What is done to a piece.
pub(super) trait Piecewise<C, In, Out> {
    /// # Safety
    ///
    /// As for [`Kernel`](crate::engine::Kernel), with the backend of this engine; `len` is at most [`PIECE`].
    unsafe fn piece(engine: Engine, prepared: &C, inputs: In, outputs: Out, len: usize);
}

/// The row of what goes so.
pub(super) const fn row<P, C, In: Slices, Out: Slices>() -> Row<C, In, Out>
where
    P: Piecewise<C, In, Out>,
{
    Row::of([
        kernel::<P, C, In, Out, 0>,
        kernel::<P, C, In, Out, 1>,
        kernel::<P, C, In, Out, 2>,
        kernel::<P, C, In, Out, 3>,
        kernel::<P, C, In, Out, 4>,
    ])
}

/// The kernel of an engine, which is one of [`Engine::ALL`].
///
/// # Safety
///
/// As for [`Kernel`](crate::engine::Kernel).
unsafe fn kernel<P, C, In: Slices, Out: Slices, const ENGINE: usize>(
    prepared: &C,
    inputs: In,
    outputs: Out,
    len: usize,
    _: Stores,
) where
    P: Piecewise<C, In, Out>,
{
    let mut done = 0;
    while done < len {
        let piece = (len - done).min(PIECE);
        // SAFETY: as the caller vouches, of elements below `len`.
        unsafe { P::piece(Engine::ALL[ENGINE], prepared, inputs.after(done), outputs.after(done), piece) }
        done += piece;
    }
}

/// Expands to the kernels of an operation that goes so, with nothing prepared, for slices of each of these kinds. If it is
/// `exact`, its results are correctly rounded, whatever the accuracy.
macro_rules! piecewise {
    ($op:ty, exact: $exact:literal, $($inputs:ty => $outputs:ty),+) => {$(
        impl $crate::ops::Compute<$inputs, $outputs> for $op {
            type Prepared = ();

            fn prepare(self) {}

            fn rows(self) -> $crate::engine::Rows<(), $inputs, $outputs> {
                let row = const { &$crate::ops::pieces::row::<Self, _, _, _>() };
                $crate::engine::Rows { fast: row, exact: $exact.then_some(row) }
            }
        }
    )+};
}

pub(super) use piecewise;
