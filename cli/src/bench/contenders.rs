//! From the name of a contender to what it runs.

use std::sync::Arc;

use sigmoid::Kernels;
use sigmoid::ops::{self, Gradients, Map, Split, Zip};

use super::call::{Calls, Threads, repeated};
use super::naive;
use super::number::Number;
use super::plan::{Plan, backend};
use crate::error::Error;
use crate::operations::With;
use crate::options::Contender;
use crate::pool::pool;

/// A contender, ready to be timed.
pub struct Runner<T> {
    pub contender: Contender,
    pub calls: Calls<T>,
    pub threads: Threads,
}

/// The contenders of a plan. With several threads the library's kernels cut their slices for a pool, and
/// everything else runs on independent threads.
pub fn runners<T: Number>(plan: &Plan) -> Result<Vec<Runner<T>>, Error> {
    let threads = plan.threads.get();
    let pool = match threads {
        1 => None,
        _ => Some(Arc::new(pool(threads)?)),
    };
    let independent = pool.clone().map_or(Threads::One, Threads::Independent);
    let runner = |&contender| {
        let (calls, threads) = match (backend(contender), &pool) {
            (Some(backend), Some(pool)) => {
                let kernels = kernel(plan, backend)?.parallel(true);
                (library(plan, kernels)?, Threads::Pool(Arc::clone(pool)))
            }
            (Some(backend), None) => (library(plan, kernel(plan, backend)?)?, Threads::One),
            (None, _) => (other(plan, contender)?, independent.clone()),
        };
        Ok(Runner { contender, calls, threads })
    };
    plan.contenders.iter().map(runner).collect()
}

fn kernel(plan: &Plan, backend: sigmoid::Backend) -> Result<Kernels, Error> {
    Ok(Kernels::new().accuracy(plan.accuracy).backend(backend)?)
}

/// The library's own operation.
fn library<T: Number>(plan: &Plan, kernels: Kernels) -> Result<Calls<T>, Error> {
    let overwritten = plan.op.overwrites().filter(|_| plan.in_place);
    let calls = T::with(plan.op, OfLibrary { kernels, overwritten });
    calls.ok_or(Error::NotComputed { op: plan.op, dtype: plan.dtype })
}

/// Calls the library's operation, in place if an input is overwritten.
struct OfLibrary {
    kernels: Kernels,
    overwritten: Option<usize>,
}

impl<T: Number> With<T> for OfLibrary {
    type Output = Calls<T>;

    fn map(self, op: impl Map<T> + Send + Sync + 'static) -> Calls<T> {
        let kernels = self.kernels;
        match self.overwritten {
            None => repeated(move |s| kernels.map(op, s.inputs[0], s.outputs[0])),
            Some(_) => repeated(move |s| kernels.map_in_place(op, s.outputs[0])),
        }
    }

    fn zip(self, op: impl Zip<T> + Send + Sync + 'static) -> Calls<T> {
        let kernels = self.kernels;
        match self.overwritten {
            None => repeated(move |s| kernels.zip(op, s.inputs[0], s.inputs[1], s.outputs[0])),
            Some(0) => repeated(move |s| kernels.zip_into_first(op, s.outputs[0], s.inputs[1])),
            Some(_) => repeated(move |s| kernels.zip_into_second(op, s.inputs[0], s.outputs[0])),
        }
    }

    fn gradients(self, op: impl Gradients<T> + Send + Sync + 'static) -> Calls<T> {
        let kernels = self.kernels;
        repeated(move |s| {
            let [x, y, grad] = s.inputs;
            let [dx, dy] = &mut s.outputs;
            kernels.gradients(op, x, y, grad, dx, dy);
        })
    }

    fn sigmoid_with_derivative(self) -> Calls<T>
    where
        ops::SigmoidWithDerivative: Split<T>,
    {
        let kernels = self.kernels;
        let in_place = self.overwritten.is_some();
        repeated(move |s| {
            let [y, dy] = &mut s.outputs;
            if in_place {
                kernels.forward_with_derivative_in_place(y, dy);
            } else {
                kernels.forward_with_derivative(s.inputs[0], y, dy);
            }
        })
    }
}

/// Naive loops and yardsticks, and the kernel without a pool.
fn other<T: Number>(plan: &Plan, contender: Contender) -> Result<Calls<T>, Error> {
    let yardsticks = T::yardsticks();
    let calls = match contender {
        Contender::NaiveWide => T::naive_wide(plan.op, plan.in_place),
        Contender::Independent => Some(library(plan, kernel(plan, plan.independent_backend())?)?),
        Contender::Copy => Some(repeated(|s| s.outputs[0].copy_from_slice(s.inputs[0]))),
        Contender::StreamCopy => {
            yardsticks.map(|of| repeated(move |s| (of.stream_copy)(s.inputs[0], s.outputs[0])))
        }
        Contender::Scale => yardsticks.map(|of| repeated(move |s| (of.scale)(s.outputs[0]))),
        Contender::Triad => {
            yardsticks.map(|of| repeated(move |s| (of.triad)(s.inputs[0], s.inputs[1], s.outputs[0])))
        }
        Contender::Divide => yardsticks.map(|of| repeated(move |s| (of.divide)(s.inputs[0], s.outputs[0]))),
        _ => Some(naive::with_std(plan.op, plan.in_place)),
    };
    calls.ok_or(Error::NoContender { contender, op: plan.op, dtype: plan.dtype })
}
