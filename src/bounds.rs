//! The stated errors: what may be assumed of a result.
//!
//! Each is the largest |result - truth| in units in the last place (ULP): the distance between the numbers of the
//! format at the correctly rounded truth, and among subnormal numbers the smallest positive one. Where the exact value
//! is promised, as at zero, infinities and NaN, there is no error at all ([`Kernels`]).
//!
//! ```
//! use sigmoid::{Accuracy, Kernels, bounds};
//!
//! let kernels = Kernels::new();
//! let mut y = [0.0_f32];
//! kernels.forward(&[-1.0], &mut y);
//! let error = f64::from(y[0]) - 0.2689414213699951; // s(-1)
//! let unit = f64::from(f32::EPSILON) / 4.0; // in [1/4, 1/2)
//! assert!(error.abs() / unit <= bounds::forward::<f32>(&kernels));
//!
//! assert_eq!(bounds::forward::<f32>(&kernels.accuracy(Accuracy::Exact)), 0.5);
//! ```
//!
//! | | | Fast, with FMA | Fast, without | Fast, scalar | Exact |
//! |---|---|---:|---:|---:|---:|
//! | [`forward`] | `f32` | 2.5 | 2.7 | 0.501 | 0.5 |
//! | | `f64` | 2.65 | 2.85 | 2.6 | 0.5 |
//! | [`derivative`] | `f32` | 3.4 | 3.4 | 0.501 | 0.5 |
//! | | `f64` | 3.75 | 3.75 | 4.2 | 0.5 |
//! | [`backward`] | `f32` | 2.6 | 2.6 | 0.501 | 0.5 |
//! | | `f64` | 2.6 | 2.6 | 2.6 | 0.5 |
//!
//! [`Kernels::forward_with_derivative`] has the bits of the two, and so their errors. What each number rests on
//! stands with it: [`FORWARD_F32`] and those beside it.

#[cfg(test)]
mod derivation;
mod family;

pub use family::*;

use crate::accuracy::Accuracy;
use crate::backend::Backend;
use crate::element::{Element, Kind};
use crate::kernels::Kernels;

/// Correctly rounded: half a unit.
pub const EXACT: f64 = 0.5;

/// The largest errors of one operation in one format when [`Accuracy::Fast`], in units in the last place.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fast {
    /// On backends [with fused multiply-add](Backend::has_fma).
    pub with_fma: f64,
    /// On backends in registers without it.
    pub without_fma: f64,
    /// On [`Backend::Scalar`].
    pub scalar: f64,
}

impl Fast {
    /// The one for a backend.
    pub const fn on(self, backend: Backend) -> f64 {
        match backend {
            Backend::Scalar => self.scalar,
            _ if backend.has_fma() => self.with_fma,
            _ => self.without_fma,
        }
    }

    const fn or_exact(self, how: &Kernels) -> f64 {
        match how.selected_accuracy() {
            Accuracy::Fast => self.on(how.selected_backend()),
            Accuracy::Exact => EXACT,
        }
    }
}

/// The operations in one format.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Errors {
    forward: Fast,
    derivative: Fast,
    backward: Fast,
}

impl Errors {
    pub(crate) const F32: Self =
        Self { forward: FORWARD_F32, derivative: DERIVATIVE_F32, backward: BACKWARD_F32 };
    pub(crate) const F64: Self =
        Self { forward: FORWARD_F64, derivative: DERIVATIVE_F64, backward: BACKWARD_F64 };
}

/// [`Kernels::forward`] in `f32`, by trying all 2^32 inputs.
///
/// | | worst input | error |
/// |---|---|---:|
/// | with FMA | `0xbff99088`, -1.9497232 | 2.4789 |
/// | without | `0xbff94d5f`, -1.9476737 | 2.6074 |
/// | scalar | next to every middle between two floats | 0.5000 |
///
/// The command `sigmoid verify --dtype f32` tries them all again. The test `worst_cases_of_the_sigmoid` of
/// `sigmoid-conformance` holds these against every backend.
pub const FORWARD_F32: Fast = Fast { with_fma: 2.5, without_fma: 2.7, scalar: 0.501 };

/// [`Kernels::forward`] in `f64`, by derivation; on [`Backend::Scalar`], by search.
///
/// | | largest possible | worst input found | error |
/// |---|---:|---|---:|
/// | with FMA | 2.629 | `0xbff19715c05f61cd`, -1.0993859781793731 | 2.6036 |
/// | without | 2.837 | `0xbff19715c213453d`, -1.0993859845223846 | 2.8008 |
/// | scalar | not known | `0xc01bb8ed70d0f89a`, -6.930593264345726 | 2.4966 |
///
/// `src/bounds/derivation.rs` counts the roundings; its test `no_f64_can_exceed_the_stated_errors` adds them up over the
/// whole line, and the test `next_to_powers_of_two` of `sigmoid-conformance` tries the few thousand inputs that it
/// leaves out. The scalar path rests on an exponential that promises 1 ULP and is mostly much better: its bound is
/// what 5 billion points showed, 0.3 billion of them on this path (`conformance/examples/worst_cases.rs`), and a
/// tenth. 64 times as many points had raised the largest error by 0.03. The test `worst_cases_of_the_sigmoid` holds
/// these inputs against every backend.
pub const FORWARD_F64: Fast = Fast { with_fma: 2.65, without_fma: 2.85, scalar: 2.6 };

/// [`Kernels::derivative`] in `f32`, by trying all 2^32 inputs.
///
/// | | worst input | error |
/// |---|---|---:|
/// | with FMA | `0x40c787b3`, 6.2353148 | 3.3283 |
/// | without | `0x4133d585`, 11.239629 | 3.3530 |
/// | scalar | next to every middle between two floats | 0.5000 |
///
/// The command `sigmoid verify --dtype f32` tries them all again. The test `worst_cases_of_the_derivative` of
/// `sigmoid-conformance` holds these against every backend.
pub const DERIVATIVE_F32: Fast = Fast { with_fma: 3.4, without_fma: 3.4, scalar: 0.501 };

/// [`Kernels::derivative`] in `f64`, by derivation; on [`Backend::Scalar`], by search.
///
/// | | largest possible | worst input found | error |
/// |---|---:|---|---:|
/// | with FMA | 3.716 | `0xc02e7f9c127e0fbd`, -15.249237611664165 | 3.6130 |
/// | without | 3.747 | the same | 3.6130 |
/// | scalar | not known | `0xc018f020ce50d88c`, -6.234500144657556 | 3.9231 |
///
/// The tests are those of [`FORWARD_F64`], and `worst_cases_of_the_derivative`. The largest errors stand where
/// s(-|x|) is next above a power of two and s' next below, which is why the search looks there by itself.
pub const DERIVATIVE_F64: Fast = Fast { with_fma: 3.75, without_fma: 3.75, scalar: 4.2 };

/// [`Kernels::backward`] in `f32`, by derivation; on [`Backend::Scalar`], one rounding from `f64`.
///
/// | | largest possible | worst inputs found | error |
/// |---|---:|---|---:|
/// | with FMA and without | 2.586 | s = `0x3e164dda`, 0.14678136, grad = `0x417f8431`, 15.969773 | 2.5615 |
/// | scalar | | s = `0x3f7fffff`, 0.99999994, grad = `0x3f800001`, 1.0000001 | 0.5000 |
///
/// `src/bounds/derivation.rs` counts the roundings, in its test `no_gradient_can_exceed_the_stated_error`. The test
/// `worst_cases_of_backward` of `sigmoid-conformance` holds these inputs against every backend.
pub const BACKWARD_F32: Fast = Fast { with_fma: 2.6, without_fma: 2.6, scalar: 0.501 };

/// [`Kernels::backward`] in `f64`, by derivation.
///
/// | | largest possible | worst inputs found | error |
/// |---|---:|---|---:|
/// | all | 2.586 | s = `0x3fc2e69d4eee2232`, 0.14766279558195233, grad = `0x402fc81f1986fdbe`, 15.89086227200357 | 2.5777 |
///
/// The tests are those of [`BACKWARD_F32`].
pub const BACKWARD_F64: Fast = Fast { with_fma: 2.6, without_fma: 2.6, scalar: 2.6 };

/// The largest error of [`Kernels::forward`], in place and into uninitialised memory too, when computed so.
pub const fn forward<T: Element>(how: &Kernels) -> f64 {
    T::__Kind::ERRORS.forward.or_exact(how)
}

/// The largest error of [`Kernels::derivative`].
pub const fn derivative<T: Element>(how: &Kernels) -> f64 {
    T::__Kind::ERRORS.derivative.or_exact(how)
}

/// The largest error of [`Kernels::backward`] for the given s, which is the truth here, from 0 to 1, where the result
/// is a normal number.
pub const fn backward<T: Element>(how: &Kernels) -> f64 {
    T::__Kind::ERRORS.backward.or_exact(how)
}
