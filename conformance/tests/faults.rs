//! Implementations with one fault each, and the examination names that fault and no other.

use sigmoid_conformance::report::{Against, Law};
use sigmoid_conformance::{Conformance, Function, Report, Sampled, foreign};

/// Correctly rounded results, but for what the tests spoil.
fn right<T: Sampled>(function: Function, x: T) -> T {
    use sigmoid_conformance::Rounding::{Known, Unknown};
    match function.truth(x.widen()).round() {
        Known(number) | Unknown(number) => number,
    }
}

fn fill<T: Sampled>(function: Function, x: &[T], y: &mut [T]) {
    for (&x, y) in x.iter().zip(y) {
        *y = right(function, x);
    }
}

/// Few inputs, and all the probes that matter: the kernels here are slow.
fn plan<T: Sampled>(function: Function) -> Conformance<T> {
    Conformance::new(function).stride(50_021).points(40_000).probes(3)
}

/// The broken laws are these and no others.
#[track_caller]
fn assert_broken(report: &Report, expected: &[&Law]) {
    for (what, law) in report.laws() {
        let should = expected.iter().any(|&broken| std::ptr::eq(broken, law));
        assert_eq!(!law.holds(), should, "{what}:\n{report}");
        assert_eq!(law.example.is_some(), should, "{what}:\n{report}");
    }
    assert_eq!(report.to_string().matches("BROKEN").count(), expected.len(), "{report}");
}

/// Whether a law is asked of a function at all.
fn is_asked(what: &str, function: Function) -> bool {
    use Function::{Derivative, LogSigmoid, Logit, Sigmoid, Softplus, Tanh, TanhDerivative};
    match what {
        "even" => matches!(function, Derivative | TanhDerivative),
        "odd" => function == Tanh,
        "monotone" => {
            matches!(function, Sigmoid | Derivative | Tanh | TanhDerivative | Softplus | LogSigmoid | Logit)
        }
        _ => true,
    }
}

fn faultless<T: Sampled>() {
    for function in Function::ALL {
        let report = plan::<T>(function).check(|x, y| fill(function, x, y));
        assert_broken(&report, &[]);
        assert!(report.is_correctly_rounded() && report.is_sound(), "{report}");
        // Half a unit and nothing else: odd multiples of the smallest number, halved by silu.
        assert!(report.max_ulp() <= 0.5, "{report}");
        assert_eq!(report.inputs, plan::<T>(function).inputs());
        for (what, law) in report.laws() {
            assert_eq!(law.checked > 0, is_asked(what, function), "{what} of {function}");
        }
        // Every region has been visited, and the whole is no smaller than its parts.
        for region in &report.regions {
            // A stride may step over the floats next to a zero.
            let small = T::DIGITS == 24 && region.name.contains("2^-10");
            assert!(region.inputs > 0 || small, "{report}");
            assert!(region.max_ulp() <= report.max_ulp(), "{report}");
        }
    }
}

/// Each of the functions that turn, fall or are not positive, with one fault.
#[test]
fn faults_of_the_others() {
    let check = |function: Function, spoil: fn(f32, f32) -> f32| {
        plan::<f32>(function).check(|x, y| {
            fill(function, x, y);
            for (&x, y) in x.iter().zip(y) {
                *y = spoil(x, *y);
            }
        })
    };
    // Zeros without their sign.
    let report = check(Function::Silu, |_, y| if y == 0.0 { 0.0 } else { y });
    assert_broken(&report, &[&report.sign_of_zero]);
    assert!(!report.is_sound());
    // Negative results that are flushed.
    let flushed = |_, y: f32| if y.abs() < f32::MIN_POSITIVE { 0.0_f32.copysign(y) } else { y };
    for function in [Function::Silu, Function::Gelu, Function::LogSigmoid] {
        let report = check(function, flushed);
        assert_broken(&report, &[&report.subnormals_kept, &report.sign]);
        assert!(report.is_sound());
    }
    // A number that has no logit.
    let report = check(Function::Logit, |x, y| if x > 1.0 { f32::INFINITY } else { y });
    assert_broken(&report, &[&report.nan, &report.infinities]);
    // An infinity that is large only.
    let report = check(Function::Softplus, |_, y| if y == f32::INFINITY { f32::MAX } else { y });
    assert_broken(&report, &[&report.infinities]);
    // Below the minimum.
    let report = check(Function::Silu, |x, y| if (-1.5..-1.0).contains(&x) { y * 1.1 } else { y });
    assert_broken(&report, &[&report.range]);
    // Not odd.
    let report = check(Function::Tanh, |x, y| if x < -3.0 && y > -1.0 { y.next_down() } else { y });
    assert!(!report.odd.holds() && report.is_sound(), "{report}");
}

#[test]
fn a_correctly_rounded_implementation_has_no_fault() {
    faultless::<f32>();
    faultless::<f64>();
}

#[test]
fn a_wrong_bit_in_one_lane() {
    // Lane 5 of 8 is one unit high.
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        for (&x, y) in x.iter().zip(y).skip(5).step_by(8) {
            if (1e-3..16.0).contains(&x.abs()) {
                *y = y.next_up().min(1.0);
            }
        }
    });
    // One unit high in one of two neighbours is a fall after it.
    assert_broken(&report, &[&report.place, &report.monotone]);
    assert!(!report.is_sound());
    assert!(report.not_correctly_rounded > 0);
    assert!((0.5..=1.5).contains(&report.max_ulp()), "{report}");
}

#[test]
fn a_tail_by_another_formula() {
    // The last elements that do not fill a register of 8 go by the plain formula.
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        let body = x.len() / 8 * 8;
        fill(Function::Sigmoid, &x[..body], &mut y[..body]);
        for (x, y) in x[body..].iter().zip(&mut y[body..]) {
            *y = 1.0 / (1.0 + (-x).exp());
        }
    });
    assert_broken(&report, &[&report.place]);
    let example = report.place.example.unwrap();
    let Against::Place { result, index, length, .. } = example.against else { panic!("{example:?}") };
    assert!(index >= length / 8 * 8, "{example:?}");
    assert_eq!(result, f64::from(right(Function::Sigmoid, example.x as f32)));
}

#[test]
fn neighbours_that_change_a_result() {
    // One far-out element takes its whole register down a path that is a little off.
    let report = plan::<f64>(Function::Derivative).check(|x, y| {
        for (x, y) in x.chunks(4).zip(y.chunks_mut(4)) {
            fill(Function::Derivative, x, y);
            if x.iter().any(|x| x.abs() > 700.0) {
                for (&x, y) in x.iter().zip(y) {
                    if x.abs() < 600.0 && x.abs() > 1e-6 {
                        *y = y.next_down();
                    }
                }
            }
        }
    });
    assert!(!report.place.holds(), "{report}");
}

#[test]
fn an_alignment_that_changes_a_result() {
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        if x.as_ptr().addr() % 32 == 4
            && let Some(first) = y.first_mut().filter(|y| (0.1..0.9).contains(*y))
        {
            *first = first.next_up();
        }
    });
    assert!(!report.place.holds(), "{report}");
}

#[test]
fn a_long_slice_that_goes_another_way() {
    let kernel = |x: &[f32], y: &mut [f32]| {
        fill(Function::Sigmoid, x, y);
        if x.len() > 10_000 {
            y[9_999] = 0.5;
        }
    };
    let report = plan::<f32>(Function::Sigmoid).check(kernel);
    assert_broken(&report, &[&report.place]);
    assert!(plan::<f32>(Function::Sigmoid).longest(0).check(kernel).place.holds());
}

#[test]
fn results_that_are_not_the_same_when_asked_again() {
    let mut calls = 0;
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        calls += 1;
        fill(Function::Sigmoid, x, y);
        if calls % 2 == 0
            && let Some(y) = y.iter_mut().find(|y| (0.6..0.9).contains(*y))
        {
            *y = y.next_down();
        }
    });
    assert!(!report.place.holds(), "{report}");
}

#[test]
fn flush_to_zero() {
    for function in [Function::Sigmoid, Function::Derivative] {
        let report = plan::<f32>(function).check(|x, y| {
            fill(function, x, y);
            for y in y.iter_mut().filter(|y| y.is_subnormal()) {
                *y = 0.0;
            }
        });
        assert_broken(&report, &[&report.subnormals_kept, &report.sign]);
        assert_eq!(report.subnormals_kept.broken, report.sign.broken);
        let example = report.subnormals_kept.example.unwrap();
        assert!((87.0..104.0).contains(&example.x.abs()) && example.result == 0.0, "{report}");
        let report = plan::<f64>(function).check(|x, y| {
            fill(function, x, y);
            for y in y.iter_mut().filter(|y| y.is_subnormal()) {
                *y = 0.0;
            }
        });
        assert_broken(&report, &[&report.subnormals_kept, &report.sign]);
    }
}

#[test]
fn a_clamp_that_loses_normal_numbers_or_never_reaches_zero() {
    let clamped = |low: f64| {
        plan::<f64>(Function::Sigmoid).check(move |x, y| {
            let x: Vec<f64> = x.iter().map(|&x| if x < low { low } else { x }).collect();
            fill(Function::Sigmoid, &x, y);
        })
    };
    let report = clamped(-700.0);
    assert_broken(&report, &[&report.zero, &report.infinities]);
    assert_eq!(report.infinities.example.unwrap().x, f64::NEG_INFINITY);

    let report = plan::<f64>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        for (x, y) in x.iter().zip(y) {
            if *x < -650.0 {
                *y = 0.0;
            }
        }
    });
    assert_broken(&report, &[&report.sign, &report.subnormals_kept]);
    assert!(report.sign.broken > report.subnormals_kept.broken);
}

#[test]
fn a_swallowed_nan() {
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        y.iter_mut().filter(|y| y.is_nan()).for_each(|y| *y = 4.5e-7);
    });
    assert_broken(&report, &[&report.nan]);
    let example = report.nan.example.unwrap();
    assert!(example.x.is_nan() && example.result as f32 == 4.5e-7 && report.max_ulp().is_infinite());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["nan"]["example"]["x"], "NaN");
    assert_eq!(json["regions"][0]["worst"]["ulp"], "inf");
}

#[test]
fn an_element_that_is_not_written() {
    let report = plan::<f64>(Function::Sigmoid).check(|x, y| {
        let len = x.len().saturating_sub(1);
        fill(Function::Sigmoid, &x[..len], &mut y[..len]);
    });
    assert!(!report.nan.holds() && !report.place.holds(), "{report}");
}

#[test]
fn a_result_above_one() {
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        for (x, y) in x.iter().zip(y) {
            if (17.4..17.5).contains(x) {
                *y = 1.000_000_1;
            }
        }
    });
    assert_broken(&report, &[&report.range, &report.monotone]);
    let example = report.range.example.unwrap();
    assert!((17.4..17.5).contains(&(example.x as f32)), "{report}");
    assert_eq!(example.against, Against::Truth { rounded: 1.0 });
    assert!(report.to_string().contains("gives 1.0000001, where the truth rounds to 1.0"), "{report}");
}

#[test]
fn a_negative_zero() {
    let report = plan::<f32>(Function::Derivative).check(|x, y| {
        fill(Function::Derivative, x, y);
        y.iter_mut().filter(|y| **y == 0.0).for_each(|y| *y = -0.0);
    });
    assert_broken(&report, &[&report.sign_of_zero]);
}

#[test]
fn a_wrong_limit() {
    let report = plan::<f64>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        for (x, y) in x.iter().zip(y) {
            if *x == f64::INFINITY {
                *y = 1.0_f64.next_down();
            }
        }
    });
    assert_broken(&report, &[&report.infinities]);
}

#[test]
fn a_wrong_limit_that_the_stride_steps_over() {
    let report = plan::<f32>(Function::Sigmoid).check(|x, y| {
        fill(Function::Sigmoid, x, y);
        for (x, y) in x.iter().zip(y) {
            if *x == f32::NEG_INFINITY {
                *y = f32::MIN_POSITIVE;
            }
        }
    });
    assert_broken(&report, &[&report.infinities, &report.zero]);
}

#[test]
fn a_fall_where_there_should_be_a_rise() {
    // Odd bit patterns one unit high: within the errors that many allow, and not monotone.
    let ripple = |function: Function| {
        move |x: &[f64], y: &mut [f64]| {
            fill(function, x, y);
            for (x, y) in x.iter().zip(y) {
                if x.to_bits() & 1 == 1 && (0.1..10.0).contains(&x.abs()) {
                    *y = y.next_up();
                }
            }
        }
    };
    for function in [Function::Sigmoid, Function::Derivative] {
        let report = plan::<f64>(function).check(ripple(function));
        assert_broken(&report, &[&report.monotone]);
        assert!(report.max_ulp() <= 1.5);
        let example = report.monotone.example.unwrap();
        let Against::Input { x, result } = example.against else { panic!("{example:?}") };
        // Of s, what comes before is larger.
        let falls = (x < example.x && result > example.result) || (x > example.x && result < example.result);
        assert!(falls || function == Function::Derivative, "{example:?}");
    }
}

#[test]
fn consecutive_numbers_are_compared_across_blocks() {
    // All patterns between 1 and 2 would take long; the step from one block to the next is enough.
    let x = f32::from_bits(4096 * 260_100);
    let plan = Conformance::<f32>::new(Function::Sigmoid).probes(0);
    let block = u64::from(x.to_bits()) / 4096;
    let mut examiner = plan.examiner(1);
    let mut kernel = |inputs: &[f32], y: &mut [f32]| {
        fill(Function::Sigmoid, inputs, y);
        for (input, y) in inputs.iter().zip(y) {
            if *input >= x {
                *y -= 1e-5;
            }
        }
    };
    // The first step is for the special values.
    for step in [block, block + 1] {
        assert_eq!(examiner.step(step, &mut [&mut kernel]), 4096);
    }
    let report = examiner.into_reports().remove(0);
    assert_eq!((report.inputs, report.monotone.checked, report.monotone.broken), (8192, 8192, 1));
    let example = report.monotone.example.unwrap();
    assert_eq!(example.x, f64::from(x));
}

#[test]
fn a_derivative_that_is_not_even() {
    // s (1 - s), from a perfect s.
    let report = plan::<f32>(Function::Derivative).check(|x, y| {
        for (&x, y) in x.iter().zip(y) {
            let s: f32 = right(Function::Sigmoid, x);
            *y = s * (1.0 - s);
        }
    });
    assert!(!report.even.holds() && !report.sign.holds(), "{report}");
    let above = report.regions.iter().find(|region| region.name == "x >= 0").unwrap();
    let below = report.regions.iter().find(|region| region.name == "-87 <= x < 0").unwrap();
    assert!(above.max_ulp() > 1e6 && below.max_ulp() < 3.0, "{report}");
}

#[test]
fn zeros_that_differ() {
    let report = plan::<f32>(Function::Derivative).check(|x, y| {
        fill(Function::Derivative, x, y);
        for (x, y) in x.iter().zip(y) {
            if x.to_bits() == (-0.0_f32).to_bits() {
                *y = y.next_down();
            }
        }
    });
    assert!(!report.monotone.holds(), "{report}");
}

#[test]
fn threads_several_kernels_and_c_give_one_report() {
    unsafe extern "C" fn plain(x: *const f32, y: *mut f32, n: usize) {
        for i in 0..n {
            // SAFETY: the caller hands over `n` elements of each.
            unsafe { *y.add(i) = 1.0 / (1.0 + (-*x.add(i)).exp()) }
        }
    }
    // SAFETY: it stays within `n` elements.
    let kernel = unsafe { foreign(plain) };
    let plan = plan::<f32>(Function::Sigmoid);
    let report = plan.check(kernel);
    assert_eq!(report, plan.check_on(3.try_into().unwrap(), kernel));
    let mut other = |x: &[f32], y: &mut [f32]| fill(Function::Sigmoid, x, y);
    let both = plan.check_all(&mut [&mut { kernel }, &mut other]);
    assert_eq!(report, both[0]);
    assert_ne!(both[0].digest, both[1].digest);

    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["function"], "sigmoid");
    assert_eq!(json["digest"].as_str().unwrap().len(), 16);
    assert_eq!(json["regions"][2]["name"], "-87 <= x < 0");
    assert!(json["subnormals_kept"]["broken"].as_u64().unwrap() > 0);
}
