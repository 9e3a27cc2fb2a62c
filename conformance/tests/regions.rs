//! The regions that inputs are drawn from: each is where its name says, and has of both sides.
//!
//! A region that has moved is noticed by no kernel that is right: its inputs are ordinary ones.

use sigmoid_conformance::sample::{self, Random, Region};
use sigmoid_conformance::{Expected, Function, Sampled};

const DRAWS: usize = 2000;

/// The number in "near -87.3: results become subnormal".
fn number(region: &Region) -> Option<f64> {
    let word = region.what.strip_prefix("near ")?.split([':', ' ']).next()?;
    if word == "1/2" { Some(0.5) } else { word.parse().ok() }
}

fn check<T: Sampled>(function: Function, region: &Region) {
    let what = format!("{function}, {}, {}", T::NAME, region.what);
    let mut random = Random(7);
    let inputs: Vec<T> = (0..DRAWS).map(|_| T::narrow((region.draw)(&mut random))).collect();
    let x: Vec<f64> = inputs.iter().map(|x| x.widen()).collect();
    let has = |condition: &dyn Fn(f64) -> bool| x.iter().any(|&x| condition(x));

    if let Some(number) = number(region) {
        // Nothing is below 0 or above 1 for logit.
        let ends = function == Function::Logit && number != 0.5;
        assert!(ends || has(&|x| x < number) && has(&|x| x > number), "{what}: on one side");
        let within = if number.abs() > 1.0 { 0.25 * number.abs() } else { 1.0 };
        assert!(!has(&|x| (x - number).abs() > within), "{what}: elsewhere");
    }
    if region.what.contains("uniform") && function != Function::Logit {
        assert!(has(&|x| x < 0.0) && has(&|x| x > 0.0), "{what}: of one sign");
    }
    let mut expected = Expected::default();
    expected.compute(function, &inputs);
    let smallest_normal = 2.0_f64.powi(T::SMALLEST_EXPONENT + T::DIGITS - 1);
    let [zero, subnormal, normal] =
        [0.0..f64::from_bits(1), f64::from_bits(1)..smallest_normal, smallest_normal..f64::INFINITY]
            .map(|sizes| expected.rounded().iter().any(|result| sizes.contains(&result.widen().abs())));
    if region.what.contains("become subnormal") {
        assert!(subnormal && normal, "{what}: they do not");
    }
    if region.what.contains("become 0") {
        assert!(zero && subnormal, "{what}: they do not");
    }
    if region.what.contains("zero of silu'") {
        let slopes: Vec<f64> = x.iter().map(|&x| Function::SiluDerivative.truth(x).parts().0[0]).collect();
        assert!(
            [-1.0, 1.0].iter().all(|sign| slopes.iter().any(|slope| slope * sign > 0.0)),
            "{what}: of one sign"
        );
        assert!(!has(&|x| (x + 1.2785).abs() > 0.5), "{what}: elsewhere");
    }
}

fn check_those_of_the_sigmoid<T: Sampled>() {
    T::REGIONS.iter().for_each(|region| check::<T>(Function::Sigmoid, region));
}

fn check_all<T: Sampled>() {
    check_those_of_the_sigmoid::<T>();
    for function in Function::ALL {
        sample::regions_of::<T>(function).iter().for_each(|region| check::<T>(function, region));
    }
}

#[test]
fn regions_are_where_they_say() {
    check_all::<f32>();
    check_all::<f64>();
}

/// (Of the other functions all numbers are tried.)
#[cfg(feature = "half")]
#[test]
fn regions_of_f16_are_where_they_say() {
    check_those_of_the_sigmoid::<half::f16>();
}
