//! What is to be measured.

use std::num::NonZeroUsize;
use std::time::Duration;

use sigmoid::{Accuracy, Backend};

use crate::error::Error;
use crate::operations::{DataType, Operation};
use crate::options::{self, Contender, Interval};

/// What is to be measured: every contender at every length.
#[derive(Clone, Debug)]
pub struct Plan {
    pub op: Operation,
    pub dtype: DataType,
    pub accuracy: Accuracy,
    pub contenders: Vec<Contender>,
    pub sizes: Vec<NonZeroUsize>,
    /// Where the inputs are drawn from.
    pub range: Interval,
    /// Half of the inputs are infinities, NaN and huge numbers instead.
    pub special: bool,
    pub threads: NonZeroUsize,
    /// Results go over the inputs.
    pub in_place: bool,
    /// The time that all samples of one length may take together. There are five of each contender at
    /// least.
    pub budget: Duration,
}

impl Plan {
    pub fn new(options: &options::Bench) -> Result<Self, Error> {
        let (op, dtype) = (options.op, options.dtype);
        if options.accuracy == Accuracy::Exact && !op.has_exact(dtype) {
            return Err(Error::OnlyFast { op, dtype });
        }
        if options.in_place && op.overwrites().is_none() {
            return Err(Error::NotInPlace { op });
        }
        let contenders = match &options.backend[..] {
            [] => default_contenders(options),
            given => given.to_vec(),
        };
        for backend in contenders.iter().filter_map(|&contender| backend(contender)) {
            sigmoid::Kernels::new().backend(backend)?;
        }
        Ok(Self {
            op,
            dtype,
            accuracy: options.accuracy,
            contenders,
            sizes: options.size.clone(),
            range: options.range,
            special: options.special,
            threads: options.threads,
            in_place: options.in_place,
            budget: Duration::from_millis(options.budget_ms),
        })
    }

    /// Whether calls in place leave numbers that are easier, or harder, than the inputs were: s and s' of anything are
    /// ordinary, but x s(x) halves small numbers each time.
    pub fn drifts(&self) -> bool {
        let far = self.special || self.range.low < -20.0 || self.range.high > 20.0;
        let keeps_to_the_middle = matches!(
            self.op,
            Operation::Sigmoid | Operation::SigmoidDerivative | Operation::SigmoidWithDerivative
        );
        self.in_place && !self.op.is_product() && (far || !keeps_to_the_middle)
    }

    /// The kernel that [`Contender::Independent`] runs: the last one named, or the fastest.
    pub fn independent_backend(&self) -> Backend {
        let named = self.contenders.iter().rev().find_map(|&contender| backend(contender));
        named.unwrap_or_else(Backend::fastest)
    }
}

/// The library's backend of that name.
pub fn backend(contender: Contender) -> Option<Backend> {
    match contender {
        Contender::Scalar => Some(Backend::Scalar),
        Contender::Wide => Some(Backend::Wide),
        Contender::Avx2 => Some(Backend::Avx2),
        Contender::Avx512 => Some(Backend::Avx512),
        Contender::Auto => Some(Backend::fastest()),
        _ => None,
    }
}

/// All that this CPU runs, with the yardsticks that fit the work.
fn default_contenders(options: &options::Bench) -> Vec<Contender> {
    use Contender::*;
    let half = options.dtype.is_half();
    let mut contenders = vec![Naive];
    if has_naive_wide(options.op) && !half {
        contenders.push(NaiveWide);
    }
    let kernels = [Scalar, Wide, Avx2, Avx512];
    contenders
        .extend(kernels.into_iter().filter(|&kernel| backend(kernel).is_some_and(Backend::is_available)));
    if options.threads.get() > 1 {
        contenders.push(Independent);
    }
    contenders.push(Copy);
    if half {
        return contenders;
    }
    contenders.push(StreamCopy);
    if options.in_place {
        contenders.push(Scale);
    }
    contenders.push(if options.op.inputs() > 1 { Triad } else { Divide });
    contenders
}

/// Whether there is a loop over the exponential of `wide`.
fn has_naive_wide(op: Operation) -> bool {
    matches!(
        op,
        Operation::Sigmoid
            | Operation::SigmoidDerivative
            | Operation::SigmoidWithDerivative
            | Operation::SigmoidBackward
    )
}
