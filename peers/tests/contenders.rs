//! Runs each contender once on a small input, and holds it against the reference: a test, not a timing.

use sigmoid::{Backend, Kernels, bounds};
use sigmoid_peers::errors::results;
use sigmoid_peers::peer::{Kernel, Operation, Peer, Threads};
use sigmoid_peers::registry;

/// Both formats' way through the same check.
trait Single: sigmoid::Element + Default {
    const EPSILON: f64;
    fn ulp(self) -> f64;
    fn from_f64(x: f64) -> Self;
    fn to_f64(self) -> f64;
    fn kernel(peer: &dyn Peer, op: Operation, threads: Threads) -> Option<Box<dyn Kernel<Self>>>;
}

macro_rules! single {
    ($number:ty, $method:ident) => {
        impl Single for $number {
            const EPSILON: f64 = <$number>::EPSILON as f64;
            fn ulp(self) -> f64 {
                (self.next_up() - self) as f64
            }
            fn from_f64(x: f64) -> Self {
                x as Self
            }
            fn to_f64(self) -> f64 {
                self.into()
            }
            fn kernel(peer: &dyn Peer, op: Operation, threads: Threads) -> Option<Box<dyn Kernel<Self>>> {
                peer.$method(op, threads)
            }
        }
    };
}
single!(f32, single);
single!(f64, double);

/// From -80 to 80, where all results are normal numbers in both formats; and a length that fills no
/// register evenly.
fn inputs<T: Single>() -> Vec<T> {
    (0..1603).map(|i| T::from_f64(f64::from(i - 801) * 0.0999)).collect()
}

fn check<T: Single>(peer: &dyn Peer) -> usize {
    let mut checked = 0;
    let scalar = Kernels::new().backend(Backend::Scalar).expect("it is there on any CPU");
    for (op, threads) in Operation::ALL.into_iter().flat_map(|op| [(op, Threads::One), (op, Threads::All)]) {
        let Some(mut kernel) = T::kernel(peer, op, threads) else { continue };
        let (x, tolerance) = (inputs::<T>(), peer.tolerance(op));
        let y = results(op, &mut *kernel, &x);
        for (&x, &y) in x.iter().zip(&y) {
            let (truth, own) = match op {
                Operation::Derivative => {
                    (sigmoid::reference::sigmoid_derivative(x), bounds::derivative::<T>(&scalar))
                }
                Operation::Forward | Operation::ForwardInPlace => {
                    (sigmoid::reference::sigmoid(x), bounds::forward::<T>(&scalar))
                }
            };
            let error = (y.to_f64() - truth.to_f64()).abs();
            // The reference is not quite the truth either.
            let allowed = ((tolerance.ulp + own) * truth.ulp()).max(tolerance.absolute * T::EPSILON);
            assert!(
                error <= allowed,
                "{} {op:?} {threads:?} at {x}: {y} for {truth}, more than {} ULP off ({})",
                peer.name(),
                tolerance.ulp,
                tolerance.why
            );
        }
        checked += 1;
    }
    checked
}

#[test]
fn every_contender_computes_the_sigmoid() {
    for peer in registry::all() {
        let (single, double) = (check::<f32>(&*peer), check::<f64>(&*peer));
        assert!(single >= 1, "{} has no kernel at all", peer.name());
        println!("{}: {single} kernels for f32, {double} for f64", peer.name());
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
        let (x, mut y) = (inputs::<f32>(), vec![f32::NAN; 1603]);
        kernel.load(&x);
        kernel.run(&x, &mut y, 3);
        kernel.store(&mut y);
        let once = results(Operation::Forward, &mut *kernel, &x);
        // Not the same bits: Eigen's depend on where the slices begin.
        let far = y.iter().zip(&once).find(|&(&y, &once)| (y - once).abs() > 1e-5 * once.abs());
        assert!(far.is_none(), "{}: {far:?}", peer.name());
        assert_eq!(x, inputs::<f32>(), "{} wrote to its inputs", peer.name());
    }
}
