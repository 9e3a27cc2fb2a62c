//! NaN is a lane like any other: its bits do not depend on where it stands either.
//!
//! The other tests take one NaN for another; this one looks at sign and payload.

mod support;

use sigmoid::{Backend, Kernels};
use support::{
    Float, Inputs, Operation, Way, assert_same_bits, assert_same_bits_and_nan, engines, exact_engines,
    is_nan, results, results_alone, specials, thinned,
};

fn check<T: Float>(operation: Operation) {
    let inputs = Inputs::<T>::mixed(operation, 40_000 / thinned() as usize, 0xa0);
    for kernels in engines() {
        let expected = results_alone(kernels, operation, inputs.slices());
        for way in Way::ALL {
            for (got, expected) in results(kernels, operation, way, inputs.slices())
                .iter()
                .zip(&expected)
                .take(operation.outputs())
            {
                assert_same_bits_and_nan(got, expected, || {
                    format!("{operation:?} {way:?} on {}", kernels.selected_backend())
                });
            }
        }
    }
}

#[test]
fn forward_keeps_the_bits_of_nan_at_any_place() {
    check::<f32>(Operation::Forward);
    check::<f64>(Operation::Forward);
}

#[test]
fn derivative_keeps_the_bits_of_nan_at_any_place() {
    check::<f32>(Operation::Derivative);
    check::<f64>(Operation::Derivative);
}

#[test]
fn forward_with_derivative_keeps_the_bits_of_nan_at_any_place() {
    check::<f32>(Operation::ForwardWithDerivative);
    check::<f64>(Operation::ForwardWithDerivative);
}

/// With x86's rules: the payload of the input, quiet, and for `forward` in registers its sign.
#[cfg(target_arch = "x86_64")]
fn check_payload<T: Float>() {
    let quiet_bit = 1_u64 << (T::FRACTION_BITS - 1);
    let x: Vec<T> = specials().into_iter().filter(|&x| is_nan(x)).collect();
    for kernels in engines() {
        let backend = kernels.selected_backend();
        let got = |operation| {
            let [got, _] = results(kernels, operation, Way::OutOfPlace, [&x, &[]]);
            got
        };
        for ((x, s), derivative) in x.iter().zip(got(Operation::Forward)).zip(got(Operation::Derivative)) {
            let bits = x.bits();
            let payload = (bits & !T::SIGN_BIT) | quiet_bit;
            // The reference negates x, and with it the sign of a NaN.
            let sign = if backend == Backend::Scalar { s.bits() } else { bits } & T::SIGN_BIT;
            assert_eq!(s.bits(), sign | payload, "{} forward of {bits:#x} on {backend}", T::NAME);
            let unsigned = derivative.bits() & !T::SIGN_BIT;
            assert_eq!(unsigned, payload, "{} derivative of {bits:#x} on {backend}", T::NAME);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_payload_passes() {
    check_payload::<f32>();
    check_payload::<f64>();
}

/// At every place of a slice that fills registers and blocks and leaves a tail, whatever the accuracy: a NaN, an
/// infinity or a far-out number changes nothing but its own lane.
fn check_neighbours<T: Float>() {
    const LEN: usize = 300;
    let ordinary = T::nearest(1.0);
    let strangers = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e9, 1e9].map(T::nearest);
    for kernels in engines().chain(exact_engines()) {
        for operation in Operation::ALL {
            let of = |x: &[T]| results(kernels, operation, Way::OutOfPlace, [x, &[ordinary; LEN][..x.len()]]);
            let alone = of(&[ordinary]);
            for len in [if thinned() > 1 { 100 } else { LEN }, 9, 2] {
                for at in 0..len {
                    for stranger in strangers {
                        let mut x = vec![ordinary; len];
                        x[at] = stranger;
                        for (results, alone) in of(&x).iter().zip(&alone).take(operation.outputs()) {
                            let context =
                                || format!("{operation:?} {kernels:?}, {stranger:e} at {at} of {len}");
                            let others = [&results[..at], &results[at + 1..]].concat();
                            assert_same_bits(&others, &vec![alone[0]; len - 1], context);
                            assert_eq!(is_nan(results[at]), is_nan(stranger), "{}", context());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_stranger_spoils_no_other_element() {
    check_neighbours::<f32>();
    check_neighbours::<f64>();
}

#[test]
fn a_nan_in_either_input_of_backward_is_nan() {
    let nan = f32::NAN;
    for kernels in engines() {
        assert!(backward(kernels, nan, 1.0).is_nan());
        assert!(backward(kernels, 0.5, nan).is_nan());
        assert!(backward(kernels, 0.0, f32::INFINITY).is_nan());
    }
}

fn backward(kernels: Kernels, s: f32, grad: f32) -> f32 {
    let mut result = [0.0];
    kernels.backward(&[s], &[grad], &mut result);
    result[0]
}
