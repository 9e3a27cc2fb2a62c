//! The functions made of the sigmoid: what the judge knows of them against arbitrary precision, and the library's
//! kernels against the judge, on every backend that this machine has.
//!
//! A kernel that is new takes a line in [`one_input`] or [`two_inputs`].
//!
//! All of `f32`, and more of `f64`:
//! `cargo test --release -p sigmoid-conformance --test family -- --ignored --nocapture`

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use sigmoid::bounds::{self, Stated};
use sigmoid::{Backend, Kernels, ops};
use sigmoid_conformance::sample::{self, Random};
use sigmoid_conformance::{
    Conformance, Expected, Function, FunctionOfTwo, Kernel, Report, Rounding, Sampled, Tally, Truth,
};

type Slices<T> = fn(&Kernels, &[T], &mut [T]);
type TwoSlices<T> = fn(&Kernels, &[T], &[T], &mut [T]);

/// A kernel of one input, and what it promises.
struct OneInput {
    function: Function,
    bound: Stated,
    single: Slices<f32>,
    double: Slices<f64>,
}

/// A kernel of two inputs, and what it promises.
struct TwoInputs {
    function: FunctionOfTwo,
    bound: Stated,
    single: TwoSlices<f32>,
    double: TwoSlices<f64>,
}

macro_rules! one_input {
    ($function:ident, $op:expr, $bound:expr) => {
        OneInput {
            function: Function::$function,
            bound: $bound,
            single: |kernels, x, y| kernels.map($op, x, y),
            double: |kernels, x, y| kernels.map($op, x, y),
        }
    };
}

macro_rules! two_inputs {
    ($function:ident, $op:expr, $bound:expr) => {
        TwoInputs {
            function: FunctionOfTwo::$function,
            bound: $bound,
            single: |kernels, a, b, y| kernels.zip($op, a, b, y),
            double: |kernels, a, b, y| kernels.zip($op, a, b, y),
        }
    };
}

/// Function, operation, stated errors.
fn one_input() -> Vec<OneInput> {
    vec![
        one_input!(Silu, ops::Silu, bounds::SILU),
        one_input!(SiluDerivative, ops::SiluDerivative, bounds::SILU_DERIVATIVE),
        one_input!(QuickGelu, ops::QuickGelu, bounds::QUICK_GELU),
        one_input!(Tanh, ops::Tanh, bounds::TANH),
        one_input!(TanhDerivative, ops::TanhDerivative, bounds::TANH_DERIVATIVE),
        one_input!(Softplus, ops::Softplus, bounds::SOFTPLUS),
        one_input!(LogSigmoid, ops::LogSigmoid, bounds::SOFTPLUS),
        one_input!(Logit, ops::Logit, bounds::LOGIT),
        one_input!(GeluTanh, ops::GeluTanh, bounds::GELU_TANH),
    ]
}

/// Function, operation, stated errors.
fn two_inputs() -> Vec<TwoInputs> {
    vec![
        two_inputs!(SwiGlu, ops::SwiGlu::default(), bounds::SWIGLU),
        two_inputs!(Glu, ops::Glu, bounds::GLU),
        two_inputs!(BceWithLogits, ops::BceWithLogits, bounds::BCE_WITH_LOGITS),
        two_inputs!(SiluBackward, ops::SiluBackward, bounds::SILU_BACKWARD),
    ]
}

/// All but the two that `truth.rs` is about.
fn family() -> impl Iterator<Item = Function> {
    Function::ALL.into_iter().filter(|function| !matches!(function, Function::Sigmoid | Function::Derivative))
}

/// Numbers of every kind, and those that are hard for the function.
fn points<T: Sampled>(function: Function, count: usize) -> Vec<T> {
    let mut x = vec![T::default(); count];
    sample::mixed_of(function, 5, &mut x);
    // Next to a zero, and next to where something begins or ends.
    let zeros =
        [-1.278_464_542_761_073_7, 0.5, 1.0, -0.5, 0.005_4, -0.005_45, 1.0 / 32768.0, -1.0 / 32768.0, 2.5];
    for zero in zeros {
        let mut below = T::narrow(zero);
        let mut above = below;
        for _ in 0..3 {
            x.extend([below, above]);
            (below, above) = (below.next_down(), above.next_up());
        }
    }
    // Odd multiples of the smallest number, halves of which are middles, and other small ones.
    let smallest = T::from_units(1.0, T::SMALLEST_EXPONENT).widen();
    for exponent in [0, 1, 10, 22, 23, 24, 40, 45, 60, 100] {
        let scale = 2.0_f64.powi(exponent);
        x.extend([1.0, 3.0, -5.0, -7.0, 1001.0].map(|odd| T::narrow(odd * scale * smallest)));
    }
    // 1/2 + x/2 is a middle, or x/2 + x^2/4.
    for odd in [1.0, 3.0, 5.0, -1.0, -7.0] {
        x.extend([0, 1].map(|more| T::narrow(odd * 2.0_f64.powi(more - T::DIGITS))));
    }
    x
}

/// How many points: the digits that Phi takes make it slow.
fn count_for(function: Function) -> usize {
    if function == Function::Gelu { 120 } else { 600 }
}

#[test]
fn pairs_agree_with_arbitrary_precision() {
    for function in family() {
        let (mut worst, mut at, mut count) = (f64::NEG_INFINITY, 0.0, 0);
        for x in points::<f64>(function, count_for(function)) {
            let truth = function.truth(x);
            // Where it has vanished something stands in.
            let ([high, ..], exponent) = truth.parts();
            if high.abs().log2() + f64::from(exponent) < -1100.0 {
                continue;
            }
            let Some(doubt) = function.doubt(x) else { continue };
            count += 1;
            if doubt > worst {
                (worst, at) = (doubt, x);
            }
            let stated = (truth.error() / high.abs()).log2();
            // But for the 512 digits of arbitrary precision, and the rounding of the logarithms.
            let allowed = stated.max(-500.0) + 1e-9;
            assert!(doubt <= allowed, "{function} of {x:e}: off by 2^{doubt}, stated 2^{stated}");
        }
        println!("{function}: at most 2^{worst} at {at:e}, {count} points");
        assert!(count > count_for(function) / 3, "{function}: {count} points");
        assert!(worst < -90.0, "{function}: 2^{worst} at x = {at:e}");
    }
}

#[test]
fn roundings_are_those_of_arbitrary_precision() {
    for function in family() {
        check_roundings::<f32>(function);
        check_roundings::<f64>(function);
    }
}

fn check_roundings<T: Sampled>(function: Function) {
    let mut unknown = 0;
    for x in points::<T>(function, count_for(function) / 2) {
        let arbitrarily = function.round_arbitrarily(x).expect("digits enough");
        match function.truth(x.widen()).round::<T>() {
            Rounding::Known(number) => {
                let same = number.bits() == arbitrarily.bits() || number.is_nan() && arbitrarily.is_nan();
                let (number, arbitrarily) = (number.widen(), arbitrarily.widen());
                let name = T::NAME;
                assert!(same, "{function} {name} of {:e}: {number:e} and {arbitrarily:e}", x.widen());
            }
            Rounding::Unknown(number) => {
                println!("{function} {} of {:e}: {:e}?", T::NAME, x.widen(), number.widen());
                unknown += 1;
            }
        }
    }
    assert_eq!(unknown, 0, "{function} in {}", T::NAME);
}

/// Pairs of inputs: moderate ones, tails with large factors, zeros of silu', labels.
fn pairs<T: Sampled>(function: FunctionOfTwo, count: usize, seed: u64) -> Vec<[T; 2]> {
    let mut random = Random(seed);
    let single = T::DIGITS == 24;
    let (far, scale) = if single { (110.0, 60.0) } else { (760.0, 500.0) };
    let pair = |i: usize| {
        let x = match i % 6 {
            0 => random.between(-far, far),
            1 => random.between(-20.0, 20.0),
            2 => random.magnitude(-30.0, 6.0),
            3 => -1.278_464_542_761_073_7 + random.magnitude(-30.0, 0.0),
            4 => random.magnitude(-2.0 * scale, 7.0),
            _ => random.between(-4.0, 4.0),
        };
        let other = match (function, i / 6 % 4) {
            (FunctionOfTwo::BceWithLogits, 0) => 0.0,
            (FunctionOfTwo::BceWithLogits, 1) => 1.0,
            (FunctionOfTwo::BceWithLogits, 2) => 1.0 - random.magnitude(-60.0, 0.0).abs(),
            (FunctionOfTwo::BceWithLogits, _) => random.between(0.0, 1.0),
            (_, 0) => random.magnitude(-scale, scale),
            (_, 1) => random.magnitude(-2.0 * scale, 2.0 * scale),
            _ => random.between(-8.0, 8.0),
        };
        let pair = if function == FunctionOfTwo::Glu { [other, x] } else { [x, other] };
        pair.map(T::narrow)
    };
    (0..count).map(pair).collect()
}

#[test]
fn pairs_of_two_inputs_agree_with_arbitrary_precision() {
    for function in FunctionOfTwo::ALL {
        let (mut worst, mut at) = (f64::NEG_INFINITY, [0.0; 2]);
        for [a, b] in pairs::<f64>(function, 600, 11) {
            let truth = function.truth(a, b);
            if let Some(doubt) = function.doubt(a, b).filter(|&doubt| doubt > worst) {
                (worst, at) = (doubt, [a, b]);
            }
            let arbitrarily = function.round_arbitrarily(a, b).expect("digits enough");
            assert_eq!(truth.round(), Rounding::Known(arbitrarily), "{function} of {a:e} and {b:e}");
        }
        for [a, b] in pairs::<f32>(function, 600, 13) {
            let arbitrarily = function.round_arbitrarily(a, b).expect("digits enough");
            let truth = function.truth(a.into(), b.into());
            assert_eq!(truth.round(), Rounding::Known(arbitrarily), "{function} of {a:e} and {b:e}");
        }
        println!("{function}: at most 2^{worst} at {at:?}");
        assert!(worst < -90.0, "{function}: 2^{worst} at {at:?}");
    }
}

#[test]
fn values_that_are_known() {
    let infinity = f64::INFINITY;
    let known = |function: Function, x: f64, value: f64| {
        let Rounding::Known(rounded) = function.truth(x).round::<f64>() else { panic!("{function} of {x}") };
        let same = rounded.to_bits() == value.to_bits() || rounded.is_nan() && value.is_nan();
        assert!(same, "{function} of {x}: {rounded:?}, not {value:?}");
        let narrow = function.round_arbitrarily(x as f32).expect("digits enough");
        let same = narrow.to_bits() == (value as f32).to_bits() || narrow.is_nan() && value.is_nan();
        assert!(same, "{function} of {x}: {narrow:?}, not {value:?}");
    };
    for function in Function::ALL {
        known(function, f64::NAN, f64::NAN);
    }
    for product in [Function::Silu, Function::QuickGelu, Function::GeluTanh, Function::Gelu] {
        for (x, value) in [(0.0, 0.0), (-0.0, -0.0), (infinity, infinity), (-infinity, -0.0), (-1e300, -0.0)]
        {
            known(product, x, value);
        }
        known(product, f64::from(f32::MAX), f64::from(f32::MAX));
    }
    let tables: [(Function, &[(f64, f64)]); 6] = [
        (
            Function::SiluDerivative,
            &[(0.0, 0.5), (infinity, 1.0), (-infinity, -0.0), (-1e9, -0.0), (1e9, 1.0)],
        ),
        (Function::Tanh, &[(0.0, 0.0), (-0.0, -0.0), (infinity, 1.0), (-infinity, -1.0), (-50.0, -1.0)]),
        (Function::TanhDerivative, &[(0.0, 1.0), (-0.0, 1.0), (infinity, 0.0), (-infinity, 0.0), (1e9, 0.0)]),
        (Function::Softplus, &[(infinity, infinity), (-infinity, 0.0), (-1e9, 0.0), (1e9, 1e9)]),
        (Function::LogSigmoid, &[(infinity, -0.0), (-infinity, -infinity), (1e9, -0.0), (-1e9, -1e9)]),
        (
            Function::Logit,
            &[
                (0.0, -infinity),
                (-0.0, -infinity),
                (0.5, 0.0),
                (1.0, infinity),
                (1.5, f64::NAN),
                (-1e-30, f64::NAN),
                (infinity, f64::NAN),
                (-infinity, f64::NAN),
            ],
        ),
    ];
    for (function, values) in tables {
        for &(x, value) in values {
            known(function, x, value);
        }
    }
}

#[test]
fn values_of_two_that_are_known() {
    let infinity = f64::INFINITY;
    let known = |function: FunctionOfTwo, [a, b]: [f64; 2], value: f64| {
        let Rounding::Known(rounded) = function.truth(a, b).round::<f64>() else { panic!("{function}") };
        let same = rounded.to_bits() == value.to_bits() || rounded.is_nan() && value.is_nan();
        assert!(same, "{function} of {a} and {b}: {rounded:?}, not {value:?}");
        assert_eq!(function.truth(a, b).error_in_ulp(value), 0.0);
    };
    known(FunctionOfTwo::SwiGlu, [-0.0, 3.0], -0.0);
    known(FunctionOfTwo::SwiGlu, [-2.0, -0.0], 0.0);
    known(FunctionOfTwo::SwiGlu, [infinity, -2.0], -infinity);
    known(FunctionOfTwo::SwiGlu, [-infinity, infinity], f64::NAN);
    known(FunctionOfTwo::SwiGlu, [1e200, 1e200], infinity);
    known(FunctionOfTwo::Glu, [-3.0, -infinity], -0.0);
    known(FunctionOfTwo::Glu, [infinity, -1e9], infinity);
    // The limits of s and of silu' are 1, and the smallest numbers stay what they are.
    for smallest in [5e-324, -5e-324, 3e-310, 2.0_f64.powi(-1022), 1.2e-45, 1e-300] {
        known(FunctionOfTwo::Glu, [smallest, infinity], smallest);
        known(FunctionOfTwo::SiluBackward, [infinity, smallest], smallest);
    }
    known(FunctionOfTwo::BceWithLogits, [infinity, 1.0], 0.0);
    known(FunctionOfTwo::BceWithLogits, [-infinity, 0.5], infinity);
    known(FunctionOfTwo::BceWithLogits, [1.0, 1.5], f64::NAN);
    known(FunctionOfTwo::SiluBackward, [0.0, 2.0], 1.0);
    known(FunctionOfTwo::SiluBackward, [-infinity, 2.0], -0.0);
    // Halves of the smallest numbers are middles, and go to the even one.
    assert_eq!(FunctionOfTwo::Glu.round_arbitrarily(3.0 * 5e-324, 0.0), Some(2.0 * 5e-324));
}

/// The examination on all threads, of all backends at once.
fn examine<T: Sampled>(plan: Conformance<T>, slices: Slices<T>) -> Vec<(Kernels, Report)> {
    let engines: Vec<Kernels> = Kernels::engines().collect();
    let next = AtomicU64::new(0);
    let work = || {
        let mut all: Vec<_> =
            engines.iter().map(|engine| move |x: &[T], y: &mut [T]| slices(engine, x, y)).collect();
        let mut all: Vec<_> = all.iter_mut().map(|kernel| kernel as &mut Kernel<'_, T>).collect();
        let mut examiner = plan.examiner(all.len());
        loop {
            let step = next.fetch_add(1, Ordering::Relaxed);
            if step >= plan.steps() {
                return examiner.into_reports();
            }
            examiner.step(step, &mut all);
        }
    };
    let mut reports = plan.examiner(engines.len()).into_reports();
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let part = thread.join().expect("no panic");
            reports.iter_mut().zip(&part).for_each(|(report, part)| report.merge(part));
        }
    });
    engines.into_iter().zip(reports).collect()
}

/// What is asked of a fast kernel: everything but that results are monotone.
fn check<T: Sampled>(plan: Conformance<T>, slices: Slices<T>, bound: impl Fn(Backend) -> f64) -> Vec<String> {
    let mut broken = Vec::new();
    for (engine, report) in examine(plan, slices) {
        println!("{engine:?}: {report}");
        let laws = [&report.subnormals_kept, &report.sign, &report.zero, &report.even, &report.odd];
        let lawful = report.is_sound() && laws.into_iter().all(|law| law.holds());
        let stated = bound(engine.selected_backend());
        if !lawful || report.max_ulp() > stated || report.undecided > 0 {
            broken.push(format!("{engine:?}, stated {stated}: {report}"));
        }
    }
    broken
}

/// Numbers that are hard for the function, by themselves: a stride steps over most of them.
fn check_hard<T: Sampled>(
    function: Function,
    blocks: u64,
    slices: Slices<T>,
    bound: impl Fn(Backend) -> f64,
) -> Vec<String> {
    const BLOCK: usize = 4096;
    let engines: Vec<Kernels> = Kernels::engines().collect();
    let mut tallies = vec![Tally::default(); engines.len()];
    let (mut x, mut results) = (vec![T::default(); BLOCK], vec![T::default(); BLOCK]);
    let mut expected = Expected::default();
    for index in 0..blocks {
        match index % 2 {
            0 => sample::mixed_of(function, index, &mut x),
            _ => sample::neighbours_of(function, index, 16, &mut x),
        }
        expected.compute(function, &x);
        for (engine, tally) in engines.iter().zip(&mut tallies) {
            slices(engine, &x, &mut results);
            tally.add(function, &x, &results, &expected);
        }
    }
    let mut broken = Vec::new();
    for (engine, tally) in engines.iter().zip(&tallies) {
        let stated = bound(engine.selected_backend());
        let line = format!("{function} {} {engine:?}, stated {stated}: {tally:?}", T::NAME);
        println!("{line}");
        let lost = tally.lost + tally.spurious + tally.wrong_zeros;
        if !tally.is_sound() || lost > 0 || tally.undecided > 0 || tally.max_ulp() > stated {
            broken.push(line);
        }
    }
    broken
}

fn check_all(
    hard: u64,
    plan_of_f32: impl Fn(Function) -> Conformance<f32>,
    plan_of_f64: impl Fn(Function) -> Conformance<f64>,
) {
    let mut broken = Vec::new();
    for case in one_input() {
        let [single, double] = [case.bound.f32, case.bound.f64];
        broken.extend(check(plan_of_f32(case.function), case.single, |backend| single.on(backend)));
        broken.extend(check(plan_of_f64(case.function), case.double, |backend| double.on(backend)));
        broken.extend(check_hard(case.function, hard, case.single, |backend| single.on(backend)));
        broken.extend(check_hard(case.function, hard, case.double, |backend| double.on(backend)));
    }
    // It has no `f64`.
    let gelu: Slices<f32> = |kernels, x, y| kernels.map(ops::Gelu, x, y);
    broken.extend(check(plan_of_f32(Function::Gelu), gelu, |backend| bounds::GELU.on(backend)));
    broken.extend(check_hard(Function::Gelu, hard, gelu, |backend| bounds::GELU.on(backend)));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn kernels_of_one_input() {
    check_all(
        128,
        |function| Conformance::new(function).stride(503).probes(8),
        |function| Conformance::new(function).points(1 << 20).probes(8),
    );
}

#[test]
#[ignore = "minutes"]
fn kernels_of_one_input_on_more_points() {
    check_all(
        4096,
        |function| Conformance::new(function).stride(11),
        |function| Conformance::new(function).points(1 << 25),
    );
}

#[test]
#[ignore = "all 2^32 inputs: ten minutes and more"]
fn kernels_of_one_input_on_every_f32() {
    check_all(4096, Conformance::new, |function| Conformance::new(function).points(1 << 24));
}

/// The largest error on each backend, and where; and results whose sign or kind is wrong.
fn check_two<T: Sampled + std::fmt::Debug>(
    function: FunctionOfTwo,
    count: usize,
    slices: TwoSlices<T>,
    bound: impl Fn(Backend) -> f64,
) -> Vec<String> {
    const BLOCK: usize = 4096;
    let engines: Vec<Kernels> = Kernels::engines().collect();
    let mut worst = vec![(0.0, [T::default(); 3]); engines.len()];
    let mut results = vec![T::default(); BLOCK];
    for block in 0..count / BLOCK {
        let inputs = pairs::<T>(function, BLOCK, 1000 + block as u64);
        let truths: Vec<Truth> = inputs.iter().map(|[a, b]| function.truth(a.widen(), b.widen())).collect();
        let [a, b] = [0, 1].map(|i| inputs.iter().map(|pair| pair[i]).collect::<Vec<T>>());
        for (engine, worst) in engines.iter().zip(&mut worst) {
            slices(engine, &a, &b, &mut results);
            for i in 0..BLOCK {
                let error = truths[i].error_in_ulp(results[i]);
                let (Rounding::Known(rounded) | Rounding::Unknown(rounded)) = truths[i].round::<T>();
                let wrong_zero = results[i].widen() == 0.0
                    && results[i].widen().is_sign_negative() != rounded.widen().is_sign_negative();
                let error = if wrong_zero { f64::INFINITY } else { error };
                // The reference multiplies by a silu(g) in f64 that is subnormal here.
                if T::DIGITS == 53 && engine.selected_backend() == Backend::Scalar && a[i].widen() < -700.0 {
                    continue;
                }
                if error > worst.0 {
                    *worst = (error, [a[i], b[i], results[i]]);
                }
            }
        }
    }
    let mut broken = Vec::new();
    for (engine, (error, [a, b, result])) in engines.iter().zip(worst) {
        let line =
            format!("{function} {engine:?} {}: {error:.4} ULP, {a:?} and {b:?} give {result:?}", T::NAME);
        println!("{line}");
        let stated = bound(engine.selected_backend());
        if error > stated {
            broken.push(format!("{line}, stated {stated}"));
        }
    }
    broken
}

fn check_all_of_two(count: usize) {
    let mut broken = Vec::new();
    for case in two_inputs() {
        broken.extend(check_two(case.function, count, case.single, |backend| case.bound.f32.on(backend)));
        broken.extend(check_two(case.function, count, case.double, |backend| case.bound.f64.on(backend)));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn kernels_of_two_inputs() {
    check_all_of_two(1 << 18);
}

#[test]
#[ignore = "minutes"]
fn kernels_of_two_inputs_on_more_points() {
    check_all_of_two(1 << 25);
}
