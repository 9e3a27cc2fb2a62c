//! SiLU and the gates made of it: their errors, their special values, and their layouts. (`family.rs` has what all
//! operations promise.)

mod support;

use sigmoid::ops::{Silu, SiluDerivative, SwiGlu, ZipInterleaved};
use sigmoid::{Kernels, bounds};
use support::errors::{check_errors, check_values, error};
use support::family::GATES;
use support::{assert_same_bits, mixture, near_ties, sigmoids, specials, thinned};

/// s(x), to a few units of `f64`.
fn sigmoid(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

/// factor s(x), where s(x) may be subnormal and the product not.
fn times_sigmoid(factor: f64, x: f64) -> f64 {
    if x < -700.0 { factor * (0.5 * x).exp() * (0.5 * x).exp() } else { factor * sigmoid(x) }
}

fn silu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { -0.0 } else { times_sigmoid(x, x) }
}

/// s(x) s(-x) (e^x + 1 + x), and next to its zero x0 = -1 - e^x0 by the difference from there.
fn silu_derivative(x: f64) -> f64 {
    // (The second part of x0 is what the first lacks.)
    const ZERO: [f64; 2] = [f64::from_bits(0xbff4_7497_3c84_120b), f64::from_bits(0xbc9f_8d74_bc9a_c154)];
    let d = (x - ZERO[0]) - ZERO[1];
    if d.abs() < 0.5 {
        sigmoid(x) * sigmoid(-x) * (d + ZERO[0].exp() * d.exp_m1())
    } else if x == f64::NEG_INFINITY {
        -0.0
    } else if x < -700.0 {
        times_sigmoid(1.0 + x, x)
    } else if x < 0.0 {
        sigmoid(x) * sigmoid(-x) * (x.exp() + 1.0 + x)
    } else if x == f64::INFINITY {
        1.0
    } else {
        sigmoid(x) + x * sigmoid(x) * sigmoid(-x)
    }
}

fn gate(gate: SwiGlu, g: f32, u: f32) -> f64 {
    let [alpha, limit, offset] = [gate.alpha, gate.limit, gate.offset].map(f64::from);
    let (g, u) = (f64::from(g), f64::from(u));
    let g = if g > limit { limit } else { g };
    let u = if u.is_nan() { u } else { u.clamp(-limit, limit) } + offset;
    let product = if alpha == 0.0 { 0.0 } else { alpha * g };
    // Where every product with a finite u vanishes the gate is a zero.
    if product < -220.0 { if g < 0.0 { -0.0 * u } else { 0.0 * u } } else { g * sigmoid(product) * u }
}

fn check_silu(stride: u64) {
    check_errors(stride, Silu, silu, bounds::SILU.f32);
}

fn check_silu_derivative(stride: u64) {
    check_errors(stride, SiluDerivative, silu_derivative, bounds::SILU_DERIVATIVE.f32);
}

#[test]
fn silu_is_as_exact_as_stated() {
    check_silu(997);
}

#[test]
fn silu_derivative_is_as_exact_as_stated() {
    check_silu_derivative(997);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn silu_of_every_f32() {
    check_silu(1);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn silu_derivative_of_every_f32() {
    check_silu_derivative(1);
}

/// Gates of every kind with what passes them of every kind.
fn gates_and_inputs(len: usize) -> (Vec<f32>, Vec<f32>) {
    let mut g = specials::<f32>();
    g.extend(near_ties::<f32>());
    g.extend(mixture::<f32>(len, 0x9a7e));
    let mut u = mixture::<f32>(g.len(), 0x0b);
    // Every special number with ordinary ones too.
    for (i, u) in u.iter_mut().enumerate().take(4000) {
        *u = [1.5, -0.25, 3e38, 1e-30, -1e-42][i % 5];
    }
    (g, u)
}

#[test]
fn swiglu_is_as_exact_as_stated() {
    let (g, u) = gates_and_inputs(400_000 / thinned() as usize);
    let mut y = vec![0.0; g.len()];
    for op in GATES {
        for kernels in sigmoids() {
            kernels.zip(op, &g, &u, &mut y);
            let backend = kernels.selected_backend();
            let mut worst = (0.0, 0.0, 0.0);
            for ((&g, &u), &y) in g.iter().zip(&u).zip(&y) {
                if op.alpha == 0.0 && g.abs() > 1e30 {
                    continue; // Said in the docs to overflow.
                }
                let error = error(y, gate(op, g, u));
                assert!(
                    error < 5.0,
                    "{op:?} on {backend}: {y:e} of {g:e}, {u:e} is not {:e}",
                    gate(op, g, u)
                );
                if error > worst.0 {
                    worst = (error, g, u);
                }
            }
            println!("{op:?} on {backend}: {:.4} ULP at {:e}, {:e}", worst.0, worst.1, worst.2);
        }
    }
}

/// In `f64` beside formulas in `f64`, which are a few units off themselves.
#[test]
fn f64_is_near_plain_formulas() {
    let mut x = specials::<f64>();
    x.extend(near_ties::<f64>());
    x.extend(mixture::<f64>(100_000 / thinned() as usize, 0xf64));
    // Next to the zero of silu'.
    x.extend((-2000..2000).map(|step| f64::from_bits(0xbff4_7497_3c84_120b) + f64::from(step) * 1e-9 / 3.0));
    let ones = vec![1.0; x.len()];
    let mut y = vec![0.0; x.len()];
    for kernels in sigmoids() {
        let check = |name: &str, y: &[f64], truth: &dyn Fn(f64) -> f64| {
            for (&x, &y) in x.iter().zip(y) {
                let error = error(y, truth(x));
                assert!(
                    error < 12.0,
                    "{name} {kernels:?} of {x:e}: {y:e} and not {:e}, {error} ULP",
                    truth(x)
                );
            }
        };
        kernels.map(Silu, &x, &mut y);
        check("silu", &y, &silu);
        kernels.map(SiluDerivative, &x, &mut y);
        check("silu'", &y, &silu_derivative);
        kernels.zip(SwiGlu::default(), &x, &ones, &mut y);
        check("swiglu", &y, &silu);
    }
}

#[test]
fn special_values() {
    let (zero, infinity) = (0.0, f64::INFINITY);
    let of_silu = [(zero, zero), (-zero, -zero), (infinity, infinity), (-infinity, -zero)];
    check_values::<f32>(Silu, &of_silu);
    check_values::<f64>(Silu, &of_silu);
    check_values::<f32>(Silu, &[(f32::MAX.into(), f32::MAX.into())]);
    check_values::<f64>(Silu, &[(f64::MAX, f64::MAX)]);
    let of_derivative = [(zero, 0.5), (-zero, 0.5), (infinity, 1.0), (-infinity, -zero)];
    check_values::<f32>(SiluDerivative, &of_derivative);
    check_values::<f64>(SiluDerivative, &of_derivative);
}

/// Interleaved pairs of every length from every place.
fn check_interleaved<T: 'static>(op: SwiGlu, kernels: Kernels, pairs: &[T], expected: &[f32])
where
    SwiGlu: ZipInterleaved<T, f32>,
{
    for from in 0..20 {
        for len in (0..130).chain([expected.len() - 20]) {
            let mut got = vec![0.0; len];
            kernels.zip_interleaved(op, &pairs[2 * from..][..2 * len], &mut got);
            assert_same_bits(&got, &expected[from..][..len], || format!("{op:?} {kernels:?} from {from} on"));
        }
    }
}

/// However they lie in memory: in two slices, interleaved, in halves of rows.
#[test]
fn swiglu_in_any_layout() {
    let (g, u) = gates_and_inputs(3_000);
    let pairs: Vec<f32> = g.iter().zip(&u).flat_map(|(&g, &u)| [g, u]).collect();
    for op in GATES {
        for kernels in sigmoids() {
            let mut expected = vec![0.0; g.len()];
            kernels.zip(op, &g, &u, &mut expected);
            check_interleaved(op, kernels, &pairs, &expected);
            for n in [1, 7, 33, 100] {
                let rows: Vec<f32> =
                    g.chunks_exact(n).zip(u.chunks_exact(n)).flat_map(|(g, u)| [g, u].concat()).collect();
                let mut got = vec![0.0; rows.len() / 2];
                kernels.zip_halves(op, n, &rows, &mut got);
                assert_same_bits(&got, &expected[..rows.len() / 2], || {
                    format!("{op:?} {kernels:?}, rows of {n}")
                });
            }
        }
    }
}

/// From bf16 to f32: as from the same numbers in f32.
#[cfg(feature = "half")]
#[test]
fn bf16_is_the_same_numbers() {
    let (g, u) = gates_and_inputs(20_000);
    let short = |x: &[f32]| x.iter().map(|&x| half::bf16::from_f32(x)).collect::<Vec<_>>();
    let (g, u) = (short(&g), short(&u));
    let wide = |x: &[half::bf16]| x.iter().map(|x| x.to_f32()).collect::<Vec<_>>();
    let pairs: Vec<half::bf16> = g.iter().zip(&u).flat_map(|(&g, &u)| [g, u]).collect();
    for op in GATES {
        for kernels in sigmoids() {
            let mut expected = vec![0.0; g.len()];
            kernels.zip(op, &wide(&g), &wide(&u), &mut expected);
            check_interleaved(op, kernels, &pairs, &expected);
        }
    }
}
