//! ndarray's map over an array, with its own threads if it may use them.

use ndarray::{ArrayView1, ArrayViewMut1, Zip};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, slices};
use crate::versions::version_of;

/// `mapv`, into memory that is there
pub struct Ndarray;

macro_rules! kernel {
    ($number:ty, $operation:expr, $threads:expr) => {{
        type X = [$number];
        fn sigmoid(x: $number) -> $number {
            1.0 / (1.0 + (-x).exp())
        }
        fn derivative(x: $number) -> $number {
            let s = sigmoid(x);
            s * (1.0 - s)
        }
        Some(match ($operation, $threads) {
            (Operation::Forward, Threads::One) => slices(|x: &X, y: &mut X| {
                Zip::from(ArrayViewMut1::from(y)).and(ArrayView1::from(x)).for_each(|y, &x| *y = sigmoid(x));
            }),
            (Operation::Derivative, Threads::One) => slices(|x: &X, y: &mut X| {
                Zip::from(ArrayViewMut1::from(y))
                    .and(ArrayView1::from(x))
                    .for_each(|y, &x| *y = derivative(x));
            }),
            (Operation::ForwardInPlace, Threads::One) => {
                slices(|_: &X, y: &mut X| ArrayViewMut1::from(y).mapv_inplace(sigmoid))
            }
            (Operation::Forward, Threads::All) => slices(|x: &X, y: &mut X| {
                let zip = Zip::from(ArrayViewMut1::from(y)).and(ArrayView1::from(x));
                zip.par_for_each(|y, &x| *y = sigmoid(x));
            }),
            (Operation::Derivative, Threads::All) => slices(|x: &X, y: &mut X| {
                let zip = Zip::from(ArrayViewMut1::from(y)).and(ArrayView1::from(x));
                zip.par_for_each(|y, &x| *y = derivative(x));
            }),
            (Operation::ForwardInPlace, Threads::All) => {
                slices(|_: &X, y: &mut X| ArrayViewMut1::from(y).par_mapv_inplace(sigmoid))
            }
            _ => return None,
        })
    }};
}

impl Peer for Ndarray {
    fn name(&self) -> String {
        "ndarray".into()
    }

    fn version(&self) -> String {
        version_of!("ndarray", "VERSION_NDARRAY")
    }

    fn note(&self) -> String {
        "the scalar formula by `Zip::for_each` into an array that is there (`mapv` allocates one for each \
         call, which is slower) and by `mapv_inplace`; threads by `par_for_each` and `par_mapv_inplace`"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        kernel!(f32, operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        kernel!(f64, operation, threads)
    }

    fn has_threads(&self) -> bool {
        true
    }
}
