//! Runs each contender once on a small input, and holds it against the truth: a test, not a timing.

use sigmoid_conformance::{Rounding, Sampled};
use sigmoid_peers::errors::{results, truth};
use sigmoid_peers::peer::{Kernel, Operation, Peer, Threads};
use sigmoid_peers::record::Format;
use sigmoid_peers::registry;
use sigmoid_peers::session::judge_in_half;

/// Both formats' way through the same check.
trait Single: Sampled + Default {
    const EPSILON: f64;
    fn kernel(peer: &dyn Peer, op: Operation, threads: Threads) -> Option<Box<dyn Kernel<Self>>>;
}

impl Single for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;
    fn kernel(peer: &dyn Peer, op: Operation, threads: Threads) -> Option<Box<dyn Kernel<Self>>> {
        peer.single(op, threads)
    }
}

impl Single for f64 {
    const EPSILON: f64 = f64::EPSILON;
    fn kernel(peer: &dyn Peer, op: Operation, threads: Threads) -> Option<Box<dyn Kernel<Self>>> {
        peer.double(op, threads)
    }
}

/// How many results are looked at: a length that fills no register evenly.
const LENGTH: usize = 1603;

/// From -80 to 80, where all results are normal numbers in both formats; then, for those of two inputs, the second
/// ones, labels among them.
fn inputs<T: Single>(op: Operation) -> Vec<T> {
    let first = (0..LENGTH).map(|i| (i as f64 - 801.0) * 0.0999);
    let second = (0..LENGTH).map(|i| (i % 17) as f64 / 16.0);
    first.chain(second).take(op.inputs() * LENGTH).map(T::narrow).collect()
}

/// Which operations it has.
fn check<T: Single>(peer: &dyn Peer) -> Vec<Operation> {
    let mut checked = Vec::new();
    for (op, threads) in Operation::ALL.into_iter().flat_map(|op| [(op, Threads::One), (op, Threads::All)]) {
        let Some(mut kernel) = T::kernel(peer, op, threads) else { continue };
        let (x, tolerance) = (inputs::<T>(op), peer.tolerance(op));
        let y = results(op, &mut *kernel, &x);
        for (i, y) in y.into_iter().enumerate() {
            let (x, second) = (x[i].widen(), x[x.len() - LENGTH + i].widen());
            let truth = truth(op, x, second);
            let (Rounding::Known(nearest) | Rounding::Unknown(nearest)) = truth.round::<T>();
            let off = (y.widen() - nearest.widen()).abs();
            // Not `>`: NaN is wrong too.
            assert!(
                truth.error_in_ulp(y) <= tolerance.ulp || off <= tolerance.absolute * T::EPSILON,
                "{} {op:?} {threads:?} at {x}, {second}: {:e} for {:e}, more than {} ULP off ({})",
                peer.name(),
                y.widen(),
                nearest.widen(),
                tolerance.ulp,
                tolerance.why
            );
        }
        if threads == Threads::One {
            checked.push(op);
        }
    }
    checked
}

/// What each has in single precision, so that one that loses an operation is noticed.
fn has(peer: &str) -> &'static [Operation] {
    use Operation::*;
    match peer {
        "ndarray" => &[Forward, ForwardInPlace, Derivative],
        "libm" | "scalar loop" => &Operation::ALL,
        "wide, naive" => &[Forward, ForwardInPlace, Derivative, Silu],
        "rten-vecmath" | "tract-linalg" => &[Forward, ForwardInPlace, Silu],
        "candle-nn" => &[Forward, Silu, Swiglu, Softplus],
        "burn-flex" => &[Forward, Silu, Swiglu, LogSigmoid],
        "XNNPACK" => &[Forward, Silu, Swiglu],
        "oneDNN" => &[Forward, ForwardInPlace, Derivative, Silu, Softplus, LogSigmoid],
        "Eigen" => &[Forward, ForwardInPlace, Silu, Swiglu],
        "C loop" | "C loop, 512 bits" => {
            &[Forward, Derivative, Silu, Swiglu, Softplus, LogSigmoid, BceWithLogits]
        }
        _ if peer.starts_with("SLEEF") => &[Forward, ForwardInPlace],
        _ if peer.starts_with("sigmoid exact") => &[Forward, ForwardInPlace, Derivative],
        _ => &Operation::ALL,
    }
}

#[test]
fn every_contender_computes_what_it_has() {
    for peer in registry::all() {
        let (single, double) = (check::<f32>(&*peer), check::<f64>(&*peer));
        assert_eq!(single, has(&peer.name()), "{}", peer.name());
        println!("{}: {} operations in f32, {} in f64", peer.name(), single.len(), double.len());
    }
}

/// Who has half precision, and how far off it is of all numbers.
#[test]
fn half_precision() {
    let errors = judge_in_half(&registry::all());
    for format in [Format::Bf16, Format::F16] {
        for op in [Operation::Forward, Operation::Silu] {
            let of: Vec<_> = errors.iter().filter(|error| error.op == op && error.dtype == format).collect();
            for name in ["scalar loop", "candle-nn", &registry::champion()] {
                assert_eq!(of.iter().filter(|error| error.peer == name).count(), 1, "{name}");
            }
            for error in of {
                let is_right = error.ulp <= 0.5 && error.not_nearest == 0 && error.broken.is_empty();
                assert_eq!(is_right, registry::is_ours(&error.peer), "{error:?}");
            }
        }
    }
}

#[test]
fn no_elements_are_no_trouble() {
    for peer in registry::all() {
        // (Of two inputs nobody is asked for none when judged, and candle's swiglu cannot.)
        for op in Operation::ALL.into_iter().filter(|op| op.inputs() == 1) {
            let Some(mut kernel) = peer.single(op, Threads::One) else { continue };
            kernel.load(&[]);
            kernel.run(&[], &mut [], 1);
            kernel.store(&mut []);
        }
    }
}

#[test]
fn names_are_told_apart_and_versions_are_known() {
    let peers = registry::all();
    for (i, peer) in peers.iter().enumerate() {
        assert!(peers[..i].iter().all(|other| other.name() != peer.name()), "{} twice", peer.name());
        assert!(peer.version().bytes().any(|byte| byte.is_ascii_digit()), "{}", peer.version());
    }
    assert!(peers.iter().any(|peer| peer.name() == registry::champion()));
}

#[test]
fn calls_may_be_repeated_and_slices_are_not_mixed_up() {
    for peer in registry::all() {
        let Some(mut kernel) = peer.single(Operation::Forward, Threads::One) else { continue };
        let (x, mut y) = (inputs::<f32>(Operation::Forward), vec![f32::NAN; LENGTH]);
        kernel.load(&x);
        kernel.run(&x, &mut y, 3);
        kernel.store(&mut y);
        let once = results(Operation::Forward, &mut *kernel, &x);
        // Not the same bits: Eigen's depend on where the slices begin.
        let far = y.iter().zip(&once).find(|&(&y, &once)| (y - once).abs() > 1e-5 * once.abs());
        assert!(far.is_none(), "{}: {far:?}", peer.name());
        assert_eq!(x, inputs::<f32>(Operation::Forward), "{} wrote to its inputs", peer.name());
    }
}
