//! The operations of [`sigmoid::ops`], one like the other: what all of them promise is tested over this list, and an
//! operation is added to it by a line.

use sigmoid::Kernels;
#[cfg(feature = "activations")]
use sigmoid::ops::*;
#[cfg(not(feature = "activations"))]
use sigmoid::ops::{Sigmoid, SigmoidBackward, SigmoidDerivative};

use super::{Format, mixture};

/// gpt-oss's gate.
#[cfg(feature = "activations")]
pub const GPT_OSS: SwiGlu = SwiGlu { alpha: 1.702, limit: 7.0, offset: 1.0 };

#[cfg(feature = "activations")]
pub const GATES: [SwiGlu; 6] = [
    SwiGlu { alpha: 1.0, limit: f32::INFINITY, offset: 0.0 },
    GPT_OSS,
    SwiGlu { alpha: 0.01, limit: f32::INFINITY, offset: 0.0 },
    SwiGlu { alpha: 100.0, limit: 1e9, offset: -1.0 },
    SwiGlu { alpha: -1.5, limit: f32::INFINITY, offset: 0.0 },
    SwiGlu { alpha: 0.0, limit: 3.0, offset: 0.5 },
];

/// Slices to be read, of which an operation takes as many as it has inputs.
pub type Inputs<'a, T> = [&'a [T]; 3];

/// Slices to be written, likewise.
pub type Outputs<'a, T> = [&'a mut [T]; 2];

/// An operation.
pub struct Member<T: 'static> {
    pub name: &'static str,
    pub inputs: usize,
    pub outputs: usize,
    /// Into slices of their own.
    pub compute: fn(Kernels, Inputs<T>, Outputs<T>),
    /// Into its inputs: each way of doing so, with what it takes as the input that is overwritten.
    pub in_place: &'static [(usize, InPlace<T>)],
}

/// A call that overwrites its second argument, one of the inputs.
pub type InPlace<T> = fn(Kernels, Inputs<T>, &mut [T]);

/// Expands to an operation on one slice, two, or two and a gradient.
macro_rules! member {
    (map $name:literal $op:expr) => {
        Member {
            name: $name,
            inputs: 1,
            outputs: 1,
            compute: |kernels, [x, ..], [y, _]| kernels.map($op, x, y),
            in_place: &[(0, |kernels, _, x| kernels.map_in_place($op, x))],
        }
    };
    (zip $name:literal $op:expr) => {
        Member {
            name: $name,
            inputs: 2,
            outputs: 1,
            compute: |kernels, [x, y, _], [z, _]| kernels.zip($op, x, y, z),
            in_place: &[
                (0, |kernels, [_, y, _], x| kernels.zip_into_first($op, x, y)),
                (1, |kernels, [x, ..], y| kernels.zip_into_second($op, x, y)),
            ],
        }
    };
    (gradients $name:literal $op:expr) => {
        Member {
            name: $name,
            inputs: 3,
            outputs: 2,
            compute: |kernels, [x, y, grad], [dx, dy]| kernels.gradients($op, x, y, grad, dx, dy),
            in_place: &[],
        }
    };
}

/// Expands to the operations of the sigmoid itself.
macro_rules! of_the_sigmoid {
    () => {
        vec![
            member!(map "sigmoid" Sigmoid),
            member!(map "sigmoid'" SigmoidDerivative),
            member!(zip "sigmoid backward" SigmoidBackward),
        ]
    };
}

/// Expands to what is made of it in both formats.
#[cfg(feature = "activations")]
macro_rules! activations {
    () => {
        [
            member!(map "silu" Silu),
            member!(map "silu'" SiluDerivative),
            member!(zip "swiglu" GATES[0]),
            member!(zip "swiglu of gpt-oss" GPT_OSS),
            member!(zip "swiglu, flat" GATES[2]),
            member!(zip "swiglu, steep" GATES[3]),
            member!(zip "swiglu, falling" GATES[4]),
            member!(zip "swiglu, alpha 0" GATES[5]),
            member!(map "s(x)" Scaled(1.0)),
            member!(map "s(1.702 x)" Scaled(1.702)),
            member!(map "s(0.01 x)" Scaled(0.01)),
            member!(map "s(-100 x)" Scaled(-100.0)),
            member!(map "s(0 x)" Scaled(0.0)),
            member!(map "quick gelu" QuickGelu),
            member!(zip "glu" Glu),
            member!(zip "silu backward" SiluBackward),
            member!(gradients "swiglu backward" SwiGluBackward::from(GATES[0])),
            member!(gradients "swiglu backward of gpt-oss" SwiGluBackward::from(GPT_OSS)),
            member!(gradients "swiglu backward, flat" SwiGluBackward::from(GATES[2])),
            member!(gradients "swiglu backward, steep" SwiGluBackward::from(GATES[3])),
            member!(gradients "swiglu backward, falling" SwiGluBackward::from(GATES[4])),
            member!(gradients "swiglu backward, alpha 0" SwiGluBackward::from(GATES[5])),
            member!(map "tanh" Tanh),
            member!(map "tanh'" TanhDerivative),
            member!(zip "tanh backward" TanhBackward),
            member!(map "gelu by tanh" GeluTanh),
            member!(zip "gelu by tanh backward" GeluTanhBackward),
            member!(map "softplus" Softplus),
            member!(map "log-sigmoid" LogSigmoid),
            member!(zip "softplus backward" SoftplusBackward),
            member!(zip "log-sigmoid backward" LogSigmoidBackward),
            member!(map "logit" Logit),
            member!(zip "bce with logits" BceWithLogits),
            member!(zip "gradient of bce with logits" BceWithLogitsGradient),
        ]
    };
}

/// Expands to calls of a function of a format, one for each that there are operations in.
#[allow(unused_macros)] // every test binary uses a part of all this
macro_rules! in_every_format {
    ($check:ident($($argument:expr),*)) => {
        $check::<f32>($($argument),*);
        $check::<f64>($($argument),*);
        #[cfg(feature = "half")]
        $check::<half::bf16>($($argument),*);
        #[cfg(feature = "half")]
        $check::<half::f16>($($argument),*);
    };
}
#[allow(unused_imports)] // likewise
pub(crate) use in_every_format;

/// A format, with all its operations.
pub trait Family: Format {
    fn members() -> Vec<Member<Self>>;
}

impl Family for f32 {
    fn members() -> Vec<Member<f32>> {
        #[cfg_attr(not(feature = "activations"), expect(unused_mut))]
        let mut members = of_the_sigmoid!();
        #[cfg(feature = "activations")]
        {
            members.extend(activations!());
            members.push(member!(map "gelu" Gelu));
        }
        members
    }
}

impl Family for f64 {
    fn members() -> Vec<Member<f64>> {
        #[cfg_attr(not(feature = "activations"), expect(unused_mut))]
        let mut members = of_the_sigmoid!();
        #[cfg(feature = "activations")]
        members.extend(activations!());
        members
    }
}

/// Expands to a format of half precision.
#[cfg(feature = "half")]
macro_rules! half {
    ($format:ident) => {
        impl Family for half::$format {
            fn members() -> Vec<Member<half::$format>> {
                let mut members = of_the_sigmoid!();
                members.extend(activations!());
                members.push(member!(map "gelu" Gelu));
                members.push(member!(zip "swiglu in two steps" SwiGluInTwoSteps));
                members
            }
        }
    };
}

#[cfg(feature = "half")]
half!(bf16);
#[cfg(feature = "half")]
half!(f16);

impl<T: Family> Member<T> {
    /// Inputs in which something could go wrong.
    pub fn mixed(len: usize) -> [Vec<T>; 3] {
        [mixture(len, 0x51), mixture(len, 0x0b), mixture(len, 0x9a)]
    }

    /// The results, in memory of their own.
    pub fn results(&self, kernels: Kernels, inputs: Inputs<T>) -> Vec<Vec<T>> {
        let mut outputs = [(); 2].map(|()| vec![T::default(); inputs[0].len()]);
        let [first, second] = &mut outputs;
        (self.compute)(kernels, inputs, [first, second]);
        outputs.into_iter().take(self.outputs).collect()
    }
}
