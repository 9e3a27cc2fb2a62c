//! The true values of the functions made of the sigmoid, in pairs of `f64`.
//!
//! ```text
//! e = e^-|x|,  s = s(x),  n = s(-x): of e and 1, over 1 + e
//! silu             x s
//! silu'            x < 0:  e (1 + x + e) / (1 + e)^2      x > 0:  (1 + e + x e) / (1 + e)^2
//! quick_gelu       x s(1.702 x)
//! tanh             (1 - E) / (1 + E) of E = e^-2|x|, with the sign of x
//! tanh'            4 s'(2 x)
//! softplus         max(x, 0) + ln (1 + e)
//! log_sigmoid      -softplus(-x)
//! logit            ln (x / (1 - x)), the smaller of the two below the larger one
//! gelu_tanh        x s(2 sqrt(2/pi) (x + 0.044715 x^3))
//! gelu             x (1/2 + (Phi(x) - 1/2)),  x Phi(-|x|),  or x - x Phi(-x)
//! ```
//!
//! Wherever a sum here may cancel, something else takes its place:
//!
//! - 1 + x + e next to x0 = -1.278..., where it is 0: with d = x - x0 exactly, to three parts of x0, and
//!   e^x0 = -1 - x0, it is d + e^x0 (e^d - 1), a sum of two numbers of one sign. It is used for |d| <= 0.0109;
//!   elsewhere the sum is above 0.0138 and has lost 7 bits of 101.
//! - 1 - E for |x| <= 0.0054, where it is -(e^-2|x| - 1) by the series of that; elsewhere it is above 0.0107.
//! - ln z for z next to 1, in logit: 2 atanh(2 x - 1), of which 2 x - 1 is exact.
//! - silu and silu' next to 0, where x/2 + x^2/4 and 1/2 + x/2 lie in the middle between two floats for some x: the
//!   series, term by term, as for s itself.
//! - x/2 + x^2/4 and its like for |x| < 2^-100, where x/2 may be the middle between two subnormal numbers: what
//!   follows is positive, and no more need be known of it. For tanh it lies towards 0.
//!
//! Errors, relative: an exponential 2^-97, or 2^-96 of a pair (`exponential`); a logarithm 2^-94 (`logarithm`); Phi
//! 2^-92 (`normal`); each sum, product and quotient of pairs below 2^-102; 1 + x + e and 1 - E 2^-94. An argument of
//! the exponential that was rounded adds its absolute error: 1.702 x, up to 800, 2^-93; the cubic, with five roundings
//! before it, 2^-92. All are below 2^-91.5 together, and the promise is 2^-90.

use crate::exponential::{exp, exp_m1_over, exp_of_pair};
use crate::function::Function;
use crate::logarithm::{ln, ln_1p, twice_atanh};
use crate::normal::normal;
use crate::pair::{Pair, product, sum};
use crate::truth::{self, PLAIN_TRUST, SMALL, Truth};
use crate::wide::Wide;

/// 1.702
pub(crate) const QUICK: Pair = Pair { high: 1.702, low: 4.263256414560601e-17 };

/// 2 sqrt(2/pi)
pub(crate) const CUBIC_SCALE: Pair = Pair { high: 1.5957691216057308, low: -9.96930880911092e-17 };

/// 0.044715
pub(crate) const CUBIC: Pair = Pair { high: 0.044715, low: 2.1960211427085595e-18 };

/// x0, the zero of silu'.
const X0: [f64; 3] = [-1.2784645427610737, -1.0946994183093437e-16, -3.907766676128665e-33];

/// e^-x of a larger number counts as that of this one, which is below 2^-2308.
const FAR: f64 = 1600.0;

/// The largest |r| that the series of the exponential takes as it is.
const NEAR: f64 = 0.0109;

/// |x| below which it is known how the first term is to be rounded: 2^-100.
const TINY: f64 = f64::from_bits((1023 - 100) << 52);

/// The true value of one of them for a finite number at which it has to be computed.
pub(crate) fn truth(function: Function, x: f64) -> Truth {
    match function {
        Function::Sigmoid => truth::sigmoid(x),
        Function::Derivative => truth::derivative(x),
        Function::Silu | Function::QuickGelu | Function::GeluTanh | Function::Gelu if x.abs() < TINY => {
            Wide::of(x).shifted(-1).nudged(x.signum())
        }
        Function::Silu if x.abs() < SMALL => silu_near_0(x),
        Function::Silu => silu(x).truth(),
        Function::SiluDerivative if x.abs() < SMALL => silu_derivative_near_0(x),
        Function::SiluDerivative => silu_derivative(x).truth(),
        Function::QuickGelu => {
            let argument = QUICK.mul(Pair { high: x.clamp(-FAR, FAR), low: 0.0 });
            gate(x, logistic(argument)).truth()
        }
        Function::Tanh if x.abs() < TINY => Wide::of(x).nudged(-1.0),
        Function::Tanh => tanh(x).truth(),
        Function::TanhDerivative => {
            // As far out as the derivative looks.
            let truth = truth::derivative(2.0 * x.clamp(-FAR, FAR));
            Truth { exponent: truth.exponent + 2, ..truth }
        }
        Function::Softplus => softplus(x).truth(),
        Function::LogSigmoid => softplus(-x).neg().truth(),
        Function::Logit => logit(x).truth(),
        Function::GeluTanh => gate(x, logistic(cubic(x))).truth(),
        Function::Gelu => gelu(x).truth(),
    }
}

/// e^x for x <= 0, and e^-1600 for what is below -1600.
fn exp_down(x: Pair) -> Wide {
    if x.high < -FAR {
        return exp(-FAR / 2.0).wide().squared().squared();
    }
    if x.high >= -800.0 {
        return exp_of_pair(x).wide();
    }
    // Beyond what the exponential takes at once. It matters to products with large numbers only.
    exp_of_pair(x.scaled(0.5)).wide().squared()
}

/// s(x) of a pair.
pub(crate) fn logistic(x: Pair) -> Wide {
    let e = exp_down(if x.high < 0.0 { x } else { x.neg() });
    let d = Wide::ONE.add(e);
    if x.high < 0.0 { e.div(d) } else { Wide::ONE.div(d) }
}

/// s(x) of a number.
pub(crate) fn logistic_of(x: f64) -> Wide {
    logistic(Pair { high: x.clamp(-FAR, FAR), low: 0.0 })
}

/// x times s(y) of a y that falls with x. Where s(y) has vanished, the product of `FAR` stands in.
fn gate(x: f64, s: Wide) -> Wide {
    Wide::of(x.max(-FAR)).mul(s)
}

pub(crate) fn silu(x: f64) -> Wide {
    gate(x, logistic_of(x))
}

/// x/2 + x^2/4 - x^4/48 + x^6/480 - ...
fn silu_near_0(x: f64) -> Truth {
    let square = product(x, x).scaled(0.25);
    let value = sum(x / 2.0, square.high);
    let rest = sum(value.low, square.low);
    let square = x * x;
    let quartic = square * square * (square / 480.0 - 1.0 / 48.0);
    // The last sum is rounded once.
    let error = (quartic.abs() + rest.low.abs()) * PLAIN_TRUST;
    Truth::sum_of([value.high, rest.high, rest.low + quartic], error)
}

/// 2 sqrt(2/pi) (x + 0.044715 x^3)
fn cubic(x: f64) -> Pair {
    // At 30 it is beyond 1900.
    let x = x.clamp(-30.0, 30.0);
    let cube = product(x, x).mul(Pair { high: x, low: 0.0 });
    CUBIC_SCALE.mul(CUBIC.mul(cube).add(Pair { high: x, low: 0.0 }))
}

/// Of |x| >= 2^-15.
pub(crate) fn silu_derivative(x: f64) -> Wide {
    let x = x.clamp(-FAR, FAR);
    let e = exp_down(Pair { high: -x.abs(), low: 0.0 });
    let d = Wide::ONE.add(e);
    let numerator = if x > 0.0 { d.add(Wide::of(x).mul(e)) } else { e.mul(one_and_x_and_e(x, e)) };
    numerator.div(d.mul(d))
}

/// 1 + x + e^x for x < 0.
fn one_and_x_and_e(x: f64, e: Wide) -> Wide {
    let from_zero = sum(x - X0[0], -X0[1]);
    let from_zero = sum(from_zero.high, from_zero.low - X0[2]);
    if from_zero.high.abs() > NEAR {
        return Wide::of_pair(sum(1.0, x)).add(e);
    }
    // e^x0 = -1 - x0
    let e_of_zero = Pair { high: -1.0 - X0[0], low: -X0[1] };
    let e_of_zero = sum(e_of_zero.high, e_of_zero.low);
    let growth = exp_m1_over(from_zero).mul(e_of_zero);
    Wide::of_pair(from_zero.mul(growth.add(Pair::ONE)))
}

/// 1/2 + x/2 - x^3/12 + x^5/80 - ...
pub(crate) fn silu_derivative_near_0(x: f64) -> Truth {
    let value = sum(0.5, x / 2.0);
    let square = x * x;
    let tail = x * square * (square / 80.0 - 1.0 / 12.0);
    // Some room for terms that are subnormal.
    Truth::sum_of([value.high, value.low, tail], tail.abs() * PLAIN_TRUST + f64::MIN_POSITIVE)
}

fn tanh(x: f64) -> Wide {
    let twice = -2.0 * x.abs().min(FAR);
    let e = exp_down(Pair { high: twice, low: 0.0 });
    let difference = if -twice <= NEAR {
        let twice = Pair { high: twice, low: 0.0 };
        Wide::of_pair(exp_m1_over(twice).mul(twice)).neg()
    } else {
        Wide::ONE.sub(e)
    };
    let magnitude = difference.div(Wide::ONE.add(e));
    if x < 0.0 { magnitude.neg() } else { magnitude }
}

pub(crate) fn softplus(x: f64) -> Wide {
    softplus_of_minus(x).add(Wide::of(x.max(0.0)))
}

/// ln (1 + e^-|x|)
pub(crate) fn softplus_of_minus(x: f64) -> Wide {
    ln_1p(exp_down(Pair { high: -x.abs(), low: 0.0 }))
}

fn logit(x: f64) -> Wide {
    if (x - 0.5).abs() < 1.0 / 256.0 {
        return twice_atanh(Wide::of(2.0 * x - 1.0));
    }
    let (x, rest) = (Wide::of(x), Wide::one_minus(x));
    if x.exponent < -1 { ln(rest.div(x)).neg() } else { ln(x.div(rest)) }
}

fn gelu(x: f64) -> Wide {
    // At 40 nothing is left of Phi(-x): e^-800, less than 2^-1154.
    let normal = normal(x.abs().min(40.0));
    let of_lower = Wide::of(x.max(-40.0)).mul(normal.lower);
    match normal.beyond_half {
        _ if x < 0.0 => of_lower,
        Some(beyond_half) => Wide::of(x).mul(Wide::of(0.5).add(beyond_half)),
        None => Wide::of(x).sub(of_lower),
    }
}
