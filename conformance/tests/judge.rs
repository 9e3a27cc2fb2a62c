//! The judge judged: what it measures, counts and looks at, each held against results whose errors are known, on both
//! sides of the truth, on both halves of the line, and in both formats.

use sigmoid_conformance::Rule::{self, *};
use sigmoid_conformance::{
    Conformance, Expected, Function, Judged, Report, Rounding, Sampled, Tally, sample,
};

/// What becomes of the right result for an input.
type Spoil = fn(f32, f32) -> f32;

fn right<T: Sampled>(function: Function, x: T) -> T {
    match function.truth(x.widen()).round() {
        Rounding::Known(number) | Rounding::Unknown(number) => number,
    }
}

/// So many units away from a number, towards +infinity or -infinity.
fn moved<T: Sampled>(mut number: T, units: i32) -> T {
    for _ in 0..units.abs() {
        number = if units > 0 { number.next_up() } else { number.next_down() };
    }
    number
}

/// Whether the numbers that are up to 64 units away have the same unit.
fn is_inside_of_a_binade<T: Sampled>(number: T) -> bool {
    let binade = |number: T| number.widen().abs().to_bits() >> 52;
    let normal = number.widen().abs() > if T::DIGITS == 24 { 2e-38 } else { 1e-307 };
    let ends = [moved(number, -64), moved(number, 64)];
    normal && number.widen().is_finite() && ends.into_iter().all(|end| binade(end) == binade(number))
}

/// Results that are so many units off are measured to be, are counted as wrongly rounded, and the same input is named.
fn errors_are_measured<T: Sampled>() {
    for function in Function::ALL {
        let mut x = vec![T::default(); 600];
        sample::mixed_of(function, 3, &mut x);
        x.retain(|&x| is_inside_of_a_binade(right(function, x)));
        assert!(x.len() > 100, "{function}: {}", x.len());
        let halves = |negative: bool| x.iter().filter(|x| (x.widen() < 0.0) == negative).count();
        assert!(halves(false) > 20 && (halves(true) > 20 || function == Function::Logit), "{function}");
        let mut expected = Expected::default();
        for &x in &x {
            let rounded = right(function, x);
            expected.compute(function, &[x]);
            assert_eq!(expected.rounded()[0].bits(), rounded.bits(), "{function} of {}", x.widen());
            for units in [-64, -10, -3, -2, -1, 1, 2, 3, 10, 64] {
                let result = moved(rounded, units);
                let mut tally = Tally::default();
                tally.add(function, &[x], &[result], &expected);
                let error = tally.max_ulp();
                let what = format!("{function} {} at {}: {units} units are {error}", T::NAME, x.widen());
                let by = f64::from(units.abs());
                assert!(error >= by - 0.5001 && error <= by + 0.5001, "{what}");
                // The truth measures one result by itself, in another way.
                let alone = function.truth(x.widen()).error_in_ulp(result);
                assert!((error - alone).abs() < 1e-6, "{what}, {alone} alone");
                assert_eq!(tally.not_correctly_rounded, 1, "{what}");
                assert_eq!(tally.worst.unwrap().at, x.widen(), "{what}");
            }
            let mut tally = Tally::default();
            tally.add(function, &[x], &[rounded], &expected);
            assert!(tally.max_ulp() <= 0.5 && tally.not_correctly_rounded == 0, "{function}: {tally:?}");
        }
    }
}

#[test]
fn errors_of_f32_are_measured() {
    errors_are_measured::<f32>();
}

#[test]
fn errors_of_f64_are_measured() {
    errors_are_measured::<f64>();
}

/// Among subnormal results the unit is the smallest number.
#[test]
fn errors_of_subnormal_results_are_measured() {
    fn check<T: Sampled>(x: T) {
        let rounded = right(Function::Sigmoid, x);
        let mut expected = Expected::default();
        expected.compute(Function::Sigmoid, &[x]);
        for units in [-5, -1, 1, 5] {
            let mut tally = Tally::default();
            tally.add(Function::Sigmoid, &[x], &[moved(rounded, units)], &expected);
            let by = f64::from(units.abs());
            assert!((by - 0.5..=by + 0.5).contains(&tally.max_ulp()), "{units} units: {tally:?}");
            assert_eq!(tally.not_correctly_rounded, 1, "{units} units: {tally:?}");
        }
    }
    check(-100.0_f32);
    check(-88.0_f32);
    check(-740.0_f64);
    check(-709.0_f64);
}

/// Two parts of a sample make the whole, in either order.
#[test]
fn merged_tallies_have_all() {
    let spoil = |x: f64, y: f64| match x {
        _ if x.is_nan() => 0.5,
        _ if x == f64::INFINITY => 2.0,
        _ if x > 30.0 => 1.5,
        _ if x < -800.0 => 1e-300,
        _ if x < -746.0 => -0.0,
        _ if x < -700.0 => 0.0,
        _ => y.next_up(),
    };
    let function = Function::Sigmoid;
    let mut x = vec![0.0; 4096];
    sample::mixed(0, &mut x);
    let results: Vec<f64> = x.iter().map(|&x| spoil(x, right(function, x))).collect();
    let tally = |x: &[f64], results: &[f64], expected: &mut Expected<f64>| {
        expected.compute(function, x);
        let mut tally = Tally::default();
        tally.add(function, x, results, expected);
        tally
    };
    // Some of the roundings by arbitrary precision, so that they are counted.
    let mut expected = Expected::trusting(60);
    let whole = tally(&x, &results, &mut expected);
    let counts = |tally: &Tally| {
        [
            tally.inputs,
            tally.not_correctly_rounded,
            tally.by_arbitrary_precision,
            tally.nan_faults,
            tally.infinities,
            tally.infinity_faults,
            tally.range_faults,
            tally.wrong_zeros,
            tally.lost,
            tally.lost_subnormals,
            tally.spurious,
        ]
    };
    assert!(counts(&whole).iter().all(|&count| count > 0), "{whole:?}");
    let parts: Vec<Tally> =
        x.chunks(7).zip(results.chunks(7)).map(|(x, y)| tally(x, y, &mut expected)).collect();
    let mut merged = [Tally::default(), Tally::default()];
    parts.iter().for_each(|part| merged[0].merge(part));
    parts.iter().rev().for_each(|part| merged[1].merge(part));
    for merged in merged {
        assert_eq!((counts(&merged), merged.digest), (counts(&whole), whole.digest));
        assert_eq!(merged.max_ulp(), whole.max_ulp());
    }
}

/// The largest error is found wherever it is, and the one that is nearest to 0 of equal ones.
#[test]
fn the_worst_of_two() {
    let worst = |ulp, at| Tally { worst: Some(sigmoid_conformance::Worst { ulp, at }), ..Tally::default() };
    for (a, b, at) in [
        (worst(1.0, 5.0), worst(2.0, 7.0), 7.0),
        (worst(2.0, 5.0), worst(2.0, -4.0), -4.0),
        (worst(2.0, -5.0), worst(2.0, 5.0), 5.0),
        (worst(f64::INFINITY, 5.0), worst(2.0, 1.0), 5.0),
        (worst(2.0, 5.0), Tally::default(), 5.0),
    ] {
        for (first, second) in [(&a, &b), (&b, &a)] {
            let mut merged = first.clone();
            merged.merge(second);
            assert_eq!(merged.worst.unwrap().at, at, "{merged:?}");
        }
    }
}

/// A kernel with one spoilt half: results above or below what they should be, for x on one side of 0.
fn half(function: Function, side: f64, spoil: impl Fn(f64, f64) -> f64 + Copy) -> Report {
    Conformance::<f64>::new(function).points(30_000).probes(1).longest(0).check(move |x, y| {
        for (&x, y) in x.iter().zip(y) {
            *y = right(function, x);
            if x * side > 0.0 {
                *y = spoil(x, *y);
            }
        }
    })
}

/// Each law is looked at on both halves of the line, and in both directions.
#[test]
fn laws_are_seen_on_both_halves_and_in_both_directions() {
    use Function::{Derivative, LogSigmoid, Sigmoid, Silu, Softplus, Tanh, TanhDerivative};
    let check = |function, side: f64, rule: Rule, spoil: &dyn Fn(f64, f64) -> f64| {
        let report = half(function, side, spoil);
        let what = format!("{rule} of {function} on the side of {side}: {report}");
        assert!(!report.law(rule).holds(), "{what}");
        let example = report.law(rule).example.unwrap();
        // Of two inputs either may be named.
        let of_two = matches!(rule, Even | Odd | Monotone);
        assert!(of_two || example.x * side > 0.0 || example.x.is_nan(), "{what}");
    };
    let odd = |x: f64| x.to_bits() & 1 == 1 && (0.1..8.0).contains(&x.abs());
    for side in [-1.0, 1.0] {
        for function in [Sigmoid, Derivative, TanhDerivative] {
            let top = function.range()[1];
            check(function, side, Range, &|x, y| if x.abs() > 1.0 { top.next_up() } else { y });
            check(function, side, Range, &|x, y| if x.abs() > 1.0 { -y.max(1e-300) } else { y });
            check(function, side, Infinities, &|x, y| if x.is_infinite() { y + 1e-3 } else { y });
            check(function, side, Infinities, &|x, y| if x.is_infinite() { y - 1e-3 } else { y });
        }
        for function in [Sigmoid, Derivative, Silu, Tanh, Softplus, LogSigmoid] {
            check(function, side, Nan, &|x, y| if x.abs() > 1.0 { f64::NAN } else { y });
        }
        // Ripples, upwards and downwards.
        for function in [Sigmoid, Derivative, Tanh, TanhDerivative, Softplus, LogSigmoid] {
            check(function, side, Monotone, &|x, y| if odd(x) { moved(y, 4) } else { y });
            check(function, side, Monotone, &|x, y| if odd(x) { moved(y, -4) } else { y });
        }
        for function in [Derivative, TanhDerivative] {
            check(function, side, Even, &|x, y| if x.abs() < 9.0 { y.next_up() } else { y });
            check(function, side, Even, &|x, y| if x.abs() < 9.0 { y.next_down() } else { y });
        }
        check(Tanh, side, Odd, &|x, y| if x.abs() < 9.0 { y.next_up() } else { y });
        check(Tanh, side, Odd, &|x, y| if x.abs() < 9.0 { y.next_down() } else { y });
        // Lost: to 0 and to the other sign.
        for function in [Derivative, TanhDerivative, Tanh] {
            check(function, side, Sign, &|x, y| if x.abs() < 3.0 { 0.0 } else { y });
            check(function, side, Sign, &|x, y| if x.abs() < 3.0 { -y } else { y });
        }
        check(Derivative, side, SubnormalsKept, &|_, y| if y.is_subnormal() { 0.0 } else { y });
        check(Derivative, side, Zero, &|_, y| if y == 0.0 { 5e-324 } else { y });
        check(Derivative, side, SignOfZero, &|_, y| if y == 0.0 { -0.0 } else { y });
    }
    // Positive and negative where the truth rounds to 0 from below.
    check(Silu, -1.0, Zero, &|_, y| if y == 0.0 { -5e-324 } else { y });
    check(Silu, -1.0, Zero, &|_, y| if y == 0.0 { 5e-324 } else { y });
}

/// A probe of place each that no other one replaces.
#[test]
fn each_probe_of_place_finds_what_no_other_does() {
    fn is_sorted(x: &[f32]) -> bool {
        x.len() > 20 && x.iter().zip(&x[1..]).all(|(a, b)| a.total_cmp(b).is_le())
    }
    type Condition = fn(&[f32], bool) -> bool;
    let conditions: [(&str, Condition, &[usize]); 5] = [
        ("asked again", |x, again| x.len() == 4096 && again && !is_sorted(x), &[4096]),
        ("in order", |x, _| x.len() == 4096 && is_sorted(x), &[4096]),
        ("cut", |x, _| (21..132).contains(&x.len()) && !is_sorted(x), &[]),
        ("in order and cut", |x, _| (21..132).contains(&x.len()) && is_sorted(x), &[]),
        ("long", |x, _| x.len() == 100_003, &[100_003]),
    ];
    for (probe, condition, lengths) in conditions {
        let mut previous = Vec::new();
        let mut asked = 0_u32;
        // Without simplification, which asks in other places yet.
        let plan = Conformance::<f32>::new(Function::Sigmoid).stride(100_000_007).probes(2);
        let mut kernel = |x: &[f32], y: &mut [f32]| {
            let bits: Vec<u32> = x.iter().map(|x| x.to_bits()).collect();
            let spoils = condition(x, bits == previous);
            previous = bits;
            asked += u32::from(spoils);
            for (&x, y) in x.iter().zip(y) {
                *y = (1.0 / (1.0 + (-f64::from(x)).exp())) as f32;
                if spoils && x == 1.0 {
                    *y = 0.25;
                }
            }
        };
        let mut examiner = plan.examiner(1);
        for step in 1 + plan.inputs().div_ceil(4096)..plan.steps() {
            examiner.step(step, &mut [&mut kernel]);
        }
        let report = examiner.into_reports().remove(0);
        assert!(asked > 0, "{probe}");
        assert!(!report.place.holds(), "{probe}: {report}");
        let sigmoid_conformance::report::Against::Place { length, .. } =
            report.place.example.unwrap().against
        else {
            panic!("{report}")
        };
        assert!(lengths.is_empty() || lengths.contains(&length), "{probe}: {report}");
    }
}

/// A report and a tally are sound if and only if NaN, infinities, range and zeros are, and a report places and memory.
#[test]
fn soundness_has_all_its_parts() {
    let report = |spoil: Spoil| {
        Conformance::<f32>::new(Function::Derivative).stride(100_003).probes(1).check(move |x, y| {
            for (&x, y) in x.iter().zip(y.iter_mut()) {
                *y = spoil(x, right(Function::Derivative, x));
            }
        })
    };
    let tally = |spoil: Spoil| {
        let mut x = [0.0; 4096];
        sample::mixed(0, &mut x);
        let results: Vec<f32> = x.iter().map(|&x| spoil(x, right(Function::Derivative, x))).collect();
        let (mut expected, mut tally) = (Expected::default(), Tally::default());
        expected.compute(Function::Derivative, &x);
        tally.add(Function::Derivative, &x, &results, &expected);
        tally
    };
    let cases: [(&[Rule], Spoil); 9] = [
        (&[], |_, y| y),
        (&[Nan], |x, y| if x.is_nan() { 0.1 } else { y }),
        (&[Nan], |x, y| if x == 1.0 { f32::NAN } else { y }),
        (&[Infinities, Zero], |x, y| if x == f32::INFINITY { 1e-45 } else { y }),
        (&[Range], |x, y| if x == 0.0 { 0.25000003 } else { y }),
        (&[SignOfZero], |_, y| if y == 0.0 { -0.0 } else { y }),
        // These are no matter of soundness.
        (&[SubnormalsKept, Sign], |_, y| if y.is_subnormal() { 0.0 } else { y }),
        (&[Zero], |x, y| if x == -1e9 { 1e-45 } else { y }),
        (&[Even], |x, y| if x > 1.0 && x < 9.0 { moved(y, 1) } else { y }),
    ];
    for (broken, spoil) in cases {
        let (report, tally) = (report(spoil), tally(spoil));
        for rule in broken {
            assert!(!report.law(*rule).holds(), "{rule}: {report}");
        }
        let parts = [Nan, Infinities, Range, SignOfZero, Place, Written];
        assert_eq!(report.is_sound(), parts.iter().all(|&rule| report.law(rule).holds()), "{report}");
        let sound = [Nan, Infinities, Range].iter().all(|rule| !broken.contains(rule));
        assert_eq!(tally.is_sound(), sound, "{tally:?}");
        assert_eq!(report.is_sound(), sound && !broken.contains(&SignOfZero), "{report}");
    }
    // Places and memory alone.
    let fill = |x: &[f32], y: &mut [f32]| {
        x.iter().zip(y).for_each(|(&x, y)| *y = right(Function::Derivative, x));
    };
    let plan = Conformance::<f32>::new(Function::Derivative).stride(100_003).probes(1);
    let report = plan.check(|x: &[f32], y: &mut [f32]| {
        fill(x, y);
        if x.len() == 30 {
            y[29] = 0.125;
        }
    });
    assert!(!report.place.holds() && report.written.holds() && !report.is_sound(), "{report}");
    let report = plan.check(|x: &[f32], y: &mut [f32]| {
        for (&x, y) in x.iter().zip(y).filter(|(x, _)| !x.is_nan()) {
            *y = right(Function::Derivative, x);
        }
    });
    assert!(!report.written.holds() && report.nan.holds() && !report.is_sound(), "{report}");
}

/// The digest tells results apart: one bit of one of them, or two that change places.
#[test]
fn digests_tell_results_apart() {
    fn digest<T: Judged>(x: &[T], results: &[T]) -> u64 {
        let (mut expected, mut tally) = (Expected::default(), Tally::default());
        expected.compute(Function::Sigmoid, x);
        tally.add(Function::Sigmoid, x, results, &expected);
        tally.digest
    }
    fn check<T: Sampled>() {
        let mut x = vec![T::default(); 512];
        sample::mixed(1, &mut x);
        // Each number once.
        x.sort_by_key(|x| x.bits());
        x.dedup_by_key(|x| x.bits());
        let results: Vec<T> = x.iter().map(|&x| right(Function::Sigmoid, x)).collect();
        let mut seen = vec![digest(&x, &results)];
        for i in 0..x.len() {
            if results[i].is_nan() {
                continue;
            }
            let mut spoilt = results.clone();
            spoilt[i] = results[i].next_up();
            seen.push(digest(&x, &spoilt));
        }
        let (mut swapped, last) = (results.clone(), x.len() - 1);
        let other = (0..last).find(|&i| results[i].bits() != results[last].bits()).unwrap();
        swapped.swap(other, last);
        seen.push(digest(&x, &swapped));
        seen.push(digest(&x[1..], &results[1..]));
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert!(count > 400 && seen.len() == count, "{} of {count}", seen.len());
        // In another order, and with another NaN, it is the same.
        let reversed = |values: &[T]| values.iter().rev().copied().collect::<Vec<T>>();
        assert_eq!(digest(&reversed(&x), &reversed(&results)), digest(&x, &results));
        let nan = T::from_bits(T::INFINITY.bits() | 3);
        assert_eq!(digest(&[nan], &[nan]), digest(&[nan], &[T::narrow(f64::NAN)]));
    }
    check::<f32>();
    check::<f64>();
}
