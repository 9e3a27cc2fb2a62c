//! Every function that computes: a table of their names, formats, parameters and what they call.
//!
//! A function has all operands as parameters, and a twin `_ex` that says how to compute. `T` is the format in C.

use std::ptr;

use half::{bf16, f16};
use sigmoid::Kernels;
use sigmoid::ops::*;

use crate::call::{self, Format, Offers};
use crate::options::{Options, SwigluParameters, gate_of, slope_of};
use crate::status::Status;

/// A function as the header must declare it.
#[cfg(test)]
pub struct Declaration {
    pub doc: &'static str,
    pub format: &'static str,
    pub names: [&'static str; 2],
    /// As they are written in the table.
    pub parameters: &'static str,
}

/// Expands to both functions of a line. Their operands go to the function of `call.rs`; what else they have, to the
/// operation: behind a semicolon what both have, behind a bar what only the second has, and may be null.
macro_rules! function {
    ($doc:literal $format:ident $offers:ident $shape:ident
        ($($x:ident: $x_type:ty),* $(; $both:ident: $both_type:ty)? $(| $more:ident: $more_type:ty)?)
        $op:tt $name:ident $name_ex:ident) => {
        const _: () = {
            type T = <$format as Format>::C;

            #[doc = $doc]
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name($($x: $x_type,)* $($both: $both_type)?) -> Status {
                $(let $more: $more_type = ptr::null();)?
                // SAFETY: as the caller vouches.
                unsafe { $name_ex($($x,)* $($both,)? $($more,)? ptr::null()) }
            }

            #[doc = $doc]
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name_ex(
                $($x: $x_type,)* $($both: $both_type,)? $($more: $more_type,)? options: *const Options
            ) -> Status {
                // SAFETY: as the caller vouches.
                unsafe { call::$shape::<$format, _>($($x,)* options, Offers::$offers, || Ok $op) }
            }
        };
    };
}

/// Expands to all functions, and to their declarations.
macro_rules! functions {
    ($($doc:literal $shape:ident $parameters:tt = $op:tt
        { $($format:ident, $offers:ident: $name:ident, $name_ex:ident;)* })*) => {
        $($(function!($doc $format $offers $shape $parameters $op $name $name_ex);)*)*

        #[cfg(test)]
        pub const DECLARATIONS: &[Declaration] = &[$($(Declaration {
            doc: $doc,
            format: stringify!($format),
            names: [stringify!($name), stringify!($name_ex)],
            parameters: stringify!($parameters),
        }),*),*];
    };
}

functions! {
    "y[i] = s(x[i]) = 1 / (1 + e^-x[i])"
    map(x: *const T, y: *mut T, n: usize) = (Sigmoid) {
        f32, Exact: sigmoid_forward_f32, sigmoid_forward_f32_ex;
        f64, Exact: sigmoid_forward_f64, sigmoid_forward_f64_ex;
        bf16, Exact: sigmoid_forward_bf16, sigmoid_forward_bf16_ex;
        f16, Exact: sigmoid_forward_f16, sigmoid_forward_f16_ex;
    }

    "The same into f32."
    map_into(x: *const T, y: *mut f32, n: usize) = (Sigmoid) {
        bf16, Fast: sigmoid_forward_bf16_to_f32, sigmoid_forward_bf16_to_f32_ex;
        f16, Fast: sigmoid_forward_f16_to_f32, sigmoid_forward_f16_to_f32_ex;
    }

    "dy[i] = s'(x[i]), from the inputs: nothing cancels."
    map(x: *const T, dy: *mut T, n: usize) = (SigmoidDerivative) {
        f32, Exact: sigmoid_derivative_f32, sigmoid_derivative_f32_ex;
        f64, Exact: sigmoid_derivative_f64, sigmoid_derivative_f64_ex;
        bf16, Exact: sigmoid_derivative_bf16, sigmoid_derivative_bf16_ex;
        f16, Exact: sigmoid_derivative_f16, sigmoid_derivative_f16_ex;
    }

    "y[i] = s(x[i]) and dy[i] = s'(x[i]), in one pass."
    split(x: *const T, y: *mut T, dy: *mut T, n: usize) = (Kernels::forward_with_derivative) {
        f32, Exact: sigmoid_forward_with_derivative_f32, sigmoid_forward_with_derivative_f32_ex;
        f64, Exact: sigmoid_forward_with_derivative_f64, sigmoid_forward_with_derivative_f64_ex;
        bf16, Exact: sigmoid_forward_with_derivative_bf16, sigmoid_forward_with_derivative_bf16_ex;
        f16, Exact: sigmoid_forward_with_derivative_f16, sigmoid_forward_with_derivative_f16_ex;
    }

    "grad_in[i] = grad_out[i] s[i] (1 - s[i]), from the outputs s of the forward pass."
    zip(s: *const T, grad_out: *const T, grad_in: *mut T, n: usize) = (SigmoidBackward) {
        f32, Exact: sigmoid_backward_f32, sigmoid_backward_f32_ex;
        f64, Exact: sigmoid_backward_f64, sigmoid_backward_f64_ex;
        bf16, Fast: sigmoid_backward_bf16, sigmoid_backward_bf16_ex;
        f16, Fast: sigmoid_backward_f16, sigmoid_backward_f16_ex;
    }

    "y[i] = s(c x[i]), of a c that is 0 or whose magnitude is from 2^-10 to 2^10. The product is not rounded."
    map(x: *const T, y: *mut T, n: usize; c: f32) = (Scaled(slope_of(c)?)) {
        f32, Fast: sigmoid_scaled_f32, sigmoid_scaled_f32_ex;
        f64, Fast: sigmoid_scaled_f64, sigmoid_scaled_f64_ex;
        bf16, Fast: sigmoid_scaled_bf16, sigmoid_scaled_bf16_ex;
        f16, Fast: sigmoid_scaled_f16, sigmoid_scaled_f16_ex;
    }

    "y[i] = x[i] s(x[i])"
    map(x: *const T, y: *mut T, n: usize) = (Silu) {
        f32, Fast: sigmoid_silu_f32, sigmoid_silu_f32_ex;
        f64, Fast: sigmoid_silu_f64, sigmoid_silu_f64_ex;
        bf16, Exact: sigmoid_silu_bf16, sigmoid_silu_bf16_ex;
        f16, Exact: sigmoid_silu_f16, sigmoid_silu_f16_ex;
    }

    "The same into f32."
    map_into(x: *const T, y: *mut f32, n: usize) = (Silu) {
        bf16, Fast: sigmoid_silu_bf16_to_f32, sigmoid_silu_bf16_to_f32_ex;
        f16, Fast: sigmoid_silu_f16_to_f32, sigmoid_silu_f16_to_f32_ex;
    }

    "dy[i] = silu'(x[i]), the derivative of x s(x)."
    map(x: *const T, dy: *mut T, n: usize) = (SiluDerivative) {
        f32, Fast: sigmoid_silu_derivative_f32, sigmoid_silu_derivative_f32_ex;
        f64, Fast: sigmoid_silu_derivative_f64, sigmoid_silu_derivative_f64_ex;
        bf16, Fast: sigmoid_silu_derivative_bf16, sigmoid_silu_derivative_bf16_ex;
        f16, Fast: sigmoid_silu_derivative_f16, sigmoid_silu_derivative_f16_ex;
    }

    "grad_in[i] = grad_out[i] silu'(x[i])"
    zip(x: *const T, grad_out: *const T, grad_in: *mut T, n: usize) = (SiluBackward) {
        f32, Fast: sigmoid_silu_backward_f32, sigmoid_silu_backward_f32_ex;
        f64, Fast: sigmoid_silu_backward_f64, sigmoid_silu_backward_f64_ex;
        bf16, Fast: sigmoid_silu_backward_bf16, sigmoid_silu_backward_bf16_ex;
        f16, Fast: sigmoid_silu_backward_f16, sigmoid_silu_backward_f16_ex;
    }

    "y[i] = silu(gate[i]) up[i], or what the parameters say."
    zip(gate: *const T, up: *const T, y: *mut T, n: usize | parameters: *const SwigluParameters)
    = ((gate_of(parameters)?)) {
        f32, Fast: sigmoid_swiglu_f32, sigmoid_swiglu_f32_ex;
        f64, Fast: sigmoid_swiglu_f64, sigmoid_swiglu_f64_ex;
        bf16, Fast: sigmoid_swiglu_bf16, sigmoid_swiglu_bf16_ex;
        f16, Fast: sigmoid_swiglu_f16, sigmoid_swiglu_f16_ex;
    }

    "The same into f32."
    zip_into(gate: *const T, up: *const T, y: *mut f32, n: usize | parameters: *const SwigluParameters)
    = ((gate_of(parameters)?)) {
        bf16, Fast: sigmoid_swiglu_bf16_to_f32, sigmoid_swiglu_bf16_to_f32_ex;
        f16, Fast: sigmoid_swiglu_f16_to_f32, sigmoid_swiglu_f16_to_f32_ex;
    }

    "sigmoid_swiglu of n pairs: gate[0], up[0], gate[1], up[1], ..."
    pairs(pairs: *const T, y: *mut T, n: usize | parameters: *const SwigluParameters) = (gate_of(parameters)?) {
        f32, Fast: sigmoid_swiglu_interleaved_f32, sigmoid_swiglu_interleaved_f32_ex;
        bf16, Fast: sigmoid_swiglu_interleaved_bf16, sigmoid_swiglu_interleaved_bf16_ex;
        f16, Fast: sigmoid_swiglu_interleaved_f16, sigmoid_swiglu_interleaved_f16_ex;
    }

    "The same into f32."
    pairs_into(pairs: *const T, y: *mut f32, n: usize | parameters: *const SwigluParameters)
    = ((gate_of(parameters)?)) {
        bf16, Fast: sigmoid_swiglu_interleaved_bf16_to_f32, sigmoid_swiglu_interleaved_bf16_to_f32_ex;
        f16, Fast: sigmoid_swiglu_interleaved_f16_to_f32, sigmoid_swiglu_interleaved_f16_to_f32_ex;
    }

    "sigmoid_swiglu of rows, of which each is n gate and then n up."
    halves(rows: *const T, y: *mut T, n: usize, count: usize | parameters: *const SwigluParameters)
    = ((gate_of(parameters)?)) {
        f32, Fast: sigmoid_swiglu_halves_f32, sigmoid_swiglu_halves_f32_ex;
        f64, Fast: sigmoid_swiglu_halves_f64, sigmoid_swiglu_halves_f64_ex;
        bf16, Fast: sigmoid_swiglu_halves_bf16, sigmoid_swiglu_halves_bf16_ex;
        f16, Fast: sigmoid_swiglu_halves_f16, sigmoid_swiglu_halves_f16_ex;
    }

    "The same into f32."
    halves_into(rows: *const T, y: *mut f32, n: usize, count: usize | parameters: *const SwigluParameters)
    = ((gate_of(parameters)?)) {
        bf16, Fast: sigmoid_swiglu_halves_bf16_to_f32, sigmoid_swiglu_halves_bf16_to_f32_ex;
        f16, Fast: sigmoid_swiglu_halves_f16_to_f32, sigmoid_swiglu_halves_f16_to_f32_ex;
    }

    "The gradients of gate and up through sigmoid_swiglu, from those of its results."
    gradients(gate: *const T, up: *const T, grad_out: *const T, grad_gate: *mut T, grad_up: *mut T, n: usize
        | parameters: *const SwigluParameters)
    = ((SwiGluBackward::from(gate_of(parameters)?))) {
        f32, Fast: sigmoid_swiglu_backward_f32, sigmoid_swiglu_backward_f32_ex;
        f64, Fast: sigmoid_swiglu_backward_f64, sigmoid_swiglu_backward_f64_ex;
        bf16, Fast: sigmoid_swiglu_backward_bf16, sigmoid_swiglu_backward_bf16_ex;
        f16, Fast: sigmoid_swiglu_backward_f16, sigmoid_swiglu_backward_f16_ex;
    }

    "y[i] = a[i] s(b[i])"
    zip(a: *const T, b: *const T, y: *mut T, n: usize) = (Glu) {
        f32, Fast: sigmoid_glu_f32, sigmoid_glu_f32_ex;
        f64, Fast: sigmoid_glu_f64, sigmoid_glu_f64_ex;
        bf16, Fast: sigmoid_glu_bf16, sigmoid_glu_bf16_ex;
        f16, Fast: sigmoid_glu_f16, sigmoid_glu_f16_ex;
    }

    "sigmoid_glu of rows, of which each is n a and then n b."
    halves(rows: *const T, y: *mut T, n: usize, count: usize) = (Glu) {
        f32, Fast: sigmoid_glu_halves_f32, sigmoid_glu_halves_f32_ex;
        f64, Fast: sigmoid_glu_halves_f64, sigmoid_glu_halves_f64_ex;
        bf16, Fast: sigmoid_glu_halves_bf16, sigmoid_glu_halves_bf16_ex;
        f16, Fast: sigmoid_glu_halves_f16, sigmoid_glu_halves_f16_ex;
    }

    "y[i] = x[i] s(1.702 x[i])"
    map(x: *const T, y: *mut T, n: usize) = (QuickGelu) {
        f32, Fast: sigmoid_quick_gelu_f32, sigmoid_quick_gelu_f32_ex;
        f64, Fast: sigmoid_quick_gelu_f64, sigmoid_quick_gelu_f64_ex;
        bf16, Exact: sigmoid_quick_gelu_bf16, sigmoid_quick_gelu_bf16_ex;
        f16, Exact: sigmoid_quick_gelu_f16, sigmoid_quick_gelu_f16_ex;
    }

    "y[i] = x[i]/2 (1 + tanh(sqrt(2 / pi) (x[i] + 0.044715 x[i]^3)))"
    map(x: *const T, y: *mut T, n: usize) = (GeluTanh) {
        f32, Fast: sigmoid_gelu_tanh_f32, sigmoid_gelu_tanh_f32_ex;
        f64, Fast: sigmoid_gelu_tanh_f64, sigmoid_gelu_tanh_f64_ex;
        bf16, Fast: sigmoid_gelu_tanh_bf16, sigmoid_gelu_tanh_bf16_ex;
        f16, Fast: sigmoid_gelu_tanh_f16, sigmoid_gelu_tanh_f16_ex;
    }

    "grad_in[i] = grad_out[i] times the derivative of sigmoid_gelu_tanh at x[i]."
    zip(x: *const T, grad_out: *const T, grad_in: *mut T, n: usize) = (GeluTanhBackward) {
        f32, Fast: sigmoid_gelu_tanh_backward_f32, sigmoid_gelu_tanh_backward_f32_ex;
        f64, Fast: sigmoid_gelu_tanh_backward_f64, sigmoid_gelu_tanh_backward_f64_ex;
        bf16, Fast: sigmoid_gelu_tanh_backward_bf16, sigmoid_gelu_tanh_backward_bf16_ex;
        f16, Fast: sigmoid_gelu_tanh_backward_f16, sigmoid_gelu_tanh_backward_f16_ex;
    }

    "y[i] = x[i]/2 (1 + erf(x[i] / sqrt(2)))"
    map(x: *const T, y: *mut T, n: usize) = (Gelu) {
        f32, Fast: sigmoid_gelu_f32, sigmoid_gelu_f32_ex;
        bf16, Fast: sigmoid_gelu_bf16, sigmoid_gelu_bf16_ex;
        f16, Fast: sigmoid_gelu_f16, sigmoid_gelu_f16_ex;
    }

    "y[i] = tanh(x[i])"
    map(x: *const T, y: *mut T, n: usize) = (Tanh) {
        f32, Fast: sigmoid_tanh_f32, sigmoid_tanh_f32_ex;
        f64, Fast: sigmoid_tanh_f64, sigmoid_tanh_f64_ex;
        bf16, Exact: sigmoid_tanh_bf16, sigmoid_tanh_bf16_ex;
        f16, Exact: sigmoid_tanh_f16, sigmoid_tanh_f16_ex;
    }

    "dy[i] = 1 - tanh(x[i])^2, from the inputs: nothing cancels."
    map(x: *const T, dy: *mut T, n: usize) = (TanhDerivative) {
        f32, Fast: sigmoid_tanh_derivative_f32, sigmoid_tanh_derivative_f32_ex;
        f64, Fast: sigmoid_tanh_derivative_f64, sigmoid_tanh_derivative_f64_ex;
        bf16, Fast: sigmoid_tanh_derivative_bf16, sigmoid_tanh_derivative_bf16_ex;
        f16, Fast: sigmoid_tanh_derivative_f16, sigmoid_tanh_derivative_f16_ex;
    }

    "grad_in[i] = grad_out[i] (1 - y[i]^2), from the outputs y of sigmoid_tanh."
    zip(y: *const T, grad_out: *const T, grad_in: *mut T, n: usize) = (TanhBackward) {
        f32, Fast: sigmoid_tanh_backward_f32, sigmoid_tanh_backward_f32_ex;
        f64, Fast: sigmoid_tanh_backward_f64, sigmoid_tanh_backward_f64_ex;
        bf16, Fast: sigmoid_tanh_backward_bf16, sigmoid_tanh_backward_bf16_ex;
        f16, Fast: sigmoid_tanh_backward_f16, sigmoid_tanh_backward_f16_ex;
    }

    "y[i] = ln(1 + e^x[i])"
    map(x: *const T, y: *mut T, n: usize) = (Softplus) {
        f32, Fast: sigmoid_softplus_f32, sigmoid_softplus_f32_ex;
        f64, Fast: sigmoid_softplus_f64, sigmoid_softplus_f64_ex;
        bf16, Fast: sigmoid_softplus_bf16, sigmoid_softplus_bf16_ex;
        f16, Fast: sigmoid_softplus_f16, sigmoid_softplus_f16_ex;
    }

    "grad_in[i] = grad_out[i] s(x[i]), the way back through sigmoid_softplus."
    zip(x: *const T, grad_out: *const T, grad_in: *mut T, n: usize) = (SoftplusBackward) {
        f32, Fast: sigmoid_softplus_backward_f32, sigmoid_softplus_backward_f32_ex;
        f64, Fast: sigmoid_softplus_backward_f64, sigmoid_softplus_backward_f64_ex;
        bf16, Fast: sigmoid_softplus_backward_bf16, sigmoid_softplus_backward_bf16_ex;
        f16, Fast: sigmoid_softplus_backward_f16, sigmoid_softplus_backward_f16_ex;
    }

    "y[i] = ln s(x[i])"
    map(x: *const T, y: *mut T, n: usize) = (LogSigmoid) {
        f32, Fast: sigmoid_log_sigmoid_f32, sigmoid_log_sigmoid_f32_ex;
        f64, Fast: sigmoid_log_sigmoid_f64, sigmoid_log_sigmoid_f64_ex;
        bf16, Fast: sigmoid_log_sigmoid_bf16, sigmoid_log_sigmoid_bf16_ex;
        f16, Fast: sigmoid_log_sigmoid_f16, sigmoid_log_sigmoid_f16_ex;
    }

    "grad_in[i] = grad_out[i] s(-x[i]), the way back through sigmoid_log_sigmoid."
    zip(x: *const T, grad_out: *const T, grad_in: *mut T, n: usize) = (LogSigmoidBackward) {
        f32, Fast: sigmoid_log_sigmoid_backward_f32, sigmoid_log_sigmoid_backward_f32_ex;
        f64, Fast: sigmoid_log_sigmoid_backward_f64, sigmoid_log_sigmoid_backward_f64_ex;
        bf16, Fast: sigmoid_log_sigmoid_backward_bf16, sigmoid_log_sigmoid_backward_bf16_ex;
        f16, Fast: sigmoid_log_sigmoid_backward_f16, sigmoid_log_sigmoid_backward_f16_ex;
    }

    "y[i] = ln(p[i] / (1 - p[i])), the inverse of the sigmoid: NaN outside of [0, 1]."
    map(p: *const T, y: *mut T, n: usize) = (Logit) {
        f32, Fast: sigmoid_logit_f32, sigmoid_logit_f32_ex;
        f64, Fast: sigmoid_logit_f64, sigmoid_logit_f64_ex;
        bf16, Fast: sigmoid_logit_bf16, sigmoid_logit_bf16_ex;
        f16, Fast: sigmoid_logit_f16, sigmoid_logit_f16_ex;
    }

    "loss[i] = the binary cross entropy of the logit x[i] and the label z[i] in [0, 1]."
    zip(x: *const T, z: *const T, loss: *mut T, n: usize) = (BceWithLogits) {
        f32, Fast: sigmoid_bce_with_logits_f32, sigmoid_bce_with_logits_f32_ex;
        f64, Fast: sigmoid_bce_with_logits_f64, sigmoid_bce_with_logits_f64_ex;
        bf16, Fast: sigmoid_bce_with_logits_bf16, sigmoid_bce_with_logits_bf16_ex;
        f16, Fast: sigmoid_bce_with_logits_f16, sigmoid_bce_with_logits_f16_ex;
    }

    "grad[i] = s(x[i]) - z[i], the gradient of sigmoid_bce_with_logits for x."
    zip(x: *const T, z: *const T, grad: *mut T, n: usize) = (BceWithLogitsGradient) {
        f32, Fast: sigmoid_bce_with_logits_gradient_f32, sigmoid_bce_with_logits_gradient_f32_ex;
        f64, Fast: sigmoid_bce_with_logits_gradient_f64, sigmoid_bce_with_logits_gradient_f64_ex;
        bf16, Fast: sigmoid_bce_with_logits_gradient_bf16, sigmoid_bce_with_logits_gradient_bf16_ex;
        f16, Fast: sigmoid_bce_with_logits_gradient_f16, sigmoid_bce_with_logits_gradient_f16_ex;
    }

    "The sum of the losses of sigmoid_bce_with_logits, with the same bits on any number of threads; of none, 0."
    reduce(x: *const T, z: *const T, n: usize, sum: *mut f64) = (Kernels::bce_with_logits_sum) {
        f32, Fast: sigmoid_bce_with_logits_sum_f32, sigmoid_bce_with_logits_sum_f32_ex;
        f64, Fast: sigmoid_bce_with_logits_sum_f64, sigmoid_bce_with_logits_sum_f64_ex;
        bf16, Fast: sigmoid_bce_with_logits_sum_bf16, sigmoid_bce_with_logits_sum_bf16_ex;
        f16, Fast: sigmoid_bce_with_logits_sum_f16, sigmoid_bce_with_logits_sum_f16_ex;
    }

    "The mean of the losses of sigmoid_bce_with_logits; of none, NaN."
    reduce(x: *const T, z: *const T, n: usize, mean: *mut f64) = (Kernels::bce_with_logits_mean) {
        f32, Fast: sigmoid_bce_with_logits_mean_f32, sigmoid_bce_with_logits_mean_f32_ex;
        f64, Fast: sigmoid_bce_with_logits_mean_f64, sigmoid_bce_with_logits_mean_f64_ex;
        bf16, Fast: sigmoid_bce_with_logits_mean_bf16, sigmoid_bce_with_logits_mean_bf16_ex;
        f16, Fast: sigmoid_bce_with_logits_mean_f16, sigmoid_bce_with_logits_mean_f16_ex;
    }
}
