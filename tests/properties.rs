//! What holds for any bit patterns, in any arrangement.

mod support;

use proptest::collection::vec;
use proptest::prelude::*;

use support::{Float, Operation, Random, Way, assert_same_bits, engines, is_nan, results, run};

const LONGEST: usize = 400;

/// Any bit pattern, with as many ordinary numbers among them: of all patterns, few are.
fn any_float<T: Float>() -> impl Strategy<Value = T> {
    let limit = -1.02 * T::SUBNORMAL_RESULTS.0;
    prop_oneof![
        any::<u64>().prop_map(|bits| T::of_bits(bits & (T::SIGN_BIT | (T::SIGN_BIT - 1)))),
        (-10.0..10.0).prop_map(T::nearest),
        (-limit..limit).prop_map(T::nearest),
    ]
}

fn any_slice<T: Float>() -> impl Strategy<Value = Vec<T>> {
    vec(any_float(), 0..LONGEST)
}

/// x or s with a gradient, as pairs.
fn any_pairs<T: Float>() -> impl Strategy<Value = (Vec<T>, Vec<T>)> {
    vec((any_float::<T>(), any_float::<T>()), 0..LONGEST).prop_map(|pairs| pairs.into_iter().unzip())
}

/// The same bits as one call and as one call for each part.
fn check_splits<T: Float>(x: &[T], grad: &[T], seed: u64) {
    for kernels in engines() {
        for operation in Operation::ALL {
            for way in Way::ALL {
                let whole = results(kernels, operation, way, [x, grad]);
                let mut parts = [(); 2].map(|()| vec![T::default(); x.len()]);
                let [first, second] = &mut parts;
                let mut random = Random(seed);
                let mut from = 0;
                while from < x.len() {
                    let end = (from + 1 + random.below(150) as usize).min(x.len());
                    let outputs = [&mut first[from..end], &mut second[from..end]];
                    run(kernels, operation, way, [&x[from..end], &grad[from..end]], outputs);
                    from = end;
                }
                for i in 0..operation.outputs() {
                    let backend = kernels.selected_backend();
                    assert_same_bits(&parts[i], &whole[i], || format!("{operation:?} {way:?} on {backend}"));
                }
            }
        }
    }
}

fn check_ranges<T: Float>(x: &[T]) {
    for kernels in engines() {
        let [s, derivative] = results(kernels, Operation::ForwardWithDerivative, Way::OutOfPlace, [x, &[]]);
        for ((&x, &s), &derivative) in x.iter().zip(&s).zip(&derivative) {
            if is_nan(x) {
                assert!(is_nan(s) && is_nan(derivative), "{x:e}: {s:e} and {derivative:e}");
            } else {
                assert!((0.0..=1.0).contains(&s.into()), "s({x:e}) = {s:e}");
                assert!((0.0..=0.25).contains(&derivative.into()), "s'({x:e}) = {derivative:e}");
            }
        }
    }
}

fn check_both_at_once<T: Float>(x: &[T]) {
    for kernels in engines() {
        let of = |operation| results(kernels, operation, Way::OutOfPlace, [x, &[]]);
        let [s, derivative] = of(Operation::ForwardWithDerivative);
        let context = || format!("in one pass on {}", kernels.selected_backend());
        assert_same_bits(&s, &of(Operation::Forward)[0], context);
        assert_same_bits(&derivative, &of(Operation::Derivative)[0], context);
    }
}

fn check_ways<T: Float>(x: &[T], grad: &[T]) {
    for kernels in engines() {
        for operation in Operation::ALL {
            let expected = results(kernels, operation, Way::OutOfPlace, [x, grad]);
            for way in [Way::InPlace, Way::Uninitialised] {
                let got = results(kernels, operation, way, [x, grad]);
                for (got, expected) in got.iter().zip(&expected) {
                    let backend = kernels.selected_backend();
                    assert_same_bits(got, expected, || format!("{operation:?} {way:?} on {backend}"));
                }
            }
        }
    }
}

fn check_even<T: Float>(x: &[T]) {
    let mirrored: Vec<T> = x.iter().map(|x| T::of_bits(x.bits() ^ T::SIGN_BIT)).collect();
    for kernels in engines() {
        for (operation, output) in [(Operation::Derivative, 0), (Operation::ForwardWithDerivative, 1)] {
            let of = |x| results(kernels, operation, Way::OutOfPlace, [x, &[]]);
            let context = || format!("{operation:?} of -x on {}", kernels.selected_backend());
            assert_same_bits(&of(&mirrored)[output], &of(x)[output], context);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn splits_give_the_same_bits(
        (x, grad) in any_pairs::<f32>(),
        (x64, grad64) in any_pairs::<f64>(),
        seed in any::<u64>(),
    ) {
        check_splits(&x, &grad, seed);
        check_splits(&x64, &grad64, seed);
    }

    #[test]
    fn results_lie_in_their_ranges(x in any_slice::<f32>(), x64 in any_slice::<f64>()) {
        check_ranges(&x);
        check_ranges(&x64);
    }

    #[test]
    fn both_at_once_are_the_same_as_one_by_one(x in any_slice::<f32>(), x64 in any_slice::<f64>()) {
        check_both_at_once(&x);
        check_both_at_once(&x64);
    }

    #[test]
    fn every_way_gives_the_same_bits(
        (x, grad) in any_pairs::<f32>(),
        (x64, grad64) in any_pairs::<f64>(),
    ) {
        check_ways(&x, &grad);
        check_ways(&x64, &grad64);
    }

    #[test]
    fn the_derivative_is_even(x in any_slice::<f32>(), x64 in any_slice::<f64>()) {
        check_even(&x);
        check_even(&x64);
    }
}
