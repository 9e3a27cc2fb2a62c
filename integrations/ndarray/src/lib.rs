//! The kernels of the crate [`sigmoid`] on arrays of the crate [`ndarray`].
//!
//! ```
//! use ndarray::array;
//! use sigmoid::{Kernels, ops};
//! use sigmoid_ndarray::{KernelsExt, SigmoidExt};
//!
//! let x = array![[-2.0_f32, 0.0], [2.0, f32::INFINITY]];
//! assert_eq!(x.sigmoid()[[0, 1]], 0.5); // the everyday case
//!
//! let kernels = Kernels::new().parallel(true); // how
//! let y = kernels.map_array(ops::Softplus, &x.t()); // what: any operation
//! assert_eq!(y[[1, 1]], f32::INFINITY);
//! ```
//!
//! - [`SigmoidExt`], for arrays: a method for each everyday function.
//! - [`KernelsExt`], for [`Kernels`](sigmoid::Kernels): any operation of [`ops`](sigmoid::ops), into a new array, into
//!   one that there is, or in place.
//!
//! They take [`ArrayRef`](ndarray::ArrayRef), which every array, view and shared array gives by itself, of any
//! dimension. What the results are worth is what the library promises: the errors stand in
//! [`sigmoid::bounds`], and an element has the same bits wherever it lies.
//!
//! # How arrays are walked
//!
//! - Contiguous arrays of one memory order, whatever that is, are one slice each, and one call.
//! - Others are walked in rows: axes that lie behind one another in memory are taken as one, and of what is left
//!   the axis along which the most arrays have a stride of 1. Rows with such a stride are used where they lie; others
//!   pass through a buffer of a few hundred elements on the stack. No array is copied as a whole.
//!
//! # Threads
//!
//! With [`Kernels::parallel`](sigmoid::Kernels::parallel) each call to the library is shared if it is long enough: a
//! contiguous array as a whole, another one row by row. Many short rows are better handed out by ndarray
//! (feature `rayon`): `x.axis_chunks_iter_mut(Axis(0), rows).into_par_iter()`, with a call on a
//! serial `Kernels` for each chunk.
//!
//! # Panics
//!
//! As everywhere in ndarray, shapes that differ are a panic, at the caller's line and before anything is written.
//! Nothing is broadcast by itself: see [`ArrayRef::broadcast`](ndarray::ArrayRef::broadcast). The library panics if
//! [`Accuracy::Exact`](sigmoid::Accuracy::Exact) is asked of an operation that has no proof for it.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

mod arrays;
mod kernels;
mod rows;

pub use arrays::SigmoidExt;
pub use kernels::KernelsExt;

/// The README's example is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// What does not compile, as the README says: integers,
///
/// ```compile_fail,E0277
/// # use sigmoid_ndarray::SigmoidExt;
/// ndarray::array![1, 2].sigmoid();
/// ```
///
/// an operation in a format that it does not have,
///
/// ```compile_fail,E0277
/// # use sigmoid_ndarray::KernelsExt;
/// let x = ndarray::array![1.0_f64];
/// let y: ndarray::Array1<f64> = sigmoid::Kernels::new().map_array(sigmoid::ops::Gelu, &x);
/// ```
///
/// and an output that is an input.
///
/// ```compile_fail,E0502
/// # use sigmoid_ndarray::KernelsExt;
/// let mut x = ndarray::array![1.0_f32];
/// sigmoid::Kernels::new().map_array_into(sigmoid::ops::Sigmoid, &x, &mut x);
/// ```
#[cfg(doctest)]
struct DoesNotCompile;
