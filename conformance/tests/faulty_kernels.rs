//! Kernels with the faults that kernels have, and none goes unnoticed: each has a finding by the law that it breaks,
//! with an example. The kernel without a fault has none.

use sigmoid_conformance::Rule::{self, *};
use sigmoid_conformance::report::{Against, MemoryFault};
use sigmoid_conformance::{
    Claims, Conformance, Function, Report, assert_conforms, foreign, foreign_in_place, in_place,
};

type Boxed = Box<dyn FnMut(&[f32], &mut [f32])>;

/// What becomes of the right result for an input.
type Spoil = fn(f32, f32) -> f32;

/// s(x), computed in `f64`.
fn s(x: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(x)).exp())) as f32
}

/// The function, computed in `f64`: within 0.51 units in the last place.
fn value(function: Function, x: f32) -> f32 {
    let x = f64::from(x);
    match function {
        Function::Derivative => {
            let e = (-x.abs()).exp();
            (e / ((1.0 + e) * (1.0 + e))) as f32
        }
        Function::Silu if x < -700.0 => -0.0,
        Function::Silu => (x / (1.0 + (-x).exp())) as f32,
        Function::Tanh => x.tanh() as f32,
        _ => s(x as f32),
    }
}

fn fill(x: &[f32], y: &mut [f32]) {
    for (x, y) in x.iter().zip(y) {
        *y = s(*x);
    }
}

/// The same by the formula of a slow path: other bits for some.
fn fill_otherwise(x: &[f32], y: &mut [f32]) {
    for (x, y) in x.iter().zip(y) {
        let e = (-x.abs()).exp();
        *y = if *x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) };
    }
}

/// One unit up, but not above 1.
fn nudge(y: &mut f32) {
    if (0.01..0.99).contains(y) {
        *y = y.next_up();
    }
}

/// A kernel right but for what is done to one result at a time.
fn spoilt(function: Function, spoil: Spoil) -> Boxed {
    Box::new(move |x, y| {
        for (&x, y) in x.iter().zip(y) {
            *y = spoil(x, value(function, x));
        }
    })
}

/// One that is right, and then does something else.
fn then(mut spoil: impl FnMut(&[f32], &mut [f32]) + 'static) -> Boxed {
    Box::new(move |x, y| {
        fill(x, y);
        spoil(x, y);
    })
}

/// Results of a C function that writes in other places than it should.
fn c(function: unsafe extern "C" fn(*const f32, *mut f32, usize)) -> Boxed {
    // SAFETY: they stay within the guards that surround each slice.
    Box::new(unsafe { foreign(function) })
}

/// # Safety
///
/// `n` elements of each.
unsafe fn plain(x: *const f32, y: *mut f32, n: usize) {
    for i in 0..n {
        // SAFETY: the caller hands over `n` elements.
        unsafe { *y.add(i) = s(*x.add(i)) }
    }
}

unsafe extern "C" fn one_past_the_end(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's, and a guard.
    unsafe {
        plain(x, y, n);
        *y.add(n) = 0.0;
    }
}

unsafe extern "C" fn one_before_the_beginning(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's, and a guard.
    unsafe {
        plain(x, y, n);
        if n > 0 && !y.addr().is_multiple_of(32) {
            *y.sub(1) = 0.5;
        }
    }
}

/// The last register is written whole.
unsafe extern "C" fn whole_registers(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's, and the guards.
    unsafe { plain(x, y, n.next_multiple_of(8)) }
}

unsafe extern "C" fn writes_to_its_inputs(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's; the inputs are in memory that may be written.
    unsafe {
        plain(x, y, n);
        if n >= 16 {
            *x.cast_mut().add(n - 1) = 0.0;
        }
    }
}

/// The last register is filled with what lies past the end, and one far-out lane of it is enough.
unsafe extern "C" fn reads_past_the_end(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's, and a guard.
    unsafe {
        plain(x, y, n);
        let past = *x.add(n);
        if !n.is_multiple_of(8) && past.abs() > 1e29 && past.is_finite() {
            nudge(&mut *y.add(n - 1));
        }
    }
}

/// The last register overlaps the one before it: some elements are computed twice.
unsafe extern "C" fn overlapping_tail(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's.
    unsafe {
        if n < 8 {
            return plain(x, y, n);
        }
        let whole = n / 8 * 8;
        plain(x, y, whole);
        if whole < n {
            plain(x.add(n - 8), y.add(n - 8), 8);
        }
    }
}

unsafe extern "C" fn right(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: the caller's.
    unsafe { plain(x, y, n) }
}

/// What it is, a kernel that has it, and the laws that it breaks (at least). None: its errors are too large.
type Fault = (&'static str, Function, Boxed, &'static [Rule]);

fn faults() -> Vec<Fault> {
    use Function::{Derivative, Sigmoid, Silu, Tanh};
    let mut calls = 0_u64;
    let mut previous: Vec<f32> = Vec::new();
    let mut scratch = vec![0.0; 64];
    vec![
        // Which elements are written.
        (
            "the last element of odd lengths is dropped",
            Sigmoid,
            Box::new(|x: &[f32], y: &mut [f32]| fill(&x[..x.len() & !1], y)),
            &[Written, Place],
        ),
        (
            "what fills no register of 8 is dropped",
            Sigmoid,
            Box::new(|x: &[f32], y: &mut [f32]| fill(&x[..x.len() / 8 * 8], y)),
            &[Written, Place],
        ),
        (
            "one element is not written where there are more than 64",
            Sigmoid,
            Box::new(|x: &[f32], y: &mut [f32]| {
                for (i, (x, y)) in x.iter().zip(y).enumerate() {
                    if i != 64 {
                        *y = s(*x);
                    }
                }
            }),
            &[Written, Place],
        ),
        (
            "no result is written where the input is NaN",
            Sigmoid,
            Box::new(|x: &[f32], y: &mut [f32]| {
                for (x, y) in x.iter().zip(y).filter(|(x, _)| !x.is_nan()) {
                    *y = s(*x);
                }
            }),
            &[Written],
        ),
        ("one past the end is written", Sigmoid, c(one_past_the_end), &[Written]),
        ("one before the beginning is written", Sigmoid, c(one_before_the_beginning), &[Written]),
        ("the last register is written whole", Sigmoid, c(whole_registers), &[Written]),
        ("the inputs are written", Sigmoid, c(writes_to_its_inputs), &[Written]),
        (
            "results are added to what was there",
            Sigmoid,
            Box::new(|x: &[f32], y: &mut [f32]| x.iter().zip(y).for_each(|(x, y)| *y += s(*x))),
            &[Nan, Place],
        ),
        (
            "the larger of the result and what was there",
            Sigmoid,
            Box::new(|x: &[f32], y: &mut [f32]| {
                x.iter().zip(y).filter(|(x, _)| !x.is_nan()).for_each(|(x, y)| *y = y.max(s(*x)));
            }),
            &[Place],
        ),
        // Where an element stands.
        (
            "a NaN spoils its register",
            Sigmoid,
            then(|x, y| {
                for (x, y) in x.chunks(8).zip(y.chunks_mut(8)) {
                    if x.iter().any(|x| x.is_nan()) {
                        y.fill(f32::NAN);
                    }
                }
            }),
            &[Nan, Place],
        ),
        (
            "a NaN takes its register down another path",
            Sigmoid,
            then(|x, y| {
                for (x, y) in x.chunks(8).zip(y.chunks_mut(8)) {
                    if x.iter().any(|x| x.is_nan()) {
                        fill_otherwise(x, y);
                    }
                }
            }),
            &[Place],
        ),
        (
            "a far-out neighbour takes its register down another path",
            Sigmoid,
            then(|x, y| {
                for (x, y) in x.chunks(4).zip(y.chunks_mut(4)) {
                    if x.iter().any(|x| x.abs() > 87.0) {
                        fill_otherwise(x, y);
                    }
                }
            }),
            &[Place],
        ),
        (
            "the neighbour's sign counts",
            Sigmoid,
            then(|x, y| {
                for i in 1..x.len() {
                    if x[i - 1] < 0.0 && x[i] > 0.0 {
                        nudge(&mut y[i]);
                    }
                }
            }),
            &[Place],
        ),
        ("what lies past the end counts", Sigmoid, c(reads_past_the_end), &[Place]),
        (
            "unaligned inputs go another way",
            Sigmoid,
            Box::new(
                |x: &[f32], y: &mut [f32]| {
                    if x.as_ptr().addr().is_multiple_of(16) { fill(x, y) } else { fill_otherwise(x, y) }
                },
            ),
            &[Place],
        ),
        (
            "unaligned outputs go another way",
            Sigmoid,
            Box::new(
                |x: &[f32], y: &mut [f32]| {
                    if y.as_ptr().addr().is_multiple_of(64) { fill(x, y) } else { fill_otherwise(x, y) }
                },
            ),
            &[Place],
        ),
        (
            "unaligned outputs of short slices beside aligned inputs go another way",
            Sigmoid,
            then(|x, y| {
                let aligned = [x.as_ptr().addr(), y.as_ptr().addr()].map(|at| at.is_multiple_of(16));
                if x.len() < 64 && aligned == [true, false] {
                    fill_otherwise(x, y);
                }
            }),
            &[Place],
        ),
        (
            "unaligned inputs of short slices beside aligned outputs go another way",
            Sigmoid,
            then(|x, y| {
                let aligned = [x.as_ptr().addr(), y.as_ptr().addr()].map(|at| at.is_multiple_of(16));
                if x.len() < 64 && aligned == [false, true] {
                    fill_otherwise(x, y);
                }
            }),
            &[Place],
        ),
        (
            "inputs and outputs that are aligned differently go another way",
            Sigmoid,
            then(|x, y| {
                if x.as_ptr().addr() % 64 != y.as_ptr().addr() % 64 {
                    y.iter_mut().take(1).for_each(nudge);
                }
            }),
            &[Place],
        ),
        (
            "the tail has another formula",
            Sigmoid,
            then(|x, y| {
                let body = x.len() / 16 * 16;
                fill_otherwise(&x[body..], &mut y[body..]);
            }),
            &[Place],
        ),
        (
            "three elements have a formula of their own",
            Sigmoid,
            then(|x, y| {
                if x.len() == 3 {
                    fill_otherwise(x, y);
                }
            }),
            &[Place],
        ),
        (
            "two elements change places in a tail of 7",
            Sigmoid,
            then(|_, y| {
                if y.len() % 8 == 7 {
                    y.swap(y.len() - 2, y.len() - 1);
                }
            }),
            &[Place],
        ),
        (
            "chunks of long slices meet badly",
            Sigmoid,
            then(|_, y| {
                if y.len() >= 16_384 {
                    let half = y.len() / 2;
                    y[half] = y[half - 1];
                }
            }),
            &[Place],
        ),
        (
            "unaligned inputs of long slices go another way",
            Sigmoid,
            then(|x, y| {
                if y.len() >= 16_384 && !x.as_ptr().addr().is_multiple_of(16) {
                    y.iter_mut().for_each(nudge);
                }
            }),
            &[Place],
        ),
        (
            "unaligned outputs of long slices go another way",
            Sigmoid,
            then(|_, y| {
                if y.len() >= 16_384 && !y.as_ptr().addr().is_multiple_of(16) {
                    y.iter_mut().for_each(nudge);
                }
            }),
            &[Place],
        ),
        (
            "more than a million elements are stored another way",
            Sigmoid,
            then(|_, y| {
                if y.len() > 1 << 20 {
                    y.iter_mut().skip(1 << 20).step_by(1000).for_each(nudge);
                }
            }),
            &[Place],
        ),
        (
            "the second call finds what the first one left",
            Sigmoid,
            then(move |x, y| {
                let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits();
                if x.len() == previous.len() && x.iter().zip(&previous).all(same) {
                    y.iter_mut().for_each(nudge);
                }
                previous = x.to_vec();
            }),
            &[Place],
        ),
        (
            "every hundredth call is wrong",
            Sigmoid,
            then(move |_, y| {
                calls += 1;
                if calls.is_multiple_of(100) {
                    y.iter_mut().for_each(nudge);
                }
            }),
            &[Place],
        ),
        (
            "a scratch buffer is too short",
            Sigmoid,
            Box::new(move |x: &[f32], y: &mut [f32]| {
                for (x, y) in x.chunks(100).zip(y.chunks_mut(100)) {
                    let length = x.len().min(scratch.len());
                    fill(&x[..length], &mut scratch[..length]);
                    for (i, y) in y.iter_mut().enumerate() {
                        *y = scratch[i % scratch.len()];
                    }
                }
            }),
            &[Place],
        ),
        // What a result is.
        ("NaN is swallowed", Sigmoid, spoilt(Sigmoid, |x, y| if x.is_nan() { 0.0 } else { y }), &[Nan]),
        (
            "NaN for large numbers",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if x > 1e30 { f32::NAN } else { y }),
            &[Nan, Infinities],
        ),
        (
            "the limit on the left is a tiny number",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if x == f32::NEG_INFINITY { 1e-45 } else { y }),
            &[Infinities, Zero],
        ),
        (
            "the limit on the right is not reached",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if x == f32::INFINITY { 1.0_f32.next_down() } else { y }),
            &[Infinities],
        ),
        (
            "above 1",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if (20.0..21.0).contains(&x) { 1.0_f32.next_up() } else { y }),
            &[Range],
        ),
        (
            "below 0",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if (-18.0..-17.0).contains(&x) { -y } else { y }),
            &[Range, Sign],
        ),
        ("-0 for 0", Sigmoid, spoilt(Sigmoid, |_, y| if y == 0.0 { -0.0 } else { y }), &[SignOfZero]),
        ("0 for -0", Silu, spoilt(Silu, |_, y| if y == 0.0 { 0.0 } else { y }), &[SignOfZero]),
        (
            "subnormal results are flushed",
            Sigmoid,
            spoilt(Sigmoid, |_, y| if y.is_subnormal() { 0.0 } else { y }),
            &[SubnormalsKept, Sign],
        ),
        (
            "it saturates early on the left",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if x < -80.0 { 0.0 } else { y }),
            &[Sign, SubnormalsKept],
        ),
        (
            "it saturates early on the right",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if x > 15.0 { 1.0 } else { y }),
            &[],
        ),
        ("it never comes to 0", Sigmoid, spoilt(Sigmoid, |_, y| y.max(1e-45)), &[Zero, Infinities]),
        (
            "1 unit off in one binade",
            Sigmoid,
            spoilt(Sigmoid, |x, y| if (0.25..0.5).contains(&x) { y.next_up() } else { y }),
            &[],
        ),
        (
            "1 unit low in one binade",
            Derivative,
            spoilt(Derivative, |x, y| if (2.0..4.0).contains(&x.abs()) { y.next_down() } else { y }),
            &[],
        ),
        (
            "it falls where odd numbers are",
            Sigmoid,
            spoilt(Sigmoid, |x, y| {
                if x.to_bits() & 1 == 1 && x.abs() < 8.0 && x.abs() > 0.1 { y.next_up() } else { y }
            }),
            &[Monotone],
        ),
        (
            "it rises on the right",
            Derivative,
            spoilt(
                Derivative,
                |x, y| if x.to_bits() & 1 == 1 && x < 8.0 && x > 0.1 { y.next_up() } else { y },
            ),
            &[Monotone, Even],
        ),
        (
            "it is not even",
            Derivative,
            spoilt(Derivative, |x, y| if x > 1.0 { y.next_down() } else { y }),
            &[Even],
        ),
        (
            "it is not odd",
            Tanh,
            spoilt(Tanh, |x, y| if x < -0.1 && y > -0.99 { y.next_up() } else { y }),
            &[Odd],
        ),
        (
            "the zeros differ",
            Derivative,
            spoilt(Derivative, |x, y| if x.to_bits() == 1 << 31 { y.next_down() } else { y }),
            &[Monotone, Even],
        ),
    ]
}

/// Few inputs, and all that matters of places: the kernels here are slow.
fn plan(function: Function) -> Conformance<f32> {
    Conformance::new(function).stride(10_007).probes(8).longest((1 << 20) + 5000)
}

fn claims() -> Claims {
    Claims::within(0.51)
}

/// Every finding names an input, or a place in memory.
fn assert_named(report: &Report, findings: &[String]) {
    for finding in findings {
        assert!(finding.contains("x = ") || finding.contains("index "), "{finding}");
    }
    for (what, law) in report.laws() {
        assert_eq!(law.example.is_some(), !law.holds(), "{what}: {report}");
    }
}

#[test]
fn no_fault_goes_unnoticed() {
    let mut unnoticed = Vec::new();
    for (fault, function, kernel, broken) in faults() {
        let report = plan(function).check(kernel);
        let findings = report.findings(&claims());
        assert_named(&report, &findings);
        let by_all = broken.iter().all(|&rule| !report.law(rule).holds());
        let by_error =
            !broken.is_empty() || findings.iter().any(|finding| finding.starts_with("an error of"));
        if findings.is_empty() || !by_all || !by_error {
            unnoticed.push(format!("{fault}: {report}"));
        }
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}

/// There is a fault for every law.
#[test]
fn every_law_is_broken_by_one() {
    let faults = faults();
    assert!(faults.len() > 40, "the README says so");
    for rule in Rule::ALL {
        assert!(faults.iter().any(|(.., broken)| broken.contains(&rule)), "{rule}");
    }
}

#[test]
fn a_right_kernel_has_no_finding() {
    for function in [Function::Sigmoid, Function::Derivative, Function::Silu, Function::Tanh] {
        let report = plan(function).check(|x: &[f32], y: &mut [f32]| {
            x.iter().zip(y).for_each(|(x, y)| *y = value(function, *x));
        });
        assert_eq!(report.findings(&claims()), Vec::<String>::new(), "{report}");
    }
    // SAFETY: they stay within `n` elements.
    let all: [Boxed; 3] = unsafe {
        [
            Box::new(foreign(right)),
            Box::new(foreign_in_place(right)),
            // Computed twice from inputs that stay, which is no fault.
            Box::new(foreign(overlapping_tail)),
        ]
    };
    for kernel in all {
        plan(Function::Sigmoid).check(kernel).assert_conforms(claims());
    }
}

/// What is computed twice shows in place.
#[test]
fn an_element_written_twice() {
    // SAFETY: it stays within `n` elements.
    let report = plan(Function::Sigmoid).check(unsafe { foreign_in_place(overlapping_tail) });
    assert!(!report.place.holds(), "{report}");
    let Against::Place { length, .. } = report.place.example.unwrap().against else { panic!("{report}") };
    assert_eq!(length, 9, "{report}");

    let twice = |values: &mut [f32]| {
        values.iter_mut().for_each(|x| *x = s(*x));
        if values.len() > 100 {
            values[99] = s(values[99]);
        }
    };
    assert!(!plan(Function::Sigmoid).check(in_place(twice)).place.holds());
}

/// Without its option nobody looks there.
#[test]
fn a_longer_slice_than_is_asked_for() {
    let kernel = || {
        then(|_, y| {
            if y.len() > 200_000 {
                y.iter_mut().for_each(nudge);
            }
        })
    };
    let usual = Conformance::new(Function::Sigmoid).stride(1_000_003).probes(1);
    assert!(usual.check(kernel()).place.holds());
    // The longest and those before it.
    for longest in [200_001, 1 << 20] {
        assert!(!usual.longest(longest).check(kernel()).place.holds(), "{longest}");
    }
    let between = then(|_, y| {
        if (20_000..90_000).contains(&y.len()) {
            y.iter_mut().for_each(nudge);
        }
    });
    assert!(!usual.check(between).place.holds());
}

/// One input where a register's path begins is half of a unit too low, which no error bound would show: all numbers
/// around it are tried.
#[test]
fn not_monotone_at_one_place() {
    let dent = -5.125_f32;
    let mut kernel = |x: &[f32], y: &mut [f32]| {
        for (&x, y) in x.iter().zip(y) {
            *y = if x == dent { s(x.next_down()).next_down() } else { s(x) };
        }
    };
    let plan = Conformance::<f32>::new(Function::Sigmoid).probes(0);
    let mut examiner = plan.examiner(1);
    examiner.step(1 + u64::from(dent.to_bits()) / 4096, &mut [&mut kernel]);
    let mut report = examiner.into_reports().remove(0);
    plan.simplify(&mut report, kernel);
    assert!(report.monotone.broken >= 1, "{report}");
    let example = report.monotone.example.unwrap();
    let Against::Input { x, .. } = example.against else { panic!("{report}") };
    let pair = [example.x as f32, x as f32];
    assert!(pair.contains(&dent) && pair[0].to_bits().abs_diff(pair[1].to_bits()) == 1, "{report}");
}

/// One result in a thousand is rounded the wrong way, by less than a half of a unit more: no error bound tells.
#[test]
fn a_rounding_to_the_other_side() {
    let kernel = |x: &[f32], y: &mut [f32]| {
        for (&x, y) in x.iter().zip(y) {
            let exact = 1.0 / (1.0 + (-f64::from(x)).exp());
            *y = exact as f32;
            let (here, there) =
                (f64::from(*y), f64::from(if exact > f64::from(*y) { y.next_up() } else { y.next_down() }));
            if exact < 0.9 && (there - exact).abs() < (here - exact).abs() * 1.002 {
                *y = there as f32;
            }
        }
    };
    let report = plan(Function::Sigmoid).check(kernel);
    assert_eq!(report.findings(&Claims::within(0.51).without(Monotone)), Vec::<String>::new());
    let findings = report.findings(&Claims::correctly_rounded().without(Monotone));
    assert!(findings.iter().any(|finding| finding.starts_with("not correctly rounded")), "{findings:?}");
    let first = report.first_misrounded.unwrap();
    assert!(first.ulp > 0.25 && first.ulp < 0.501 && first.result != first.rounded_truth, "{report}");
}

/// The smallest inputs that show a fault: the next number towards 0 does not.
#[test]
fn examples_are_the_simplest() {
    let of = |function: Function, spoil: Spoil| plan(function).check(spoilt(function, spoil));
    let x = |report: &Report, rule: Rule| report.law(rule).example.unwrap().x as f32;

    let report = of(Function::Sigmoid, |_, y| if y.is_subnormal() { 0.0 } else { y });
    for rule in [SubnormalsKept, Sign] {
        let x = x(&report, rule);
        assert!(s(x).is_subnormal() && !s(x.next_up()).is_subnormal(), "{report}");
    }
    let report = of(Function::Sigmoid, |x, y| if (20.0..21.0).contains(&x) { 1.5 } else { y });
    assert_eq!(x(&report, Range), 20.0, "{report}");
    let report = of(Function::Sigmoid, |x, y| if x < -3.0 { -y } else { y });
    assert_eq!(x(&report, Range), (-3.0_f32).next_down(), "{report}");
    let report = of(Function::Sigmoid, |x, y| if x > 5.0 && x < 1e9 { f32::NAN } else { y });
    assert_eq!(x(&report, Nan), 5.0_f32.next_up(), "{report}");
    let report = of(Function::Derivative, |x, y| if x > 1.0 { y.next_down() } else { y });
    assert_eq!(x(&report, Even).abs(), 1.0_f32.next_up(), "{report}");
    let report = of(Function::Sigmoid, |x, y| if x > 2.0 { y - 0.1 } else { y });
    assert_eq!(x(&report, Monotone), 2.0_f32.next_up(), "{report}");
    let report = of(Function::Sigmoid, |x, y| if x >= 0.0 { y } else { y.next_up() });
    assert_eq!(report.first_misrounded.unwrap().x as f32, -f32::from_bits(1), "{report}");
    let report = of(Function::Sigmoid, |x, y| if y == 0.0 && x > -120.0 { f32::from_bits(1) } else { y });
    let first = x(&report, Zero);
    assert!(s(first) == 0.0 && s(first.next_up()) > 0.0, "{report}");
    let report = of(Function::Silu, |x, y| if y == 0.0 && x < -1.0 { 0.0 } else { y });
    let first = x(&report, SignOfZero);
    assert!(value(Function::Silu, first) == 0.0 && value(Function::Silu, first.next_up()) != 0.0, "{report}");
}

/// Short slices have another formula here, and do not show it.
#[test]
fn examples_are_the_simplest_in_long_slices_too() {
    let report = plan(Function::Sigmoid).check(|x: &[f32], y: &mut [f32]| {
        fill(x, y);
        if x.len() >= 8 {
            y.iter_mut().filter(|y| y.is_subnormal()).for_each(|y| *y = 0.0);
        }
    });
    let first = report.sign.example.unwrap().x as f32;
    assert!(s(first).is_subnormal() && !s(first.next_up()).is_subnormal(), "{report}");
}

/// The shortest slices that show a fault of places or of memory.
#[test]
fn examples_have_the_shortest_slices() {
    let length = |report: &Report, rule: Rule| match report.law(rule).example.unwrap().against {
        Against::Place { length, index, .. } => (length, index as isize, None),
        Against::Memory { length, index, fault, .. } => (length, index, Some(fault)),
        _ => panic!("{report}"),
    };
    let check = |kernel: Boxed| plan(Function::Sigmoid).check(kernel);

    let report = check(Box::new(|x: &[f32], y: &mut [f32]| fill(&x[..x.len() & !1], y)));
    assert_eq!(length(&report, Written), (1, 0, Some(MemoryFault::NotWritten)));
    let report = check(Box::new(|x: &[f32], y: &mut [f32]| fill(&x[..x.len().min(77)], y)));
    assert_eq!(length(&report, Written), (78, 77, Some(MemoryFault::NotWritten)));
    let report = check(c(one_past_the_end));
    assert_eq!(length(&report, Written), (0, 0, Some(MemoryFault::PastTheOutput)));
    let report = check(c(whole_registers));
    assert_eq!(length(&report, Written), (1, 1, Some(MemoryFault::PastTheOutput)));
    let report = check(c(one_before_the_beginning));
    assert_eq!(length(&report, Written), (1, -1, Some(MemoryFault::BeforeTheOutput)));
    let report = check(c(writes_to_its_inputs));
    assert_eq!(length(&report, Written), (16, 15, Some(MemoryFault::InputWritten)));

    let report = check(then(|_, y| {
        if let Some(y) = y.get_mut(40) {
            *y = 0.5;
        }
    }));
    // The long slices have a 41st element, too.
    assert!(!report.place.holds());
    let report = check(then(|_, y| {
        if (50..100).contains(&y.len()) {
            y[40] = 0.5;
        }
    }));
    assert_eq!(length(&report, Place), (50, 40, None));
    assert!(report.to_string().contains("at index 40 of a slice of 50"), "{report}");
}

/// Whoever takes the steps, on however many threads: the report is the same, but for kernels that remember.
#[test]
fn merged_reports_have_all_findings() {
    use Function::{Derivative, Sigmoid, Silu, Tanh};
    let spoils: [(Function, Spoil); 9] = [
        (Sigmoid, |x, y| if x.is_nan() { 0.5 } else { y }),
        (Sigmoid, |x, y| if x > 30.0 { 1.5 } else { y }),
        (Sigmoid, |x, y| if x < -30.0 { -0.0 } else { y }),
        (Sigmoid, |x, y| if x > 3.0 { y - 0.25 } else { y }),
        (Sigmoid, |_, y| y.max(1e-45)),
        (Derivative, |x, y| if x > 1.0 { y.next_down() } else { y }),
        (Derivative, |x, y| if x < -1.0 { y * 1.5 } else { y }),
        (Tanh, |x, y| if x < -1.0 { -1.0 } else { y }),
        (Silu, |x, y| if x < -5.0 { 0.0 } else { y }),
    ];
    for (function, spoil) in spoils {
        let kernel = move |x: &[f32], y: &mut [f32]| {
            for (i, (&x, y)) in x.iter().zip(y.iter_mut()).enumerate() {
                *y = spoil(x, value(function, x));
                if x == 2.0 && i > 0 {
                    *y = 0.125;
                }
            }
            if let [.., last] = y
                && x.len() == 45
            {
                *last = f32::from_bits(0x7fa0_0000);
            }
        };
        let plan = Conformance::<f32>::new(function).stride(100_003).probes(4);
        let report = plan.check(kernel);
        assert!(!report.findings(&claims()).is_empty());
        // As text, in which one NaN is another.
        let text = |report: &Report| serde_json::to_string_pretty(report).unwrap();
        assert_eq!(text(&report), text(&plan.check_on(3.try_into().unwrap(), kernel)));

        // Each step by an examiner of its own, and the reports added from the last to the first.
        let reports: Vec<_> = (0..plan.steps())
            .map(|step| {
                let mut examiner = plan.examiner(1);
                examiner.step(step, &mut [&mut { kernel }]);
                examiner.into_reports().remove(0)
            })
            .collect();
        let mut merged = plan.examiner(1).into_reports().remove(0);
        reports.iter().rev().for_each(|report| merged.merge(report));
        for rule in Rule::ALL {
            let broken = reports.iter().map(|report| report.law(rule).broken).sum();
            let checked = reports.iter().map(|report| report.law(rule).checked).sum();
            assert_eq!((merged.law(rule).broken, merged.law(rule).checked), (broken, checked), "{rule}");
        }
        plan.simplify(&mut merged, kernel);
        assert_eq!(text(&report), text(&merged));
    }
}

#[test]
fn the_panic_is_readable() {
    let naive = |x: &[f32], y: &mut [f32]| {
        for (x, y) in x.iter().zip(y) {
            *y = if *x < -88.0 { 0.0 } else { s(*x) };
        }
    };
    let panic = std::panic::catch_unwind(|| assert_conforms(Function::Sigmoid, claims(), naive)).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    let mut lines = message.lines();
    assert_eq!(lines.next(), Some("this is not sigmoid in f32 as claimed"));
    for start in [
        "  1. an error of ",
        "  2. the law `subnormals_kept` (positive where the truth rounds to a subnormal number) is broken: ",
        "  3. the law `sign` (positive where the truth rounds to a positive number) is broken: ",
    ] {
        let line = lines.next().unwrap();
        assert!(line.starts_with(start), "{message}");
        assert!(
            line.contains("x = -88.0") && line.contains("gives 0.0, where the truth rounds to "),
            "{line}"
        );
    }
    assert!(message.contains("the whole report:\nsigmoid in f32: "), "{message}");
    // What is waived is no finding.
    let waived = Claims::within(f64::INFINITY).without(Sign).without(SubnormalsKept);
    assert_conforms(Function::Sigmoid, waived, naive);
}
