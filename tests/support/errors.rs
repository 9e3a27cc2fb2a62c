//! Results beside true values.

use sigmoid::bounds::Fast;
use sigmoid::ops::{Map, Zip};

use super::{Float, engines, every_f32, is_nan};

/// s(x), to a few units of `f64`.
pub fn sigmoid(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

/// |got - truth| in units in the last place of the truth.
pub fn error<T: Float>(got: T, truth: f64) -> f64 {
    let nearest: f64 = T::nearest(truth).into();
    let got: f64 = got.into();
    if is_nan(T::nearest(truth)) || nearest.is_infinite() {
        return if got.to_bits() == nearest.to_bits() || (got.is_nan() && nearest.is_nan()) {
            0.0
        } else {
            f64::INFINITY
        };
    }
    (got - truth).abs() / T::unit(truth)
}

/// The largest error of an operation over all `f32` at a stride, for each engine.
pub fn check_errors(stride: u64, op: impl Map<f32>, truth: impl Fn(f64) -> f64, stated: Fast) {
    let mut worst = vec![(0.0, 0.0_f32); engines().count()];
    every_f32(stride, |x| {
        let truths: Vec<f64> = x.iter().map(|&x| truth(x.into())).collect();
        let mut y = vec![0.0; x.len()];
        for (kernels, worst) in engines().zip(&mut worst) {
            kernels.map(op, x, &mut y);
            for ((&x, &y), &truth) in x.iter().zip(&y).zip(&truths) {
                let error = error(y, truth);
                if error > worst.0 {
                    *worst = (error, x);
                }
            }
        }
    });
    for (kernels, (worst, x)) in engines().zip(worst) {
        let backend = kernels.selected_backend();
        println!("{backend}: {worst:.4} ULP at {x:e} ({:#x})", x.to_bits());
        assert!(worst <= stated.on(backend), "{backend}: {worst} ULP at {x:e}");
    }
}

/// The very results for such inputs, and NaN for NaN.
pub fn check_values<T: Float>(op: impl Map<T>, expected: &[(f64, f64)]) {
    for kernels in engines() {
        for &(x, y) in expected {
            let got: f64 = kernels.value(op, T::nearest(x)).into();
            assert_eq!(got.to_bits(), y.to_bits(), "{} {kernels:?} of {x}: {got}", T::NAME);
        }
        assert!(is_nan(kernels.value(op, T::nearest(f64::NAN))), "{kernels:?}");
    }
}

/// The very results for such pairs; NaN stands for any.
pub fn check_pair_values<T: Float>(op: impl Zip<T>, expected: &[(f64, f64, f64)]) {
    for kernels in engines() {
        for &(x, y, z) in expected {
            let mut got = [T::default()];
            kernels.zip(op, &[T::nearest(x)], &[T::nearest(y)], &mut got);
            let wanted = T::nearest(z);
            let same = got[0].bits() == wanted.bits() || (is_nan(got[0]) && is_nan(wanted));
            assert!(same, "{} {kernels:?} of {x:e}, {y:e}: {} and not {z:e}", T::NAME, got[0]);
        }
    }
}
