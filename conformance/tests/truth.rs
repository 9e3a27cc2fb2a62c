//! The truth against arbitrary precision.

use astro_float::{BigFloat, Consts, RoundingMode};
use sigmoid_conformance::{Expected, Format, Function, Judged, Rounding, Sampled, Truth, sample};

/// Binary digits that the arbitrary precision works with: enough to tell 1 - e^-700 from 1.
const DIGITS: usize = 1280;

const MODE: RoundingMode = RoundingMode::ToEven;

struct Arbitrary(Consts);

impl Arbitrary {
    fn value(&mut self, function: Function, x: f64) -> BigFloat {
        let one = BigFloat::from_word(1, DIGITS);
        let e = BigFloat::from_f64(-x.abs(), DIGITS).exp(DIGITS, MODE, &mut self.0);
        let d = one.add(&e, DIGITS, MODE);
        match function {
            Function::Sigmoid if x < 0.0 => e.div(&d, DIGITS, MODE),
            Function::Sigmoid => one.div(&d, DIGITS, MODE),
            _ => e.div(&d, DIGITS, MODE).div(&d, DIGITS, MODE),
        }
    }

    /// log2 of the truth's error, relative to the bound that it states.
    fn error_over_bound(&mut self, function: Function, x: f64) -> f64 {
        let truth: Truth = function.truth(x);
        let (parts, exponent) = truth.parts();
        let mut sum = BigFloat::from_word(0, DIGITS);
        for part in parts {
            sum = sum.add(&BigFloat::from_f64(part, DIGITS), DIGITS, MODE);
        }
        let mut difference = sum;
        let mut value = self.value(function, x);
        if let Some(of_value) = value.exponent() {
            value.set_exponent(of_value - exponent);
        }
        difference = difference.sub(&value, DIGITS, MODE);
        let Some(of_difference) = difference.exponent().filter(|_| !difference.is_zero()) else {
            return f64::NEG_INFINITY;
        };
        f64::from(of_difference) - truth.error().log2()
    }
}

/// The number, without the subnormal ones going through a conversion that has been seen to get them wrong.
fn exactly(x: f64) -> BigFloat {
    let mut number = BigFloat::from_f64(x * 2.0_f64.powi(200), DIGITS);
    if let Some(exponent) = number.exponent().filter(|_| !number.is_zero()) {
        number.set_exponent(exponent - 200);
    }
    number
}

fn points() -> Vec<f64> {
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut points = vec![0.0, 1.0, -1.0, f64::MIN_POSITIVE, 5e-324, -5e-324];
    for _ in 0..600 {
        points.push(random() * 1590.0 - 795.0);
        points.push(random() * 40.0 - 20.0);
        for centre in [-745.13, -708.4, -36.7, 36.7, 708.4, 695.0] {
            points.push(centre + random() - 0.5);
        }
        let near_zero = (random() * 60.0 - 60.0).exp2();
        points.extend([near_zero, -near_zero]);
    }
    points
}

#[test]
fn the_stated_error_holds() {
    let mut arbitrary = Arbitrary(Consts::new().unwrap());
    for function in [Function::Sigmoid, Function::Derivative] {
        let mut worst = (f64::NEG_INFINITY, 0.0);
        for x in points() {
            let error = arbitrary.error_over_bound(function, x);
            if error > worst.0 {
                worst = (error, x);
            }
        }
        println!("{function:?}: 2^{} of the bound at x = {:e}", worst.0, worst.1);
        assert!(worst.0 <= 0.0, "{function:?}: 2^{} times the bound at x = {:e}", worst.0, worst.1);
    }
}

/// The result that the judge calls correctly rounded is at most half a unit away, by arbitrary
/// precision: no neighbour is nearer.
fn check_rounding<T: Format>(arbitrary: &mut Arbitrary, function: Function, x: T) {
    let truth = function.truth(x.widen());
    let Rounding::Known(rounded) = truth.round::<T>() else {
        panic!("{function:?} {}: undecided at x = {:e}", T::NAME, x.widen());
    };
    let value = arbitrary.value(function, x.widen());
    let distance = |result: f64| exactly(result).sub(&value, DIGITS, MODE).abs();
    let nearest = distance(rounded.widen());
    for neighbour in [T::next_down(rounded), T::next_up(rounded)] {
        let further = distance(neighbour.widen());
        let what = format!("{function:?} {} at x = {:e}", T::NAME, x.widen());
        assert!(nearest.cmp(&further).is_some_and(|order| order < 0), "{what}");
    }
}

#[test]
fn the_rounding_is_the_nearest_number() {
    let mut arbitrary = Arbitrary(Consts::new().unwrap());
    let mut points = points();
    // 1/2 + x/4 is the middle between two floats, and 1/4 - x^2/16 between two doubles.
    points.extend([f32::EPSILON, 3.0 * f32::EPSILON].map(f64::from));
    points.extend([f64::EPSILON, -f64::EPSILON, 2.0_f64.powi(-26), -(2.0_f64.powi(-26))]);
    for x in points.into_iter().filter(|x| x.abs() > 1e-30) {
        for function in [Function::Sigmoid, Function::Derivative] {
            check_rounding(&mut arbitrary, function, x);
            check_rounding(&mut arbitrary, function, x as f32);
        }
    }
}

/// Inputs whose roundings are the hardest, and some of every kind.
fn mixed_with_middles<T: Sampled>(count: usize) -> Vec<T> {
    let mut x = vec![T::default(); count];
    sample::mixed(7, &mut x);
    // 1/2 + x/4 and 1/4 - x^2/16 are middles between two numbers here.
    let digits = T::DIGITS;
    for odd in [1.0, 3.0, 5.0, 7.0, 1001.0] {
        for exponent in [1 - digits, 2 - digits, -digits / 2, 1 - digits / 2, (1 - digits) / 2] {
            let middle = odd * 2.0_f64.powi(exponent);
            x.extend([middle, -middle].map(|middle| T::narrow(middle)));
        }
    }
    x
}

/// With less trust, and then with none, more roundings and then all go to arbitrary precision, and
/// come out the same.
fn check_trust<T: Judged + Sampled>() {
    let x = mixed_with_middles::<T>(3000);
    for function in [Function::Sigmoid, Function::Derivative] {
        let mut usual = Expected::default();
        usual.compute(function, &x);
        assert_eq!((usual.by_arbitrary_precision(), usual.undecided()), (0, 0));
        let mut before = 0;
        for bits in [T::DIGITS + 8, T::DIGITS + 3, T::DIGITS - 2] {
            let mut distrustful = Expected::trusting(bits as u32);
            distrustful.compute(function, &x);
            let differ = |&i: &usize| {
                let (a, b) = (usual.rounded()[i], distrustful.rounded()[i]);
                a.bits() != b.bits() && !(a.is_nan() && b.is_nan())
            };
            if let Some(i) = (0..x.len()).find(differ) {
                let (pair, arbitrary) = (usual.rounded()[i].widen(), distrustful.rounded()[i].widen());
                panic!("{function} of {:e}: {pair:e} in pairs, {arbitrary:e} by {bits} bits", x[i].widen());
            }
            assert_eq!(distrustful.undecided(), 0);
            let arbitrarily = distrustful.by_arbitrary_precision();
            println!("{function} {} trusted with {bits} bits: {arbitrarily} of {}", T::NAME, x.len());
            assert!(arbitrarily > before, "{arbitrarily} by {bits} bits");
            before = arbitrarily;
        }
        assert!(before as usize > x.len() * 3 / 4, "nearly all of them");
    }
}

#[test]
fn what_pairs_are_not_trusted_with_is_decided_by_arbitrary_precision() {
    check_trust::<f32>();
    check_trust::<f64>();
}

/// Arbitrary precision is right by the definition: no neighbour is nearer.
#[test]
fn arbitrary_precision_at_the_edges() {
    let round = |function: Function, x: f64| function.round_arbitrarily(x).unwrap();
    for function in [Function::Sigmoid, Function::Derivative] {
        assert!(round(function, f64::NAN).is_nan());
        for infinity in [f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(round(function, infinity), function.at_infinity(infinity));
        }
        assert_eq!(
            round(function, 0.0),
            function.range()[1] / if function == Function::Sigmoid { 2.0 } else { 1.0 }
        );
        assert_eq!(round(function, -5e-324), round(function, 0.0));
    }
    // Half of the smallest positive number is e^-745.1332...: just above and just below.
    assert_eq!(round(Function::Sigmoid, -745.133_219_101_941_1), 5e-324);
    assert_eq!(round(Function::Sigmoid, -745.133_219_101_941_2), 0.0);
    assert_eq!(Function::Sigmoid.round_arbitrarily(-103.972_07_f32), Some(f32::from_bits(1)));
    assert_eq!(Function::Sigmoid.round_arbitrarily(-103.972_09_f32), Some(0.0));
    // 1 - s is half a unit at x = 25 ln 2 = 17.3287.
    assert_eq!(Function::Sigmoid.round_arbitrarily(17.328_f32), Some(1.0_f32.next_down()));
    assert_eq!(Function::Sigmoid.round_arbitrarily(17.329_f32), Some(1.0));
}
