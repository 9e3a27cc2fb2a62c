//! This project's crate: every accuracy on every backend that the CPU has.

use half::{bf16, f16};
use sigmoid::{Accuracy, Backend, Element, Kernels, bounds, ops};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, slices};
use crate::versions::version_of;

/// One backend at one accuracy.
pub struct Ours {
    accuracy: Accuracy,
    backend: Backend,
}

/// All that this CPU runs, the fastest last. (The scalar backend is the judge, made for that alone.)
pub fn all() -> Vec<Box<dyn Peer>> {
    let of = |accuracy| {
        let backends = Backend::available().filter(|&backend| backend != Backend::Scalar);
        backends.map(move |backend| Box::new(Ours { accuracy, backend }) as Box<dyn Peer>)
    };
    Accuracy::ALL.into_iter().rev().flat_map(of).collect()
}

/// The name of the contender that `Kernels::new()` gives: the one that has to win.
pub fn champion() -> String {
    name(Accuracy::default(), Backend::fastest())
}

fn name(accuracy: Accuracy, backend: Backend) -> String {
    format!("sigmoid {accuracy} {backend}")
}

impl Ours {
    fn kernel<T: Element>(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<T>>>
    where
        ops::Silu: ops::Map<T>,
        ops::Softplus: ops::Map<T>,
        ops::LogSigmoid: ops::Map<T>,
        ops::SwiGlu: ops::Zip<T>,
        ops::BceWithLogits: ops::Zip<T>,
    {
        if operation.is_family() && self.accuracy != Accuracy::Fast {
            return None;
        }
        let kernels = self.kernels()?.parallel(threads == Threads::All);
        Some(match operation {
            Operation::Forward => slices(move |x, y| kernels.forward(x, y)),
            Operation::ForwardInPlace => slices(move |_, y| kernels.forward_in_place(y)),
            Operation::Derivative => slices(move |x, y| kernels.derivative(x, y)),
            Operation::Silu => slices(move |x, y| kernels.map(ops::Silu, x, y)),
            Operation::Softplus => slices(move |x, y| kernels.map(ops::Softplus, x, y)),
            Operation::LogSigmoid => slices(move |x, y| kernels.map(ops::LogSigmoid, x, y)),
            Operation::Swiglu => {
                return threads.pairs(move |g, u, y| kernels.zip(ops::SwiGlu::default(), g, u, y));
            }
            Operation::BceWithLogits => {
                return threads.pairs(move |x, labels, y| kernels.zip(ops::BceWithLogits, x, labels, y));
            }
        })
    }
}

impl Ours {
    fn in_half<T: 'static>(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<T>>>
    where
        ops::Sigmoid: ops::Map<T>,
        ops::Silu: ops::Map<T>,
    {
        // It is exact without being asked.
        if self.accuracy != Accuracy::Fast {
            return None;
        }
        let kernels = self.kernels()?.parallel(threads == Threads::All);
        match operation {
            Operation::Forward => Some(slices(move |x, y| kernels.map(ops::Sigmoid, x, y))),
            Operation::Silu => Some(slices(move |x, y| kernels.map(ops::Silu, x, y))),
            _ => None,
        }
    }

    fn kernels(&self) -> Option<Kernels> {
        let kernels = Kernels::new().accuracy(self.accuracy);
        // The one that it would pick is left for it to pick, as a caller does.
        match self.backend {
            backend if backend == Backend::fastest() => Some(kernels),
            backend => kernels.backend(backend).ok(),
        }
    }
}

impl Peer for Ours {
    fn name(&self) -> String {
        name(self.accuracy, self.backend)
    }

    fn version(&self) -> String {
        version_of!("sigmoid", "VERSION_SIGMOID")
    }

    fn note(&self) -> String {
        let what = "`Kernels::new()` and its `forward`, `forward_in_place` and `derivative`; `map` and `zip` of the \
                    others; f64, bf16 and f16 too; threads by `parallel(true)`";
        match self.backend {
            backend if backend == Backend::fastest() => {
                format!("{what}. What it picks on this CPU by itself")
            }
            Backend::Wide => format!("{what}. Forced; {}", sigmoid::build_info::WIDE),
            _ => format!("{what}. Forced"),
        }
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        let both = |stated: bounds::Stated| [stated.f32, stated.f64];
        let formats = match operation {
            Operation::Forward | Operation::ForwardInPlace => [bounds::FORWARD_F32, bounds::FORWARD_F64],
            Operation::Derivative => [bounds::DERIVATIVE_F32, bounds::DERIVATIVE_F64],
            Operation::Silu => both(bounds::SILU),
            Operation::Swiglu => both(bounds::SWIGLU),
            Operation::Softplus | Operation::LogSigmoid => both(bounds::SOFTPLUS),
            Operation::BceWithLogits => both(bounds::BCE_WITH_LOGITS),
        };
        let [single, double] = formats.map(|fast| fast.on(self.backend));
        let (ulp, why) = match self.accuracy {
            Accuracy::Fast => (single.max(double), "it states so much for one of the formats"),
            _ => (bounds::EXACT, "it promises the number nearest to the truth"),
        };
        // The error is itself computed, and half a unit may come out as a little more.
        Tolerance { ulp: ulp + 1e-6, absolute: 0.0, why }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        self.kernel(operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        self.kernel(operation, threads)
    }

    fn bfloat16(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<bf16>>> {
        self.in_half(operation, threads)
    }

    fn float16(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f16>>> {
        self.in_half(operation, threads)
    }

    fn has_threads(&self) -> bool {
        true
    }

    fn is_ours(&self) -> bool {
        true
    }
}
