//! What is left of the promises where a host has changed the floating-point environment: subnormal numbers flushed to
//! zero, other rounding directions. And which flags of the environment a call raises in the default one.
//!
//! Rust takes the default environment for granted, and so the environment is changed by assembly around calls only,
//! within which nothing but the library computes.

#![cfg(target_arch = "x86_64")]

mod support;

use core::arch::asm;

use sigmoid::{Accuracy, Backend, Kernels};
use support::family::{Family, Member, in_every_format};
use support::{
    Float, Operation, Way, engines, exact_engines, is_nan, mixture, near_ties, results, run, specials,
    vector_engines,
};

const INVALID: u32 = 1;
const DIVISION_BY_ZERO: u32 = 1 << 2;
const OVERFLOW: u32 = 1 << 3;
const SUBNORMAL_OPERANDS_ARE_ZERO: u32 = 1 << 6;
const ALL_MASKED: u32 = 0x1f80;
const ROUND_DOWN: u32 = 1 << 13;
const ROUND_UP: u32 = 2 << 13;
const TRUNCATE: u32 = 3 << 13;
const SUBNORMAL_RESULTS_ARE_ZERO: u32 = 1 << 15;

/// Runs `call` with these control bits, and returns the flags that it raised.
fn within(environment: u32, call: impl FnOnce()) -> u32 {
    let (mut before, mut after) = (0_u32, 0_u32);
    let changed = ALL_MASKED | environment;
    // SAFETY: SSE is part of x86-64, the words are valid, and the control bits of before are set again.
    unsafe {
        asm!("stmxcsr [{}]", in(reg) &raw mut before, options(nostack, preserves_flags));
        asm!("ldmxcsr [{}]", in(reg) &raw const changed, options(nostack, preserves_flags));
    }
    call();
    // SAFETY: as above.
    unsafe {
        asm!("stmxcsr [{}]", in(reg) &raw mut after, options(nostack, preserves_flags));
        asm!("ldmxcsr [{}]", in(reg) &raw const before, options(nostack, preserves_flags));
    }
    after & 0x3f
}

fn flags<T: Float>(kernels: Kernels, operation: Operation, x: T) -> u32 {
    let (x, grad) = (vec![x; 100], vec![T::nearest(1.0); 100]);
    let mut outputs = [(); 2].map(|()| vec![T::default(); 100]);
    let [first, second] = &mut outputs;
    within(0, || run(kernels, operation, Way::OutOfPlace, [&x, &grad], [first, second]))
}

/// What a call on ordinary numbers, far-out ones and infinities does not raise, in a host that has unmasked them.
fn check_flags<T: Float>() {
    for kernels in engines().chain(exact_engines()) {
        for operation in Operation::OF_X {
            for x in [
                0.0,
                1.0,
                -110.0,
                110.0,
                -720.0,
                -760.0,
                760.0,
                -1e30,
                1e30,
                f64::INFINITY,
                f64::NEG_INFINITY,
            ] {
                let raised = flags::<T>(kernels, operation, T::nearest(x));
                let unwanted = raised & (INVALID | DIVISION_BY_ZERO | OVERFLOW);
                assert_eq!(unwanted, 0, "{} {operation:?} {kernels:?} of {x}: flags {unwanted:#x}", T::NAME);
            }
            // (INVALID is raised for a NaN: x86's minimum, maximum and most comparisons raise it.)
            let raised = flags::<T>(kernels, operation, T::nearest(f64::NAN));
            assert_eq!(
                raised & (DIVISION_BY_ZERO | OVERFLOW),
                0,
                "{} {operation:?} {kernels:?} of NaN",
                T::NAME
            );
        }
    }
}

#[test]
fn no_number_raises_overflow_or_invalid() {
    check_flags::<f32>();
    check_flags::<f64>();
}

/// Of the other operations: no panic, NaN where NaN belongs and nowhere else, whatever the environment.
fn check_family<T: Family>() {
    let special = specials::<T>();
    let mut mixed = Member::<T>::mixed(4000);
    for (i, input) in mixed.iter_mut().enumerate() {
        input.extend(special.iter().cycle().skip(i * 7).take(special.len()));
    }
    let inputs = mixed.each_ref().map(Vec::as_slice);
    for member in T::members() {
        for kernels in vector_engines() {
            let expected = member.results(kernels, inputs);
            for (name, environment) in ENVIRONMENTS {
                let mut got = expected.clone();
                within(environment, || got = member.results(kernels, inputs));
                for (got, expected) in got.iter().flatten().zip(expected.iter().flatten()) {
                    // A product of infinity and a number that may be flushed is either.
                    let finite: f64 = (*expected).into();
                    if finite.is_finite() {
                        assert!(!is_nan(*got), "{} {kernels:?}, {name}: NaN for {expected:e}", member.name);
                    }
                }
            }
        }
    }
}

#[test]
fn no_environment_makes_a_nan_of_a_number() {
    in_every_format!(check_family());
}

const ENVIRONMENTS: [(&str, u32); 6] = [
    ("subnormal results flushed", SUBNORMAL_RESULTS_ARE_ZERO),
    ("subnormal operands taken for zero", SUBNORMAL_OPERANDS_ARE_ZERO),
    ("both", SUBNORMAL_RESULTS_ARE_ZERO | SUBNORMAL_OPERANDS_ARE_ZERO),
    ("rounding down", ROUND_DOWN),
    ("rounding up", ROUND_UP),
    ("truncating", TRUNCATE),
];

/// Beside the reference in the default environment: within so many units in the last place, or less than the smallest
/// normal number away.
/// The reference's own error is among them.
fn check<T: Float>() {
    let smallest_normal = 2_f64.powi(T::SMALLEST_NORMAL_EXPONENT);
    let mut inputs: Vec<T> = specials();
    inputs.extend(near_ties::<T>());
    inputs.extend(mixture::<T>(20_000, 0xf7));
    let reference = Kernels::new().backend(Backend::Scalar).expect("it is available");
    for operation in Operation::OF_X {
        let expected = results(reference, operation, Way::OutOfPlace, [&inputs, &[]]);
        for kernels in engines().chain(exact_engines()) {
            if kernels.selected_backend() == Backend::Scalar && kernels.selected_accuracy() == Accuracy::Fast
            {
                continue; // It is as good as its exponential, another library's.
            }
            for (name, environment) in ENVIRONMENTS {
                let flushes = environment & (SUBNORMAL_OPERANDS_ARE_ZERO | SUBNORMAL_RESULTS_ARE_ZERO) != 0;
                // The reduction takes the integer next to a number, which is up to twice as far away then: the
                // polynomials of Fast are made for half of that.
                let units = match (kernels.selected_accuracy(), T::NAME) {
                    _ if flushes => 8.0,
                    (Accuracy::Fast, "f32") => 200.0,
                    (Accuracy::Fast, _) => 12_000.0,
                    _ => 12.0,
                };
                let mut outputs = [(); 2].map(|()| vec![T::default(); inputs.len()]);
                let [first, second] = &mut outputs;
                within(environment, || {
                    run(kernels, operation, Way::OutOfPlace, [&inputs, &[]], [first, second])
                });
                for (expected, got) in expected.iter().zip(&outputs).take(operation.outputs()) {
                    for ((&x, &expected), &got) in inputs.iter().zip(expected).zip(got) {
                        let context =
                            || format!("{} {operation:?} {kernels:?}, {name}: {got:e} of {x:e}", T::NAME);
                        assert_eq!(is_nan(got), is_nan(expected), "{}", context());
                        let (expected, got): (f64, f64) = (expected.into(), got.into());
                        let allowed = units * T::unit(expected) + smallest_normal;
                        assert!(
                            is_nan(x) || (got - expected).abs() <= allowed,
                            "{}, not {expected:e}",
                            context()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn another_environment_costs_units_in_the_last_place_and_subnormal_results() {
    check::<f32>();
    check::<f64>();
}
