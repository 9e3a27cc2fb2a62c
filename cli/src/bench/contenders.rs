//! From the name of a contender to what it runs.

use std::sync::Arc;

use sigmoid::Kernels;

use super::call::{Calls, Threads, repeated};
use super::naive;
use super::number::Number;
use super::plan::{Plan, backend};
use crate::error::Error;
use crate::options::{Contender, Operation};
use crate::pool::pool;

/// A contender, ready to be timed.
pub struct Runner<T> {
    pub contender: Contender,
    pub calls: Calls<T>,
    pub threads: Threads,
}

/// The contenders of a plan. With several threads the library's kernels cut their slices for a pool, and
/// everything else runs on independent threads.
pub fn runners<T: Number + Default>(plan: &Plan) -> Result<Vec<Runner<T>>, Error> {
    let threads = plan.threads.get();
    let pool = match threads {
        1 => None,
        _ => Some(Arc::new(pool(threads)?)),
    };
    let independent = pool.clone().map_or(Threads::One, Threads::Independent);
    let runner = |&contender| {
        let (calls, threads) = match (backend(contender), &pool) {
            (Some(backend), Some(pool)) => {
                let sigmoid = kernel(plan, backend)?.parallel(true);
                (library(plan, sigmoid), Threads::Pool(Arc::clone(pool)))
            }
            (Some(backend), None) => (library(plan, kernel(plan, backend)?), Threads::One),
            (None, _) => (other(plan, contender)?, independent.clone()),
        };
        Ok(Runner { contender, calls, threads })
    };
    plan.contenders.iter().map(runner).collect()
}

fn kernel(plan: &Plan, backend: sigmoid::Backend) -> Result<Kernels, Error> {
    Ok(Kernels::new().accuracy(plan.accuracy).backend(backend)?)
}

/// The library's own operations.
fn library<T: Number>(plan: &Plan, sigmoid: Kernels) -> Calls<T> {
    match (plan.op, plan.in_place) {
        (Operation::Forward, false) => repeated(move |s| sigmoid.forward(s.x, s.y)),
        (Operation::Forward, true) => repeated(move |s| sigmoid.forward_in_place(s.y)),
        (Operation::Derivative, false) => repeated(move |s| sigmoid.derivative(s.x, s.y)),
        (Operation::Derivative, true) => repeated(move |s| sigmoid.derivative_in_place(s.y)),
        (Operation::ForwardWithDerivative, false) => {
            repeated(move |s| sigmoid.forward_with_derivative(s.x, s.y, s.slope))
        }
        (Operation::ForwardWithDerivative, true) => {
            repeated(move |s| sigmoid.forward_with_derivative_in_place(s.y, s.slope))
        }
        (Operation::Backward, false) => repeated(move |s| sigmoid.backward(s.x, s.gradient, s.y)),
        (Operation::Backward, true) => repeated(move |s| sigmoid.backward_in_place(s.x, s.y)),
    }
}

/// Naive loops and yardsticks, and the kernel without a pool.
fn other<T: Number + Default>(plan: &Plan, contender: Contender) -> Result<Calls<T>, Error> {
    let yardsticks = T::yardsticks();
    Ok(match contender {
        Contender::NaiveWide => repeated(naive::with_wide(plan.op, plan.in_place)),
        Contender::Independent => library(plan, kernel(plan, plan.independent_backend())?),
        Contender::Copy => repeated(|s| s.y.copy_from_slice(s.x)),
        Contender::StreamCopy => repeated(move |s| (yardsticks.stream_copy)(s.x, s.y)),
        Contender::Scale => repeated(move |s| (yardsticks.scale)(s.y)),
        Contender::Triad => repeated(move |s| (yardsticks.triad)(s.x, s.gradient, s.y)),
        Contender::Divide => repeated(move |s| (yardsticks.divide)(s.x, s.y)),
        _ => repeated(naive::with_std(plan.op, plan.in_place)),
    })
}
