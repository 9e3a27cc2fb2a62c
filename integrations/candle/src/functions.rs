//! The operations as functions of tensors.

use candle_core::{CustomOp1, CustomOp2, Result, Tensor};

use crate::halves::SwiGluHalves;
use crate::operations::{BceWithLogits, GeluTanh, LogSigmoid, Sigmoid, Silu, Softplus, SwiGlu, Tanh};

/// s(x) = 1 / (1 + e^-x): see [`Sigmoid`].
///
/// # Errors
///
/// If x is not `f32`, `f64`, `bf16` or `f16` on the CPU.
///
/// ```
/// use candle_core::{Device, Tensor};
/// let x = Tensor::new(&[0.0_f32, 40.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::sigmoid(&x)?.to_vec1::<f32>()?, [0.5, 1.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn sigmoid(x: &Tensor) -> Result<Tensor> {
    of_one(x, Sigmoid)
}

/// x s(x): see [`Silu`].
///
/// # Errors
///
/// As [`sigmoid()`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let x = Tensor::new(&[-1.0_f32, 100.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::silu(&x)?.to_vec1::<f32>()?, [-0.26894143, 100.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn silu(x: &Tensor) -> Result<Tensor> {
    of_one(x, Silu)
}

/// ln(1 + e^x): see [`Softplus`].
///
/// # Errors
///
/// As [`sigmoid()`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let x = Tensor::new(&[0.0_f32, 100.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::softplus(&x)?.to_vec1::<f32>()?, [0.6931472, 100.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn softplus(x: &Tensor) -> Result<Tensor> {
    of_one(x, Softplus)
}

/// ln s(x): see [`LogSigmoid`].
///
/// # Errors
///
/// As [`sigmoid()`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let x = Tensor::new(&[0.0_f32, -100.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::log_sigmoid(&x)?.to_vec1::<f32>()?, [-0.6931472, -100.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn log_sigmoid(x: &Tensor) -> Result<Tensor> {
    of_one(x, LogSigmoid)
}

/// GELU by way of tanh, which candle calls `gelu`: see [`GeluTanh`].
///
/// # Errors
///
/// As [`sigmoid()`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let x = Tensor::new(&[0.0_f32, 100.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::gelu_tanh(&x)?.to_vec1::<f32>()?, [0.0, 100.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn gelu_tanh(x: &Tensor) -> Result<Tensor> {
    of_one(x, GeluTanh)
}

/// tanh(x): see [`Tanh`].
///
/// # Errors
///
/// As [`sigmoid()`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let x = Tensor::new(&[-1.0_f32, 100.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::tanh(&x)?.to_vec1::<f32>()?, [-0.7615942, 1.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn tanh(x: &Tensor) -> Result<Tensor> {
    of_one(x, Tanh)
}

/// silu(gate) up, of two tensors of one shape, in one pass: see [`SwiGlu`], which has the gates of other models too.
///
/// # Errors
///
/// As [`sigmoid()`], or if the shapes or the formats of the two differ.
///
/// ```
/// use candle_core::{Device, Tensor};
/// let gate = Tensor::new(&[1.0_f32, 40.0], &Device::Cpu)?;
/// let up = Tensor::new(&[2.0_f32, 3.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::swiglu(&gate, &up)?.to_vec1::<f32>()?, [1.4621172, 120.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn swiglu(gate: &Tensor, up: &Tensor) -> Result<Tensor> {
    of_two(gate, up, SwiGlu::default())
}

/// silu(gate) up, of the two halves of the last dimension, as `candle_nn::ops::swiglu` takes them: of the output of
/// one matrix product, which is not copied: see [`SwiGluHalves`].
///
/// # Errors
///
/// As [`sigmoid()`], or if the last dimension is odd or there is none.
///
/// ```
/// use candle_core::{Device, Tensor};
/// let gate_up = Tensor::new(&[[1.0_f32, 40.0, 2.0, 3.0]], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::swiglu_halves(&gate_up)?.to_vec2::<f32>()?, [[1.4621172, 120.0]]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn swiglu_halves(gate_up: &Tensor) -> Result<Tensor> {
    of_one(gate_up, SwiGluHalves::default())
}

/// The binary cross entropy of each logit with its label in \[0, 1\]: see [`BceWithLogits`].
///
/// # Errors
///
/// As [`swiglu`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let logits = Tensor::new(&[0.0_f32, -100.0], &Device::Cpu)?;
/// let labels = Tensor::new(&[0.25_f32, 1.0], &Device::Cpu)?;
/// assert_eq!(sigmoid_candle::bce_with_logits(&logits, &labels)?.to_vec1::<f32>()?, [0.6931472, 100.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn bce_with_logits(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    of_two(logits, labels, BceWithLogits)
}

/// The mean of [`bce_with_logits`], summed by candle: in the place of
/// `candle_nn::loss::binary_cross_entropy_with_logit`, which is NaN from logits of 17 on in `f32`.
///
/// # Errors
///
/// As [`swiglu`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// let logits = Tensor::new(&[100.0_f32, -200.0], &Device::Cpu)?;
/// let labels = Tensor::new(&[0.0_f32, 1.0], &Device::Cpu)?;
/// let loss = sigmoid_candle::binary_cross_entropy_with_logits(&logits, &labels)?;
/// assert_eq!(loss.to_scalar::<f32>()?, 150.0);
/// # Ok::<(), candle_core::Error>(())
/// ```
pub fn binary_cross_entropy_with_logits(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    bce_with_logits(logits, labels)?.mean_all()
}

/// Candle keeps the operation only where it has to find its way back: two allocations less for small tensors.
fn of_one<Op: CustomOp1 + Send + Sync + 'static>(x: &Tensor, op: Op) -> Result<Tensor> {
    if x.track_op() { x.apply_op1(op) } else { x.apply_op1_no_bwd(&op) }
}

/// See [`of_one`].
fn of_two<Op: CustomOp2 + Send + Sync + 'static>(x: &Tensor, y: &Tensor, op: Op) -> Result<Tensor> {
    if x.track_op() || y.track_op() { x.apply_op2(y, op) } else { x.apply_op2_no_bwd(y, &op) }
}
