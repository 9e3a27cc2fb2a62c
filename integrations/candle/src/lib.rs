//! The kernels of the crate [`sigmoid`](mod@sigmoid) as operations of [candle](candle_core) on tensors of the CPU, with
//! their gradients.
//!
//! ```
//! use candle_core::{Device, Tensor, Var};
//!
//! let gate = Var::new(&[[0.0_f32, 1.0], [-1.0, 40.0]], &Device::Cpu)?;
//! let up = Tensor::new(&[[2.0_f32, 2.0], [2.0, 3.0]], &Device::Cpu)?;
//! let y = sigmoid_candle::swiglu(&gate, &up)?; // silu(gate) up in one pass
//! assert_eq!(y.to_vec2::<f32>()?, [[0.0, 1.4621172], [-0.53788286, 120.0]]);
//!
//! let gradients = y.backward()?;
//! assert_eq!(gradients.get(&gate).unwrap().to_vec2::<f32>()?[0][0], 1.0); // silu'(0) 2
//! # Ok::<(), candle_core::Error>(())
//! ```
//!
//! - Functions, named as candle names them: [`sigmoid()`], [`silu`], [`softplus`], [`log_sigmoid`], [`gelu_tanh`],
//!   [`tanh`]; [`swiglu`] of two tensors and [`swiglu_halves`] of one; [`bce_with_logits`] for each element, and
//!   [`binary_cross_entropy_with_logits`], their mean. Each is a [`Module`](candle_core::Module) too, as functions are.
//! - The operations behind them, for [`Tensor::apply_op1`](candle_core::Tensor::apply_op1) and its kin: [`Sigmoid`]
//!   and so on. Those of one input work in place too ([`Tensor::inplace_op1`](candle_core::Tensor::inplace_op1)).
//!
//! # Formats
//!
//! `f32` and `f64` have the errors that stand in [`sigmoid::bounds`]. In `bf16` and `f16` the results of [`sigmoid()`]
//! and [`silu`] are the nearest numbers to the truth; all others, gradients included, are computed in `f32` and rounded
//! once.
//!
//! # Layouts
//!
//! Nothing need be contiguous: the kernels run over the rows as they lie (of a
//! [narrowed](candle_core::Tensor::narrow) or [chunked](candle_core::Tensor::chunk) tensor, say), and what lies apart
//! (transposed, broadcast) passes through a small buffer. Results are contiguous.
//!
//! # Threads
//!
//! Tensors of [`SHARED_FROM`] elements or more are computed on the threads of candle's
//! [`barrier_pool`](candle_core::utils::barrier_pool()), as candle's own element-wise operations are; each thread
//! makes calls on its part, and the bits are those of one thread. `CANDLE_NUM_THREADS` says how many there are.
//!
//! # Errors
//!
//! Those of candle, and nothing has been computed then: a [shape](candle_core::Error::ShapeMismatchBinaryOp) or
//! [dtype](candle_core::Error::DTypeMismatchBinaryOp) that differs, [a dtype that is not one of the
//! four](candle_core::Error::UnsupportedDTypeForOp), a tensor of a device that is not the CPU, and gradients of
//! gradients ([`BackwardNotSupported`](candle_core::Error::BackwardNotSupported)).
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

mod compute;
mod functions;
mod halves;
mod operations;
mod rows;

pub use functions::*;
pub use halves::SwiGluHalves;
pub use operations::{BceWithLogits, GeluTanh, LogSigmoid, Sigmoid, Silu, Softplus, SwiGlu, Tanh};
pub use rows::SHARED_FROM;

/// The README's example is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
