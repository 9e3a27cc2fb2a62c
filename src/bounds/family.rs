//! The stated errors of the operations made of the sigmoid.

use super::Fast;

/// The largest errors of one operation.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stated {
    /// In `f32`.
    pub f32: Fast,
    /// In `f64`.
    pub f64: Fast,
}

/// [`ops::Silu`](crate::ops::Silu), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | -10.724649 | 3.2643 |
/// | | without | -1.9420477 | 3.3999 |
/// | `f64`, 120 million points | with FMA | -21.10576880996006 | 3.3555 |
/// | | without | -23.973602320149222 | 3.4564 |
/// | | scalar | -7.615555007152219 | 3.2861 |
///
/// The bounds of `f64` are these and a tenth. `conformance/tests/family.rs` holds every backend against them.
pub const SILU: Stated = Stated {
    f32: Fast { with_fma: 3.3, without_fma: 3.5, scalar: 0.501 },
    f64: Fast { with_fma: 3.7, without_fma: 3.8, scalar: 3.7 },
};

/// [`ops::SiluDerivative`](crate::ops::SiluDerivative), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | -1.1550399 | 6.2254 |
/// | | without | -0.85613376 | 6.7539 |
/// | `f64`, 120 million points | with FMA and without | -1.2783949121694091 | 7.1585 |
/// | | scalar | -1.2783949924847233 | 4.5442 |
///
/// The bounds of `f64` are these and a tenth, or more. The largest errors stand 7e-5 above the zero, which is why the
/// search looks there by itself.
pub const SILU_DERIVATIVE: Stated = Stated {
    f32: Fast { with_fma: 6.3, without_fma: 7.0, scalar: 0.501 },
    f64: Fast { with_fma: 7.9, without_fma: 7.9, scalar: 6.0 },
};

/// [`ops::SwiGlu`](crate::ops::SwiGlu). The relative error of s(alpha g), of all numbers in `f32`, is at most 3.0870 units of
/// 2^-24 with FMA and 3.3577 without; of 12,000 other alpha it is up to 3.5834 and 3.8435, and 3.7 and 4 are counted; g u
/// adds one such unit, an offset another, and the product half a unit in the last place.
///
/// | | | worst inputs found, g and u | error |
/// |---|---|---|---:|
/// | `f32`, four billion pairs | with FMA | -13.391822, -23.74987 | 3.9494 |
/// | | without | -5.85406, -0.44557855 | 4.3353 |
/// | `f64`, 33 million | with FMA | -2.8226851027810005, -4.086765172121411e179 | 3.5351 |
/// | | without | -19.11514723270669, -1.2307429663788305 | 3.7845 |
/// | | scalar | -33.242070714412534, 3.696688941925872e-202 | 3.7406 |
///
/// The scalar reference in `f64` is left out below g = -700, where it multiplies by a silu(g) that is subnormal: with a
/// large u it has lost digits or all of the product.
pub const SWIGLU: Stated = Stated {
    f32: Fast { with_fma: 6.2, without_fma: 6.5, scalar: 0.501 },
    f64: Fast { with_fma: 6.2, without_fma: 6.5, scalar: 4.2 },
};

/// [`ops::Scaled`](crate::ops::Scaled), by trying: 12,000 c in `f32` (a power of two and a sign change nothing), and 600 in
/// `f64`, with 100,000 numbers each.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all, c = 1.702 | with FMA | -0.6586439 | 2.5583 |
/// | | without | -0.65515304 | 2.7617 |
/// | `f32`, all, the worst c | with FMA, c = 1.1052198 | -0.9999671 | 2.7806 |
/// | | without, c = 1.1067575 | -0.99726284 | 2.9956 |
/// | | scalar | next to every middle between two floats | 0.5000 |
/// | `f64`, the worst c | with FMA, c = 1.3054054 | | 2.5938 |
/// | | without, c = 1.2918296 | | 2.7477 |
pub const SCALED: Stated = Stated {
    f32: Fast { with_fma: 3.0, without_fma: 3.2, scalar: 0.501 },
    f64: Fast { with_fma: 3.0, without_fma: 3.2, scalar: 4.0 },
};

/// [`ops::QuickGelu`](crate::ops::QuickGelu), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | -5.9695034 | 3.4943 |
/// | | without | -1.4313142 | 3.5566 |
/// | | scalar | next to every middle between two floats | 0.5000 |
pub const QUICK_GELU: Stated = Stated {
    f32: Fast { with_fma: 3.5, without_fma: 3.6, scalar: 0.501 },
    f64: Fast { with_fma: 3.6, without_fma: 3.8, scalar: 4.5 },
};

/// [`ops::Glu`](crate::ops::Glu). The relative error of s(b), of all numbers in `f32`, is at most 3.0870 units of 2^-24 with
/// FMA and 3.3577 without, and the product adds half a unit in the last place.
///
/// | | | worst inputs found | error |
/// |---|---|---|---:|
/// | `f32`, four billion pairs | with FMA | a = -5.4004045, b = -5.8519893 | 3.4133 |
/// | | without | a = 0.17403121, b = -6.5714846 | 3.5657 |
/// | | scalar | next to every middle between two floats | 0.5000 |
pub const GLU: Stated = Stated {
    f32: Fast { with_fma: 3.6, without_fma: 3.9, scalar: 0.501 },
    f64: Fast { with_fma: 3.9, without_fma: 4.2, scalar: 4.0 },
};

/// [`ops::SiluBackward`](crate::ops::SiluBackward). The relative error of silu'(x), of all numbers in `f32`, is at most 7.2581
/// units of 2^-24 with FMA and without, and the product adds half a unit in the last place. In `f64` silu' itself is off
/// by up to 7.16 units in the last place.
///
/// | | | worst inputs found | error |
/// |---|---|---|---:|
/// | `f32`, four billion pairs | with FMA | x = -1.0095519, grad = -14.24683 | 7.3322 |
/// | 16 million | without | x = `0xbf6d3395`, -0.9265683, grad = `0x3da2bee8`, 0.07946569 | 6.8156 |
/// | | scalar | next to every middle between two floats | 0.5000 |
pub const SILU_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 7.8, without_fma: 7.8, scalar: 0.501 },
    f64: Fast { with_fma: 8.7, without_fma: 8.7, scalar: 8.0 },
};

/// [`ops::SwiGluBackward`](crate::ops::SwiGluBackward), by trying: of the gradient to g; that to u is off by up to 4.2156.
///
/// | | | worst inputs found | error |
/// |---|---|---|---:|
/// | `f32`, 10 million triples for each of six gates | with FMA | alpha = -1.5, g = 0.66522115, u = -1.9877665, grad = -0.7664508 | 7.2952 |
/// | | without | alpha = 100, offset = -1, g = -0.008707807, u = -1.9027778, grad = 95.04137 | 7.3581 |
/// | | scalar | next to every middle between two floats | 0.5000 |
///
/// With alpha = 1 it is 6.5655. (Other alpha are rounded in the coefficients once more.) The relative error of the gate's
/// derivative is up to 9.3236 units of 2^-24 with FMA and 9.4203 without, found for 12,000 alpha, and 9.5 and 9.7 are
/// counted; the product with u adds one such unit, an offset another, and the gradient half a unit in the last place.
pub const SWIGLU_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 12.0, without_fma: 12.2, scalar: 0.501 },
    f64: Fast { with_fma: 12.0, without_fma: 12.3, scalar: 9.0 },
};

/// [`ops::Tanh`](crate::ops::Tanh), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | 0.52395785 | 2.6095 |
/// | | without | 0.5264221 | 3.9054 |
/// | `f64`, 12,000 | with FMA | -0.5277374113884465 | 2.5240 |
/// | | without | -0.5233484174133751 | 3.4901 |
/// | | scalar | -0.2309350938043368 | 1.9127 |
pub const TANH: Stated = Stated {
    f32: Fast { with_fma: 2.7, without_fma: 4.1, scalar: 0.501 },
    f64: Fast { with_fma: 2.9, without_fma: 4.1, scalar: 3.0 },
};

/// [`ops::TanhDerivative`](crate::ops::TanhDerivative), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | 3.1176574 | 3.3283 |
/// | | without | 5.6198144 | 3.3530 |
/// | `f64`, 12,000 | with FMA | -5.683159226711547 | 2.3978 |
/// | | without | -7.43215613393353 | 2.6294 |
/// | | scalar | -3.4673412434054305 | 2.3465 |
pub const TANH_DERIVATIVE: Stated = Stated {
    f32: Fast { with_fma: 3.4, without_fma: 3.4, scalar: 0.501 },
    f64: Fast { with_fma: 3.75, without_fma: 3.75, scalar: 4.2 },
};

/// [`ops::TanhBackward`](crate::ops::TanhBackward), for the given y from -1 to 1, which is the truth here, by counting
/// roundings: with FMA that of 1 - y^2, which is at most half a unit and seen by the product as one, and that of the
/// product; without, twice as many and a half.
pub const TANH_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 1.51, without_fma: 3.51, scalar: 0.501 },
    f64: Fast { with_fma: 1.51, without_fma: 3.51, scalar: 3.51 },
};

/// [`ops::GeluTanh`](crate::ops::GeluTanh), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | -2.7660363 | 3.9201 |
/// | | without | -2.7588346 | 4.0569 |
/// | `f64`, 12,000 | with FMA | -3.007098455104776 | 2.3550 |
/// | | without | -3.1952393123517195 | 2.6495 |
/// | | scalar | -3.733313555130792 | 3.0314 |
pub const GELU_TANH: Stated = Stated {
    f32: Fast { with_fma: 4.0, without_fma: 4.2, scalar: 0.501 },
    f64: Fast { with_fma: 3.3, without_fma: 3.5, scalar: 4.5 },
};

/// [`ops::GeluTanhBackward`](crate::ops::GeluTanhBackward), by trying, in units in the last place of the result, and
/// for x from -1 to -1/2 of no less than an eighth of |grad|. The relative error of the derivative, of all numbers from
/// 2^-26 to 2^7 in `f32`, is at most 7.9297 units of 2^-24 with FMA and 9.4759 without, and a gradient adds half a unit.
///
/// | | | worst input found, with grad = 1 | error |
/// |---|---|---|---:|
/// | `f32`, every 17th | with FMA | `0xbf9fa176`, -1.2471149 | 6.1772 |
/// | | without | `0xbfa18e65`, -1.262158 | 6.7775 |
/// | `f64`, 12,000 | with FMA and without | -1.6419604178453113 | 4.6509 |
/// | | scalar | -1.1643297918326176 | 7.1851 |
pub const GELU_TANH_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 8.5, without_fma: 10.0, scalar: 0.501 },
    f64: Fast { with_fma: 8.6, without_fma: 10.1, scalar: 9.0 },
};

/// [`ops::Gelu`](crate::ops::Gelu) in `f32`, by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | -7.9688125 | 6.8206 |
/// | | without | -10.961682 | 8.8677 |
pub const GELU: Fast = Fast { with_fma: 7.3, without_fma: 9.0, scalar: 0.501 };

/// [`ops::Softplus`](crate::ops::Softplus) and [`ops::LogSigmoid`](crate::ops::LogSigmoid), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | -1.2626938 | 2.9520 |
/// | | without | -0.43917525 | 3.0125 |
pub const SOFTPLUS: Stated = Stated {
    f32: Fast { with_fma: 3.0, without_fma: 3.2, scalar: 0.501 },
    f64: Fast { with_fma: 3.0, without_fma: 3.2, scalar: 3.0 },
};

/// [`ops::SoftplusBackward`](crate::ops::SoftplusBackward) and
/// [`ops::LogSigmoidBackward`](crate::ops::LogSigmoidBackward): products like those of [`GLU`].
///
/// | | | worst pair found | error |
/// |---|---|---|---:|
/// | `f32`, ten million pairs | with FMA | -4.5441504, -5.8852105 | 3.0895 |
/// | | without | -2.413653, 1.5 | 3.3778 |
pub const SOFTPLUS_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 3.6, without_fma: 3.9, scalar: 0.501 },
    f64: Fast { with_fma: 3.9, without_fma: 4.2, scalar: 3.5 },
};

/// [`ops::Logit`](crate::ops::Logit), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all | with FMA | 0.4147219 | 1.5609 |
/// | | without | 0.4153537 | 1.7984 |
pub const LOGIT: Stated = Stated {
    f32: Fast { with_fma: 1.6, without_fma: 1.9, scalar: 0.501 },
    f64: Fast { with_fma: 2.2, without_fma: 2.5, scalar: 3.5 },
};

/// [`ops::BceWithLogits`](crate::ops::BceWithLogits), by trying.
///
/// | | | worst pair found | error |
/// |---|---|---|---:|
/// | `f32`, two billion pairs | with FMA | 0.48294985, 0.98802394 | 3.1227 |
/// | | without | -0.48008925, 0.027514756 | 3.3001 |
pub const BCE_WITH_LOGITS: Stated = Stated {
    f32: Fast { with_fma: 3.6, without_fma: 3.8, scalar: 0.501 },
    f64: Fast { with_fma: 3.6, without_fma: 3.8, scalar: 4.0 },
};

/// [`ops::BceWithLogitsGradient`](crate::ops::BceWithLogitsGradient), by trying: in units in the last place of the
/// larger one of s(x) and the label; of the label 1, in those of the result.
///
/// | | | worst pair found | error |
/// |---|---|---|---:|
/// | `f32`, two billion pairs | with FMA | -1.9481316, 8.7348144e-7 | 4.4460 |
///
/// It is a quotient as s(x) is, of which the relative error is at most 3.0870 units of 2^-24 with FMA and 3.3577 without,
/// and its numerator has two and a half such units more, and without FMA three and a half.
pub const BCE_WITH_LOGITS_GRADIENT: Stated = Stated {
    f32: Fast { with_fma: 5.6, without_fma: 6.9, scalar: 0.501 },
    f64: Fast { with_fma: 5.9, without_fma: 7.2, scalar: 4.0 },
};
