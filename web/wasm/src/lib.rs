//! The library's kernels as a page calls them.
//!
//! The page writes numbers to one buffer, calls `compute`, and reads the results from another. Nothing is imported, and
//! nothing is allocated. On other targets this is the list of operations, by which a program computes what the page
//! must show: `examples/expected.rs`.
#![cfg_attr(target_family = "wasm", no_std)]

use half::{bf16, f16};
use sigmoid::{Accuracy, Kernels, ops, reference};

/// From the first slice to the second, with a c that only some look at. Panics if the slices have different lengths.
pub type Compute<T> = fn(&[T], &mut [T], f32);

/// What the page can ask for.
pub struct Operation {
    /// By which the page knows it.
    pub name: &'static str,
    /// In single precision.
    pub f32: Compute<f32>,
    /// In double precision.
    pub f64: Compute<f64>,
    /// In bf16, where there is such a kernel.
    pub bf16: Option<Compute<bf16>>,
    /// In f16, where there is such a kernel.
    pub f16: Option<Compute<f16>>,
}

/// The operations, and their names in one text.
macro_rules! operations {
    (@half halves $compute:expr) => { Some($compute) };
    (@half $compute:expr) => { None };
    ($($name:ident $($halves:ident)? => $compute:expr,)*) => {
        /// What the page can ask for. It knows an operation by its place here.
        pub static OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($name),
            f32: $compute,
            f64: $compute,
            bf16: operations!(@half $($halves)? $compute),
            f16: operations!(@half $($halves)? $compute),
        }),*];

        /// Their names in this order, each with a blank after it.
        pub const NAMES: &str = concat!($(stringify!($name), " "),*);
    };
}

operations! {
    sigmoid halves => |x, y, _| Kernels::new().map(ops::Sigmoid, x, y),
    derivative halves => |x, y, _| Kernels::new().map(ops::SigmoidDerivative, x, y),
    exact_sigmoid => |x, y, _| exact().forward(x, y),
    exact_derivative => |x, y, _| exact().derivative(x, y),
    scaled => |x, y, c| Kernels::new().map(ops::Scaled(c), x, y),
    silu halves => |x, y, _| Kernels::new().map(ops::Silu, x, y),
    silu_derivative => |x, y, _| Kernels::new().map(ops::SiluDerivative, x, y),
    softplus => |x, y, _| Kernels::new().map(ops::Softplus, x, y),
    log_sigmoid => |x, y, _| Kernels::new().map(ops::LogSigmoid, x, y),
    tanh => |x, y, _| Kernels::new().map(ops::Tanh, x, y),
    gelu_tanh => |x, y, _| Kernels::new().map(ops::GeluTanh, x, y),
    naive_sigmoid => |x, y, _| each(x, y, reference::naive_sigmoid),
    naive_quotient => |x, y, _| each(x, y, reference::derivative_quotient),
    naive_product => |x, y, _| each(x, y, reference::derivative_product),
    naive_positive_exponent => |x, y, _| each(x, y, reference::derivative_positive_exponent),
    naive_silu => |x, y, _| each(x, y, reference::naive_silu),
    naive_softplus => |x, y, _| each(x, y, reference::naive_softplus),
    naive_tanh => |x, y, _| each(x, y, reference::naive_tanh),
    naive_gelu_tanh => |x, y, _| each(x, y, reference::naive_gelu_tanh),
}

fn exact() -> Kernels {
    Kernels::new().accuracy(Accuracy::Exact)
}

fn each<T: Copy>(x: &[T], y: &mut [T], formula: fn(T) -> T) {
    x.iter().zip(y).for_each(|(&x, y)| *y = formula(x));
}

#[cfg(target_family = "wasm")]
mod page;
