//! The operations as candle knows them: a name, the way forward, the way back.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, CustomOp3, InplaceOp1, Layout, Result, Shape, Tensor};
use sigmoid::ops;

use crate::compute::{BackOfTwo, EveryFormat, OfOne, OfTwo};
use crate::rows::{apply, apply_in_place};

/// Expands to an operation of one input: what it computes, and the way back, of its argument or of its result and the
/// gradient of that.
macro_rules! of_one {
    (@argument $argument:ident, $result:ident) => {
        $argument
    };
    (@result $argument:ident, $result:ident) => {
        $result
    };
    ($(#[$doc:meta])* $op:ident, $name:literal, $forward:expr, $backward:expr, of $known:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $op;

        impl CustomOp1 for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
                Ok((apply($name, $forward, [(storage, layout)])?, layout.shape().clone()))
            }

            #[allow(unused_variables)] // (One of the two.)
            fn bwd(&self, argument: &Tensor, result: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
                let backward = Back(concat!($name, "-backward"), OfTwo($backward));
                Ok(Some(of_one!(@$known argument, result).apply_op2(gradient, backward)?))
            }
        }

        impl InplaceOp1 for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
                apply_in_place($name, $forward, storage, layout)
            }
        }
    };
}

of_one! {
    /// s(x) = 1 / (1 + e^-x), with the errors of [`sigmoid::bounds::forward`]; in `bf16` and `f16` correctly rounded.
    ///
    /// The way back is grad s (1 - s) of the result s ([`ops::SigmoidBackward`]), as candle has it: from where s rounds
    /// to 1 on, it is 0.
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// let x = Tensor::new(&[0.0_f32, 40.0], &Device::Cpu)?;
    /// x.inplace_op1(&sigmoid_candle::Sigmoid)?;
    /// assert_eq!(x.to_vec1::<f32>()?, [0.5, 1.0]);
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    Sigmoid, "sigmoid", OfOne(ops::Sigmoid), ops::SigmoidBackward, of result
}

of_one! {
    /// x s(x), with the errors of [`ops::Silu`]; in `bf16` and `f16` correctly rounded. Back: [`ops::SiluBackward`].
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// let x = Tensor::new(&[-1.0_f32, 100.0], &Device::Cpu)?.apply_op1(sigmoid_candle::Silu)?;
    /// assert_eq!(x.to_vec1::<f32>()?, [-0.26894143, 100.0]);
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    Silu, "silu", OfOne(ops::Silu), ops::SiluBackward, of argument
}

of_one! {
    /// ln(1 + e^x), with the errors of [`ops::Softplus`]. Back: [`ops::SoftplusBackward`].
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// let x = Tensor::new(&[0.0_f32, 100.0], &Device::Cpu)?.apply_op1(sigmoid_candle::Softplus)?;
    /// assert_eq!(x.to_vec1::<f32>()?, [0.6931472, 100.0]);
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    Softplus, "softplus", OfOne(ops::Softplus), ops::SoftplusBackward, of argument
}

of_one! {
    /// ln s(x), with the errors of [`ops::LogSigmoid`]. Back: [`ops::LogSigmoidBackward`].
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// let x = Tensor::new(&[0.0_f32, -100.0], &Device::Cpu)?.apply_op1(sigmoid_candle::LogSigmoid)?;
    /// assert_eq!(x.to_vec1::<f32>()?, [-0.6931472, -100.0]);
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    LogSigmoid, "log-sigmoid", OfOne(ops::LogSigmoid), ops::LogSigmoidBackward, of argument
}

of_one! {
    /// GELU by way of tanh, with the errors of [`ops::GeluTanh`]. Back: [`ops::GeluTanhBackward`].
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// let x = Tensor::new(&[0.0_f32, 100.0], &Device::Cpu)?.apply_op1(sigmoid_candle::GeluTanh)?;
    /// assert_eq!(x.to_vec1::<f32>()?, [0.0, 100.0]);
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    GeluTanh, "gelu-tanh", OfOne(ops::GeluTanh), ops::GeluTanhBackward, of argument
}

of_one! {
    /// tanh(x), with the errors of [`ops::Tanh`]. Back, of the result: [`ops::TanhBackward`].
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// let x = Tensor::new(&[-1.0_f32, 100.0], &Device::Cpu)?.apply_op1(sigmoid_candle::Tanh)?;
    /// assert_eq!(x.to_vec1::<f32>()?, [-0.7615942, 1.0]);
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    Tanh, "tanh", OfOne(ops::Tanh), ops::TanhBackward, of result
}

/// The gated linear unit of SiLU, of a gate and what passes it, with the parameters and the errors of [`ops::SwiGlu`];
/// the default is silu(gate) up. Back, to both in one pass: [`ops::SwiGluBackward`].
///
/// ```
/// use candle_core::{Device, Tensor};
/// use sigmoid::ops;
/// use sigmoid_candle::SwiGlu;
///
/// let gate = Tensor::new(&[0.0_f32, 100.0], &Device::Cpu)?;
/// let up = Tensor::new(&[1.0_f32, -2.0], &Device::Cpu)?;
/// let gpt_oss = SwiGlu(ops::SwiGlu { alpha: 1.702, limit: 7.0, offset: 1.0 });
/// assert_eq!(gate.apply_op2(&up, gpt_oss)?.to_vec1::<f32>()?, [0.0, -6.9999533]);
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SwiGlu(pub ops::SwiGlu);

impl CustomOp2 for SwiGlu {
    fn name(&self) -> &'static str {
        "swiglu"
    }

    fn cpu_fwd(
        &self,
        gate: &CpuStorage,
        of_gate: &Layout,
        up: &CpuStorage,
        of_up: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let result = apply(self.name(), OfTwo(self.0), [(gate, of_gate), (up, of_up)])?;
        Ok((result, of_gate.shape().clone()))
    }

    fn bwd(
        &self,
        gate: &Tensor,
        up: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let backward = BackOfTwo(ops::SwiGluBackward::from(self.0));
        let both = gate.apply_op3(up, gradient, Back("swiglu-backward", backward))?;
        Ok((Some(both.get(0)?), Some(both.get(1)?)))
    }
}

/// The binary cross entropy of a logit and its label in [0, 1], for each element, with the errors of
/// [`ops::BceWithLogits`].
///
/// Back to the logits: [`ops::BceWithLogitsGradient`], which candle multiplies with the gradient. Labels have one
/// too, if they are variables.
///
/// ```
/// use candle_core::{Device, Tensor};
/// let logits = Tensor::new(&[0.0_f32, -100.0], &Device::Cpu)?;
/// let labels = Tensor::new(&[0.25_f32, 1.0], &Device::Cpu)?;
/// let loss = logits.apply_op2(&labels, sigmoid_candle::BceWithLogits)?;
/// assert_eq!(loss.to_vec1::<f32>()?, [0.6931472, 100.0]);
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BceWithLogits;

impl CustomOp2 for BceWithLogits {
    fn name(&self) -> &'static str {
        "bce-with-logits"
    }

    fn cpu_fwd(
        &self,
        logits: &CpuStorage,
        of_logits: &Layout,
        labels: &CpuStorage,
        of_labels: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let op = OfTwo(ops::BceWithLogits);
        let result = apply(self.name(), op, [(logits, of_logits), (labels, of_labels)])?;
        Ok((result, of_logits.shape().clone()))
    }

    fn bwd(
        &self,
        logits: &Tensor,
        labels: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let slope = Back("bce-with-logits-backward", OfTwo(ops::BceWithLogitsGradient));
        let of_logits = logits.apply_op2(labels, slope)?.mul(gradient)?;
        let of_labels = if labels.track_op() { Some(logits.neg()?.mul(gradient)?) } else { None };
        Ok((Some(of_logits), of_labels))
    }
}

/// A way back, with its name. It has none by itself: gradients of gradients are an error, and not wrong.
struct Back<C>(&'static str, C);

impl<C: EveryFormat<2, 1>> CustomOp2 for Back<C> {
    fn name(&self) -> &'static str {
        self.0
    }

    fn cpu_fwd(
        &self,
        known: &CpuStorage,
        of_known: &Layout,
        gradient: &CpuStorage,
        of_gradient: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let result = apply(self.0, self.1, [(known, of_known), (gradient, of_gradient)])?;
        Ok((result, of_known.shape().clone()))
    }
}

/// Both gradients, as a tensor with a dimension more.
impl<C: EveryFormat<3, 2>> CustomOp3 for Back<C> {
    fn name(&self) -> &'static str {
        self.0
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        of_x: &Layout,
        y: &CpuStorage,
        of_y: &Layout,
        gradient: &CpuStorage,
        of_gradient: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let result = apply(self.0, self.1, [(x, of_x), (y, of_y), (gradient, of_gradient)])?;
        Ok((result, Shape::from([&[2], of_x.dims()].concat())))
    }
}
