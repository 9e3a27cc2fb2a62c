//! The loops that one writes without thinking twice: the textbook form of each operation.

use sigmoid::reference;

use super::call::{Calls, repeated};
use super::memory::Streams;
use super::number::{Number, Real};
use crate::operations::Operation;

/// The loop for an operation over the functions of the standard library; for derivatives, the product form.
pub fn with_std<T: Number>(op: Operation, in_place: bool) -> Calls<T> {
    let overwritten = op.overwrites().filter(|_| in_place);
    match op {
        Operation::Sigmoid => map(overwritten, sigmoid),
        Operation::SigmoidDerivative => map(overwritten, |x| slope(sigmoid(x))),
        Operation::SigmoidWithDerivative => with_slope(overwritten),
        Operation::SigmoidBackward => zip(overwritten, |s, grad| grad * slope(s)),
        Operation::Scaled => map(overwritten, |x: T::Real| sigmoid(number::<T::Real>(1.702) * x)),
        Operation::Silu => map(overwritten, silu),
        Operation::SiluDerivative => map(overwritten, silu_slope),
        Operation::SiluBackward => zip(overwritten, |x, grad| grad * silu_slope(x)),
        Operation::SwiGlu | Operation::SwiGluInTwoSteps => zip(overwritten, |gate, up| silu(gate) * up),
        Operation::SwiGluBackward => gradients(|gate, up, grad| {
            let s = sigmoid(gate);
            (grad * up * s * (one::<T::Real>() + gate * (one::<T::Real>() - s)), grad * gate * s)
        }),
        Operation::Glu => zip(overwritten, |a, b| a * sigmoid(b)),
        Operation::QuickGelu => map(overwritten, |x| x * sigmoid(number::<T::Real>(1.702) * x)),
        Operation::GeluTanh => map(overwritten, gelu_tanh),
        Operation::GeluTanhBackward => zip(overwritten, |x, grad| grad * gelu_tanh_slope(x)),
        // The standard library has no error function.
        Operation::Gelu => map(overwritten, reference::naive_gelu::<T::Real>),
        Operation::Tanh => map(overwritten, T::Real::tanh),
        Operation::TanhDerivative => map(overwritten, |x: T::Real| one_minus_square(x.tanh())),
        Operation::TanhBackward => zip(overwritten, |y, grad| grad * one_minus_square(y)),
        Operation::Softplus => map(overwritten, |x: T::Real| (one::<T::Real>() + x.exp()).ln()),
        Operation::SoftplusBackward => zip(overwritten, |x, grad| grad * sigmoid(x)),
        Operation::LogSigmoid => map(overwritten, |x: T::Real| sigmoid(x).ln()),
        Operation::LogSigmoidBackward => zip(overwritten, |x, grad| grad * (one::<T::Real>() - sigmoid(x))),
        Operation::Logit => map(overwritten, |p: T::Real| (p / (one::<T::Real>() - p)).ln()),
        Operation::BceWithLogits => zip(overwritten, |x: T::Real, z: T::Real| {
            let s = sigmoid(x);
            -z * s.ln() - (one::<T::Real>() - z) * (one::<T::Real>() - s).ln()
        }),
        Operation::BceWithLogitsGradient => zip(overwritten, |x, z| sigmoid(x) - z),
    }
}

/// The loop for an operation over the exponential of `wide`, of the sigmoid itself only; `sigmoid_backward` has no
/// exponential, and is left to the compiler. What does not fill a register goes through a padded one.
pub fn with_wide<T: Number<Real = T> + Real>(op: Operation, in_place: bool) -> Option<Calls<T>> {
    Some(match (op, in_place) {
        (Operation::SigmoidBackward, _) => with_std(op, in_place),
        (Operation::Sigmoid, false) => repeated(|s| wide(s.inputs[0], s.outputs[0])),
        (Operation::Sigmoid, true) => repeated(|s| wide_in_place(s.outputs[0])),
        (Operation::SigmoidDerivative, false) => repeated(|s| {
            wide(s.inputs[0], s.outputs[0]);
            s.outputs[0].iter_mut().for_each(|y| *y = slope(*y));
        }),
        (Operation::SigmoidDerivative, true) => repeated(|s| {
            wide_in_place(s.outputs[0]);
            s.outputs[0].iter_mut().for_each(|y| *y = slope(*y));
        }),
        (Operation::SigmoidWithDerivative, _) => repeated(move |s| {
            let [y, dy] = &mut s.outputs;
            if in_place {
                wide_in_place(y);
            } else {
                wide(s.inputs[0], y);
            }
            y.iter().zip(&mut **dy).for_each(|(&y, dy)| *dy = slope(y));
        }),
        _ => return None,
    })
}

/// y = f(x); y = f(y) if that is overwritten.
fn map<T: Number>(
    overwritten: Option<usize>,
    f: impl Fn(T::Real) -> T::Real + Copy + Send + Sync + 'static,
) -> Calls<T> {
    match overwritten {
        None => repeated(move |s: &mut Streams<'_, T>| {
            for (&x, y) in s.inputs[0].iter().zip(&mut *s.outputs[0]) {
                *y = T::nearest(f(x.real()));
            }
        }),
        Some(_) => repeated(move |s: &mut Streams<'_, T>| {
            s.outputs[0].iter_mut().for_each(|y| *y = T::nearest(f(y.real())))
        }),
    }
}

/// z = f(x, y); in the place of that which is overwritten.
fn zip<T: Number>(
    overwritten: Option<usize>,
    f: impl Fn(T::Real, T::Real) -> T::Real + Copy + Send + Sync + 'static,
) -> Calls<T> {
    match overwritten {
        None => repeated(move |s: &mut Streams<'_, T>| {
            for ((&x, &y), z) in s.inputs[0].iter().zip(s.inputs[1]).zip(&mut *s.outputs[0]) {
                *z = T::nearest(f(x.real(), y.real()));
            }
        }),
        Some(0) => repeated(move |s: &mut Streams<'_, T>| {
            for (x, &y) in s.outputs[0].iter_mut().zip(s.inputs[1]) {
                *x = T::nearest(f(x.real(), y.real()));
            }
        }),
        Some(_) => repeated(move |s: &mut Streams<'_, T>| {
            for (&x, y) in s.inputs[0].iter().zip(&mut *s.outputs[0]) {
                *y = T::nearest(f(x.real(), y.real()));
            }
        }),
    }
}

/// Both results of three inputs.
fn gradients<T: Number>(
    f: impl Fn(T::Real, T::Real, T::Real) -> (T::Real, T::Real) + Copy + Send + Sync + 'static,
) -> Calls<T> {
    repeated(move |s: &mut Streams<'_, T>| {
        let [x, y, grad] = s.inputs;
        let [dx, dy] = &mut s.outputs;
        for ((((&x, &y), &grad), dx), dy) in x.iter().zip(y).zip(grad).zip(&mut **dx).zip(&mut **dy) {
            let (to_x, to_y) = f(x.real(), y.real(), grad.real());
            (*dx, *dy) = (T::nearest(to_x), T::nearest(to_y));
        }
    })
}

/// s(x) and s'(x).
fn with_slope<T: Number>(overwritten: Option<usize>) -> Calls<T> {
    match overwritten {
        None => repeated(|s: &mut Streams<'_, T>| {
            let [y, dy] = &mut s.outputs;
            for ((&x, y), dy) in s.inputs[0].iter().zip(&mut **y).zip(&mut **dy) {
                let s = sigmoid(x.real());
                (*y, *dy) = (T::nearest(s), T::nearest(slope(s)));
            }
        }),
        Some(_) => repeated(|s: &mut Streams<'_, T>| {
            let [y, dy] = &mut s.outputs;
            for (y, dy) in y.iter_mut().zip(&mut **dy) {
                let s = sigmoid(y.real());
                (*y, *dy) = (T::nearest(s), T::nearest(slope(s)));
            }
        }),
    }
}

#[inline(always)]
fn number<R: Real>(x: f64) -> R {
    R::from_f64(x)
}

#[inline(always)]
fn one<R: Real>() -> R {
    number(1.0)
}

#[inline(always)]
fn sigmoid<R: Real>(x: R) -> R {
    one::<R>() / (one::<R>() + (-x).exp())
}

/// s'(x), from s
#[inline(always)]
fn slope<R: Real>(s: R) -> R {
    s * (one::<R>() - s)
}

#[inline(always)]
fn silu<R: Real>(x: R) -> R {
    x / (one::<R>() + (-x).exp())
}

#[inline(always)]
fn silu_slope<R: Real>(x: R) -> R {
    let s = sigmoid(x);
    s * (one::<R>() + x * (one::<R>() - s))
}

/// tanh'(x), from tanh x
#[inline(always)]
fn one_minus_square<R: Real>(y: R) -> R {
    one::<R>() - y * y
}

/// sqrt(2 / pi)
const ROOT: f64 = 0.797_884_560_802_865_4;

const CUBIC: f64 = 0.044_715;

#[inline(always)]
fn gelu_tanh<R: Real>(x: R) -> R {
    let inner = number::<R>(ROOT) * (x + number::<R>(CUBIC) * x * x * x);
    number::<R>(0.5) * x * (one::<R>() + inner.tanh())
}

#[inline(always)]
fn gelu_tanh_slope<R: Real>(x: R) -> R {
    let inner = number::<R>(ROOT) * (x + number::<R>(CUBIC) * x * x * x);
    let tanh = inner.tanh();
    let inner_slope = number::<R>(ROOT) * (one::<R>() + number::<R>(3.0 * CUBIC) * x * x);
    number::<R>(0.5) * (one::<R>() + tanh + x * one_minus_square(tanh) * inner_slope)
}

#[inline(always)]
fn wide<R: Real>(x: &[R], y: &mut [R]) {
    let whole = x.len() - x.len() % R::WIDE_LANES;
    R::wide_sigmoid(&x[..whole], &mut y[..whole]);
    if whole < x.len() {
        let (mut padded, mut results) = ([R::default(); 16], [R::default(); 16]);
        padded[..x.len() - whole].copy_from_slice(&x[whole..]);
        R::wide_sigmoid(&padded, &mut results);
        y[whole..].copy_from_slice(&results[..x.len() - whole]);
    }
}

/// Register by register: through memory of its own, which the compiler sees through.
#[inline(always)]
fn wide_in_place<R: Real>(y: &mut [R]) {
    for chunk in y.chunks_mut(R::WIDE_LANES) {
        let mut x = [R::default(); 16];
        x[..chunk.len()].copy_from_slice(chunk);
        wide(&x[..chunk.len()], chunk);
    }
}
