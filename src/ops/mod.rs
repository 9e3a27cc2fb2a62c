//! The operations, a page each: what it promises, its formula, and how many registers it takes at a time.
//!
//! An operation is a small value that one hands to [`Kernels`](crate::Kernels): to
//! [`map`](crate::Kernels::map) if it takes one slice, to [`zip`](crate::Kernels::zip) if it takes two.
//!
//! ```
//! use sigmoid::{Kernels, ops};
//!
//! let mut y = [0.0_f32; 2];
//! Kernels::new().map(ops::Sigmoid, &[0.0, 40.0], &mut y);
//! assert_eq!(y, [0.5, 1.0]);
//! ```
//!
//! # Half precision
//!
//! With the feature `half` every operation takes slices of `bf16` and of `f16`, and hands over the same format or `f32`.
//! [`Sigmoid`], [`SigmoidDerivative`], [`Silu`], [`QuickGelu`] and [`Tanh`] are correctly rounded for all 65,536 numbers of
//! each format, with the same bits on every machine. The others are computed in `f32` and rounded once, which adds half a
//! unit in the last place to next to nothing. So many numbers have not the nearest result:
//!
//! | | `bf16` | `f16` |
//! |---|---:|---:|
//! | [`SiluDerivative`] | 1 | 11 |
//! | [`GeluTanh`], [`Gelu`] | 128, subnormal ones | 5 |
//! | [`TanhDerivative`] | 0 | 8 |
//! | [`Softplus`], [`LogSigmoid`] | 0 | 3 |
//! | [`Logit`] | 1 | 1 |
//!
//! (`sigmoid verify --op all --dtype bf16,f16` counts them.)

/// Expands to the kernels of an operation for slices of a kind: as many registers at a time of each backend, wide, AVX2
/// and AVX-512. Its formula is its own, or `as` what another one is; if that is `exact`, its results are correctly rounded,
/// whatever the accuracy. An operation that `has` a simpler formula, with the same bits, has it where a method says so;
/// what is prepared is that of the operation.
macro_rules! kernels {
    (exact $op:ty as $formula:ty, $prepared:ty: $inputs:ty => $outputs:ty, $registers:tt) => {
        kernels!(@ true, $op as $formula, $prepared: $inputs => $outputs, $registers);
    };
    ($op:ty, $prepared:ty: $inputs:ty => $outputs:ty, $registers:tt $($simpler:tt)*) => {
        kernels!(@ false, $op as $op, $prepared: $inputs => $outputs, $registers $($simpler)*);
    };
    (@ $exact:literal, $op:ty as $formula:ty, $prepared:ty: $inputs:ty => $outputs:ty, $registers:tt
        $(, has $simple:ty where $is_simple:ident, $others:tt)?) => {
        impl $crate::ops::Compute<$inputs, $outputs> for $op {
            type Prepared = $prepared;

            fn prepare(self) -> Self::Prepared {
                let formula = <$formula>::from(self);
                kernels!(@ prepare formula, $registers)
            }

            fn rows(self) -> $crate::engine::Rows<Self::Prepared, $inputs, $outputs> {
                let row = kernels!(@ row $formula, $prepared: $inputs => $outputs, $registers);
                $(let row = if self.$is_simple() {
                    kernels!(@ row $simple, $prepared: $inputs => $outputs, $others)
                } else {
                    row
                };)?
                $crate::engine::Rows { fast: row, exact: $exact.then_some(row) }
            }
        }
    };
    (@ prepare $formula:expr, [$wide:ty, $avx2:ty, $avx512:ty]) => {
        $crate::ops::Formula::prepare::<<$wide as $crate::lanes::Group>::Number>($formula)
    };
    // (A generic item can have no static.)
    (@ row $formula:ty, $prepared:ty: $inputs:ty => $outputs:ty, [$wide:ty, $avx2:ty, $avx512:ty]) => {{
        static ROW: $crate::engine::Row<$prepared, $inputs, $outputs> =
            $crate::engine::row::<$formula, $crate::ops::Reference<$formula>, _, _, _, $wide, $avx2, $avx512>();
        &ROW
    }};
}

#[cfg(feature = "half")]
mod by_way_of_f32;
#[cfg(feature = "half")]
mod half;
#[cfg(feature = "half")]
mod pieces;
#[cfg(feature = "activations")]
mod self_gated;
pub(crate) mod sigmoid;
pub(crate) mod sigmoid_backward;
pub(crate) mod sigmoid_derivative;
pub(crate) mod sigmoid_with_derivative;

pub use sigmoid::Sigmoid;
pub use sigmoid_backward::SigmoidBackward;
pub use sigmoid_derivative::SigmoidDerivative;
pub use sigmoid_with_derivative::SigmoidWithDerivative;

#[cfg(feature = "activations")]
mod activations;
#[cfg(feature = "activations")]
pub use activations::*;

use crate::element::Element;
use crate::engine::Rows;
use crate::pair::{Constants, Logistic};
use crate::slices::Interleaved;
use crate::walk::Operation;

/// An operation on one slice: from elements of type `T` to elements of type `U`.
pub trait Map<T: 'static, U: 'static = T>: Compute<*const T, *mut U> {}

impl<T: 'static, U: 'static, Op: Compute<*const T, *mut U>> Map<T, U> for Op {}

/// An operation on two slices: from elements of type `T` to elements of type `U`.
pub trait Zip<T: 'static, U: 'static = T>: Compute<(*const T, *const T), *mut U> {}

impl<T: 'static, U: 'static, Op: Compute<(*const T, *const T), *mut U>> Zip<T, U> for Op {}

/// An operation on interleaved pairs: from elements of type `T` to elements of type `U`.
pub trait ZipInterleaved<T: 'static, U: 'static = T>: Compute<Interleaved<T>, *mut U> {}

impl<T: 'static, U: 'static, Op: Compute<Interleaved<T>, *mut U>> ZipInterleaved<T, U> for Op {}

/// An operation on two slices whose results can be summed: from elements of type `T`, and the results as they are
/// before they would be rounded to half precision.
pub trait ZipSum<T: 'static>: Zip<T, Self::Result> {
    /// What is summed: `f64` of `f64`, and otherwise `f32`.
    type Result: Element;
}

/// Expands to one format.
macro_rules! zip_sum {
    ($format:ty => $result:ty) => {
        impl<Op: Zip<$format, $result>> ZipSum<$format> for Op {
            type Result = $result;
        }
    };
}

zip_sum!(f32 => f32);
zip_sum!(f64 => f64);
#[cfg(feature = "half")]
zip_sum!(::half::bf16 => f32);
#[cfg(feature = "half")]
zip_sum!(::half::f16 => f32);

/// An operation on one slice with two results: elements of type `T`.
pub trait Split<T: 'static>: Compute<*const T, (*mut T, *mut T)> {}

impl<T: 'static, Op: Compute<*const T, (*mut T, *mut T)>> Split<T> for Op {}

/// The way back through an operation on two slices: from both and the gradients of its results to those of both.
pub trait Gradients<T: 'static>: Compute<((*const T, *const T), *const T), (*mut T, *mut T)> {}

impl<T: 'static, Op: Compute<((*const T, *const T), *const T), (*mut T, *mut T)>> Gradients<T> for Op {}

/// An operation that there are kernels of, for such slices. Sealed: these have no name outside of the crate.
pub trait Compute<In: 'static, Out: 'static>: Copy {
    /// What is prepared once a call.
    type Prepared: Sync + 'static;

    /// Prepares it.
    fn prepare(self) -> Self::Prepared;

    /// The kernels.
    fn rows(self) -> Rows<Self::Prepared, In, Out>;
}

/// A formula in lanes, written once for every register, and for both paths.
pub(crate) trait Formula: Sized {
    /// What is prepared once a call, in numbers of the kind that is computed with.
    type Prepared<N: Constants>;

    /// The inputs: `X`, or a pair of it.
    type Inputs<X: Copy>: Copy;

    /// The outputs, likewise.
    type Outputs<X: Copy>: Copy;

    /// [`Operation::ALIGNS_STACK`]: off for the everyday operations, whose short calls would notice.
    const ALIGNS_STACK: bool = true;

    /// Prepares it.
    fn prepare<N: Constants>(self) -> Self::Prepared<N>;

    /// Whether a lane needs the careful path, which all lanes of a block take then.
    fn needs_care<L: Logistic>(prepared: &Self::Prepared<L::Number>, inputs: Self::Inputs<L>) -> bool;

    /// The results where no lane needs care.
    fn common<L: Logistic>(prepared: &Self::Prepared<L::Number>, inputs: Self::Inputs<L>)
    -> Self::Outputs<L>;

    /// The results for any lanes: the same as on the common path where that is right.
    fn careful<L: Logistic>(
        prepared: &Self::Prepared<L::Number>,
        inputs: Self::Inputs<L>,
    ) -> Self::Outputs<L>;

    /// The scalar reference: see [`crate::reference`].
    fn reference<N: Constants>(prepared: &Self::Prepared<N>, inputs: Self::Inputs<N>) -> Self::Outputs<N>;
}

impl<L: Logistic, F: Formula> Operation<L> for F {
    type Prepared = F::Prepared<L::Number>;
    type Inputs = F::Inputs<L>;
    type Outputs = F::Outputs<L>;

    const ALIGNS_STACK: bool = F::ALIGNS_STACK;

    #[inline(always)]
    fn apply(prepared: &Self::Prepared, inputs: F::Inputs<L>) -> F::Outputs<L> {
        if F::needs_care(prepared, inputs) {
            F::careful(prepared, inputs)
        } else {
            F::common(prepared, inputs)
        }
    }

    #[inline(always)]
    fn apply_common(prepared: &Self::Prepared, inputs: F::Inputs<L>) -> Option<F::Outputs<L>> {
        if F::needs_care(prepared, inputs) { None } else { Some(F::common(prepared, inputs)) }
    }
}

/// A formula's reference, number by number.
pub(crate) struct Reference<F>(F);

impl<N: Constants, F: Formula> Operation<N> for Reference<F> {
    type Prepared = F::Prepared<N>;
    type Inputs = F::Inputs<N>;
    type Outputs = F::Outputs<N>;

    fn apply(prepared: &Self::Prepared, inputs: F::Inputs<N>) -> F::Outputs<N> {
        F::reference(prepared, inputs)
    }
}
