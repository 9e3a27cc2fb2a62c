//! Digests of the results of every backend that a machine has, for inputs that are the same on all machines:
//! equal digests mean equal bits. It needs neither an operating system nor an allocator, and its digest is
//! that of `sigmoid_conformance::Tally`, which judges the same results (`tests/judged.rs`).
#![no_std]

mod inputs;
mod number;

use core::fmt;

use sigmoid::{Accuracy, Backend, Kernels};

pub use inputs::{BLOCK, Inputs};
pub use number::Number;

/// The digest of the results of one operation.
#[derive(Clone, Copy, Debug)]
pub struct Digest {
    /// Who computed.
    pub backend: Backend,
    /// How exactly.
    pub accuracy: Accuracy,
    /// `f32` or `f64`.
    pub format: &'static str,
    /// What was computed.
    pub operation: &'static str,
    /// Of what.
    pub inputs: Inputs,
    /// A number that depends on every bit of every result. Any NaN counts as any other.
    pub value: u64,
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backend, accuracy, format, operation, inputs, value } = self;
        write!(f, "{backend} {accuracy} {format} {operation} {inputs} {value:016x}")
    }
}

/// Computes all of them, and hands over each as soon as it is known.
pub fn digests(mut take: impl FnMut(Digest)) {
    for backend in Backend::available() {
        for accuracy in Accuracy::ALL {
            let kernels = Kernels::new().accuracy(accuracy).backend(backend).expect("it is available");
            of_format::<f32>(kernels, &mut take);
            of_format::<f64>(kernels, &mut take);
        }
    }
}

fn of_format<T: Number>(kernels: Kernels, take: &mut impl FnMut(Digest)) {
    for inputs in Inputs::ALL {
        // The reference computes element by element, in a hundred times the time.
        let slow = cfg!(not(feature = "dense")) || kernels.selected_backend() == Backend::Scalar;
        if slow && inputs == Inputs::Dense {
            continue;
        }
        let mut hand_over = |operation, value| {
            take(Digest {
                backend: kernels.selected_backend(),
                accuracy: kernels.selected_accuracy(),
                format: T::NAME,
                operation,
                inputs,
                value,
            });
        };
        let mut digests = [0; 4];
        let (mut y, mut dy) = ([T::default(); BLOCK], [T::default(); BLOCK]);
        inputs.blocks(|x: &[T]| {
            let (y, dy) = (&mut y[..x.len()], &mut dy[..x.len()]);
            kernels.forward(x, y);
            add(&mut digests[0], x, y);
            kernels.derivative(x, dy);
            add(&mut digests[1], x, dy);
            y.fill(T::default());
            dy.fill(T::default());
            kernels.forward_with_derivative(x, y, dy);
            add(&mut digests[2], x, y);
            add(&mut digests[3], x, dy);
        });
        hand_over("forward", digests[0]);
        hand_over("derivative", digests[1]);
        hand_over("both:forward", digests[2]);
        hand_over("both:derivative", digests[3]);

        let (mut backward, mut grad_in) = (0, [T::default(); BLOCK]);
        inputs.pairs(|s: &[T], grad_out: &[T]| {
            let grad_in = &mut grad_in[..s.len()];
            kernels.backward(s, grad_out, grad_in);
            add(&mut backward, s, grad_in);
        });
        hand_over("backward", backward);
    }
}

fn add<T: Number>(digest: &mut u64, x: &[T], results: &[T]) {
    for (x, result) in x.iter().zip(results) {
        *digest = digest.wrapping_add(mix(x.bits(), if result.is_nan() { NAN } else { result.bits() }));
    }
}

/// Stands for every NaN among the results.
const NAN: u64 = u64::MAX;

/// As in `sigmoid_conformance::Tally`.
fn mix(input: u64, result: u64) -> u64 {
    let mut mixed = input.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(result);
    mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 29)
}
