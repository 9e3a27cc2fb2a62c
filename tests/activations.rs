//! The operations made of the sigmoid: their errors, their special values, and that an element's result has the same
//! bits wherever it stands and however it lies in memory.

mod support;

use sigmoid::ops::{self, Map, Silu, SiluDerivative, SwiGlu, ZipInterleaved};
use sigmoid::{Accuracy, Backend, Kernels};
use support::{Float, assert_same_bits, every_f32, is_nan, mixture, near_ties, sigmoids, specials, thinned};

/// gpt-oss's gate.
const GPT_OSS: SwiGlu = SwiGlu { alpha: 1.702, limit: 7.0, offset: 1.0 };

const GATES: [SwiGlu; 6] = [
    SwiGlu { alpha: 1.0, limit: f32::INFINITY, offset: 0.0 },
    GPT_OSS,
    SwiGlu { alpha: 0.01, limit: f32::INFINITY, offset: 0.0 },
    SwiGlu { alpha: 100.0, limit: 1e9, offset: -1.0 },
    SwiGlu { alpha: -1.5, limit: f32::INFINITY, offset: 0.0 },
    SwiGlu { alpha: 0.0, limit: 3.0, offset: 0.5 },
];

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

/// |got - truth| in units in the last place of the truth.
fn error<T: Float>(got: T, truth: f64) -> f64 {
    let nearest: f64 = T::nearest(truth).into();
    let got: f64 = got.into();
    if is_nan(T::nearest(truth)) || nearest.is_infinite() {
        return if got.to_bits() == nearest.to_bits() || (got.is_nan() && nearest.is_nan()) {
            0.0
        } else {
            f64::INFINITY
        };
    }
    (got - truth).abs() / T::unit(truth)
}

/// The largest error of an operation over all `f32` at a stride, for each engine.
fn check_errors(stride: u64, op: impl Map<f32>, truth: impl Fn(f64) -> f64, with_fma: f64, without: f64) {
    let mut worst = vec![(0.0, 0.0_f32); sigmoids().count()];
    every_f32(stride, |x| {
        let truths: Vec<f64> = x.iter().map(|&x| truth(x.into())).collect();
        let mut y = vec![0.0; x.len()];
        for (kernels, worst) in sigmoids().zip(&mut worst) {
            kernels.map(op, x, &mut y);
            for ((&x, &y), &truth) in x.iter().zip(&y).zip(&truths) {
                let error = error(y, truth);
                if error > worst.0 {
                    *worst = (error, x);
                }
            }
        }
    });
    for (kernels, (worst, x)) in sigmoids().zip(worst) {
        let backend = kernels.selected_backend();
        let stated = match backend {
            Backend::Scalar => 0.501,
            _ if backend.has_fma() => with_fma,
            _ => without,
        };
        println!("{backend}: {worst:.4} ULP at {x:e} ({:#x})", x.to_bits());
        assert!(worst <= stated, "{backend}: {worst} ULP at {x:e}");
    }
}

fn check_silu(stride: u64) {
    check_errors(stride, Silu, silu, 3.4, 3.6);
}

fn check_silu_derivative(stride: u64) {
    check_errors(stride, SiluDerivative, silu_derivative, 6.5, 7.0);
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

/// The results one by one, which no neighbour can have changed, against those of slices of every length at every offset.
fn check_bits<T: Float>(name: &str, compute: impl Fn(Kernels, &[T], &[T], &mut [T])) {
    let mut x = mixture::<T>(6_000 / thinned() as usize, 0x51);
    x.extend(specials::<T>().into_iter().step_by(thinned() as usize));
    let u = mixture::<T>(x.len(), 0x0b);
    for kernels in sigmoids() {
        let mut alone = vec![T::default(); x.len()];
        for i in 0..x.len() {
            compute(kernels, &x[i..][..1], &u[i..][..1], &mut alone[i..][..1]);
        }
        let mut together = vec![T::default(); x.len()];
        compute(kernels, &x, &u, &mut together);
        assert_same_bits(&together, &alone, || format!("{name} {kernels:?}"));
        for len in (0..300).step_by(1 + 12 * usize::from(thinned() > 1)) {
            for offset in 0..17 {
                let got = &mut together[..len];
                compute(kernels, &x[offset..][..len], &u[offset..][..len], got);
                assert_same_bits(got, &alone[offset..][..len], || {
                    format!("{name} {kernels:?} from {offset} on")
                });
            }
        }
    }
}

#[test]
fn position_and_neighbours_change_nothing() {
    check_bits::<f32>("silu", |kernels, x, _, y| kernels.map(Silu, x, y));
    check_bits::<f64>("silu", |kernels, x, _, y| kernels.map(Silu, x, y));
    check_bits::<f32>("silu'", |kernels, x, _, y| kernels.map(SiluDerivative, x, y));
    check_bits::<f64>("silu'", |kernels, x, _, y| kernels.map(SiluDerivative, x, y));
}

#[test]
fn position_and_neighbours_change_nothing_in_swiglu() {
    for op in GATES {
        check_bits::<f32>(&format!("{op:?}"), |kernels, x, u, y| kernels.zip(op, x, u, y));
        check_bits::<f64>(&format!("{op:?}"), |kernels, x, u, y| kernels.zip(op, x, u, y));
    }
}

/// All backends with fused multiply-add have the same results.
#[test]
fn backends_agree() {
    let x = mixture::<f32>(50_000 / thinned() as usize, 0xb4);
    let fused = || support::fused_sigmoids();
    let Some(first) = fused().next() else { return };
    let (mut expected, mut got) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    for kernels in fused() {
        first.map(Silu, &x, &mut expected);
        kernels.map(Silu, &x, &mut got);
        assert_same_bits(&got, &expected, || format!("silu {kernels:?}"));
        first.map(SiluDerivative, &x, &mut expected);
        kernels.map(SiluDerivative, &x, &mut got);
        assert_same_bits(&got, &expected, || format!("silu' {kernels:?}"));
        first.zip(GPT_OSS, &x, &x, &mut expected);
        kernels.zip(GPT_OSS, &x, &x, &mut got);
        assert_same_bits(&got, &expected, || format!("swiglu {kernels:?}"));
    }
}

#[test]
fn special_values() {
    fn check<T: Float>(op: impl Map<T>, expected: &[(f64, f64)]) {
        for kernels in sigmoids() {
            for &(x, y) in expected {
                let got: f64 = kernels.value(op, T::nearest(x)).into();
                assert_eq!(got.to_bits(), y.to_bits(), "{} {kernels:?} of {x}: {got}", T::NAME);
            }
            assert!(is_nan(kernels.value(op, T::nearest(f64::NAN))), "{kernels:?}");
        }
    }
    let (zero, infinity) = (0.0, f64::INFINITY);
    check::<f32>(Silu, &[(zero, zero), (-zero, -zero), (infinity, infinity), (-infinity, -zero)]);
    check::<f64>(Silu, &[(zero, zero), (-zero, -zero), (infinity, infinity), (-infinity, -zero)]);
    check::<f32>(SiluDerivative, &[(zero, 0.5), (-zero, 0.5), (infinity, 1.0), (-infinity, -zero)]);
    check::<f64>(SiluDerivative, &[(zero, 0.5), (-zero, 0.5), (infinity, 1.0), (-infinity, -zero)]);
    check::<f32>(Silu, &[(f32::MAX.into(), f32::MAX.into())]);
    check::<f64>(Silu, &[(f64::MAX, f64::MAX)]);
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

/// Cut for threads, and past the caches: as in pieces.
#[test]
fn long_calls() {
    if thinned() > 1 {
        return; // (An emulator has nothing to stream with.)
    }
    let len = sigmoid::thresholds::STREAM_FROM_BYTES / size_of::<f32>() + 333;
    let piece = mixture::<f32>(50_021, 0x10);
    let pairs: Vec<f32> = piece.iter().copied().cycle().take(2 * len + 2).collect();
    let mut got = vec![0.0; len + 3];
    let mut expected = vec![0.0; len];
    let check = |got: &[f32], expected: &mut [f32], compute: &dyn Fn(usize, &mut [f32])| {
        for (i, part) in expected.chunks_mut(40_009).enumerate() {
            compute(i * 40_009, part);
        }
        assert_same_bits(got, expected, || "long".into());
    };
    let kernels = Kernels::new();
    #[cfg(feature = "rayon")]
    let ways = [kernels, kernels.parallel(true)];
    #[cfg(not(feature = "rayon"))]
    let ways = [kernels];
    for way in ways {
        // (The output begins between two cache lines.)
        way.map(Silu, &pairs[1..=len], &mut got[3..]);
        check(&got[3..], &mut expected, &|at, part| kernels.map(Silu, &pairs[1 + at..][..part.len()], part));
        way.zip_interleaved(GPT_OSS, &pairs[2..], &mut got[1..=len]);
        check(&got[1..=len], &mut expected, &|at, part| {
            kernels.zip_interleaved(GPT_OSS, &pairs[2 + 2 * at..][..2 * part.len()], part);
        });
        let mut in_place = pairs[..len].to_vec();
        way.map_in_place(SiluDerivative, &mut in_place);
        check(&in_place, &mut expected, &|at, part| {
            kernels.map(SiluDerivative, &pairs[at..][..part.len()], part)
        });
    }
}

/// Before anything is written, and with both lengths.
#[test]
fn lengths_that_differ() {
    let check = |call: &dyn Fn(&mut [f32]), words: &[&str]| {
        let mut z = [7.0; 3];
        let call = std::panic::AssertUnwindSafe(|| call(&mut z));
        let panic = std::panic::catch_unwind(call).expect_err("the lengths differ");
        let message = panic.downcast_ref::<String>().expect("a message");
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
        assert_eq!(z, [7.0; 3]);
    };
    let (kernels, op, x) = (Kernels::new(), SwiGlu::default(), [1.0_f32; 8]);
    check(&|z| kernels.map(Silu, &x[..2], z), &["2", "3"]);
    check(&|z| kernels.zip(op, &x[..3], &x[..4], z), &["3", "4"]);
    check(&|z| kernels.zip(op, &x[..4], &x[..4], z), &["4", "3"]);
    check(&|z| kernels.zip_interleaved(op, &x[..5], z), &["2", "3"]);
    check(&|z| kernels.zip_interleaved(op, &x[..7], z), &["4", "3"]);
    check(&|z| kernels.zip_halves(op, 3, &x[..7], z), &["4", "3"]);
    check(&|z| kernels.zip_halves(op, 2, &x[..6], z), &["rows of 2", "3"]);
    // Nothing at all is no row, and no harm.
    kernels.zip_halves(op, 2, &x[..0], &mut []);
    kernels.zip_halves(op, usize::MAX, &x[..0], &mut []);
}

/// There is no proof for these.
#[test]
#[should_panic(expected = "there is no proof for this operation")]
fn exact_is_refused_where_there_is_no_proof() {
    Kernels::new().accuracy(Accuracy::Exact).map(ops::Silu, &[1.0_f32], &mut [0.0]);
}
