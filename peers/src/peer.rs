//! What a contender is: one small trait, and the three shapes that its calls take.
//!
//! A contender ([`Peer`]) is a file under `rust/` or `foreign/` and a line in `registry.rs`. It hands
//! out a [`Kernel`] for each operation that it has; `None` is the honest answer where it has none.
//! Nothing is computed on its behalf: whoever cannot work out of place is shown in place only.

use std::hint::black_box;
use std::mem::MaybeUninit;

use half::{bf16, f16};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use serde::{Deserialize, Serialize};

/// Someone who computes the sigmoid of many numbers.
pub trait Peer: Send + Sync {
    /// How the tables call it. No two contenders share a name.
    fn name(&self) -> String;

    /// The version, as the build or the library itself tells it: never typed by hand.
    fn version(&self) -> String;

    /// Which of its functions is called and how, and what it cannot do, in a sentence or two.
    fn note(&self) -> String;

    /// How far its results may be from the truth in the test, and why that far.
    fn tolerance(&self, operation: Operation) -> Tolerance;

    /// Its way of doing the operation in single precision, or nothing if it has none.
    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>>;

    /// The same in double precision.
    fn double(&self, _operation: Operation, _threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        None
    }

    /// The same in `bf16`.
    fn bfloat16(&self, _operation: Operation, _threads: Threads) -> Option<Box<dyn Kernel<bf16>>> {
        None
    }

    /// The same in `f16`.
    fn float16(&self, _operation: Operation, _threads: Threads) -> Option<Box<dyn Kernel<f16>>> {
        None
    }

    /// Whether it uses threads of its own accord. The calls of one that does not are made by a pool,
    /// a part of the slice for each thread ([`Threads::slices`]), if they can be.
    fn has_threads(&self) -> bool {
        false
    }

    /// Whether it is this project's own.
    fn is_ours(&self) -> bool {
        false
    }
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// y = s(x)
    Forward,
    /// x = s(x)
    ForwardInPlace,
    /// y = s'(x)
    Derivative,
    /// y = x s(x)
    Silu,
    /// y = g s(g) u of the gates g and the inputs u
    Swiglu,
    /// y = ln (1 + e^x)
    Softplus,
    /// y = ln s(x)
    LogSigmoid,
    /// y = softplus(x) - x z of the logits x and the labels z, for each element
    BceWithLogits,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Forward,
        Self::ForwardInPlace,
        Self::Derivative,
        Self::Silu,
        Self::Swiglu,
        Self::Softplus,
        Self::LogSigmoid,
        Self::BceWithLogits,
    ];

    /// Those that are judged: in place is the same function.
    pub const JUDGED: [Self; 7] = [
        Self::Forward,
        Self::Derivative,
        Self::Silu,
        Self::Swiglu,
        Self::Softplus,
        Self::LogSigmoid,
        Self::BceWithLogits,
    ];

    /// The same in half precision.
    pub const JUDGED_IN_HALF: [Self; 2] = [Self::Forward, Self::Silu];

    /// As a title says it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Forward => "s(x) out of place",
            Self::ForwardInPlace => "s(x) in place",
            Self::Derivative => "s'(x) out of place",
            Self::Silu => "silu(x)",
            Self::Swiglu => "swiglu(g, u) = silu(g) u",
            Self::Softplus => "softplus(x)",
            Self::LogSigmoid => "log s(x)",
            Self::BceWithLogits => "binary cross entropy of logits",
        }
    }

    /// The function, short.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Forward | Self::ForwardInPlace => "s(x)",
            Self::Derivative => "s'(x)",
            Self::Silu => "silu(x)",
            Self::Swiglu => "swiglu(g, u)",
            Self::Softplus => "softplus(x)",
            Self::LogSigmoid => "log s(x)",
            Self::BceWithLogits => "bce(x, z)",
        }
    }

    /// How many inputs a result has.
    pub fn inputs(self) -> usize {
        if matches!(self, Self::Swiglu | Self::BceWithLogits) { 2 } else { 1 }
    }

    /// Whether it is made of s, rather than s or s' itself.
    pub fn is_family(self) -> bool {
        !matches!(self, Self::Forward | Self::ForwardInPlace | Self::Derivative)
    }
}

/// How many threads a call may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threads {
    /// The caller's.
    One,
    /// All of the rayon pool that the caller is in; a library with a pool of its own: as many as the
    /// CPU runs at once.
    All,
}

/// How far a contender's results may be from the truth in the test.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// In units in the last place, where the true result is a normal number.
    pub ulp: f64,
    /// Or this far, if that is further, in units of the format's epsilon (2^-23, 2^-52): for those that
    /// promise absolute accuracy only.
    pub absolute: f64,
    /// Where the limits come from.
    pub why: &'static str,
}

impl Tolerance {
    /// That of the formula 1 / (1 + e^-x) in the arithmetic of the format, and of s (1 - s) over it.
    pub const fn of_the_formula(operation: Operation) -> Self {
        match operation {
            // The exponential within 1, the sum and the quotient within 1/2 each; and the ulp of the
            // result may be half of that of its parts. Where e^-x overflows, the result is 0.
            Operation::Forward | Operation::ForwardInPlace => Self {
                ulp: 4.0,
                absolute: 1e-30,
                why: "an exponential within 1 ULP, two more roundings, and 0 where it overflows",
            },
            // 1 - s is a multiple of half an epsilon, and off by s's rounding.
            Operation::Derivative => {
                Self { ulp: 8.0, absolute: 2.0, why: "1 - s cancels: the error of s, a rounding of 1, stays" }
            }
            Operation::Silu | Operation::Swiglu => {
                Self { ulp: 6.0, absolute: 1e-30, why: "the error of s, and one rounding or two" }
            }
            Operation::Softplus | Operation::LogSigmoid => {
                Self { ulp: 6.0, absolute: 4.0, why: "as the formula is mostly written, 1 + e^x is rounded" }
            }
            // (Of the labels of the test the smallest is a sixteenth, and the distance to 1.)
            Operation::BceWithLogits => {
                Self { ulp: 24.0, absolute: 64.0, why: "softplus and x z cancel where the label is near 1" }
            }
        }
    }
}

/// One operation of one contender, ready to be called.
pub trait Kernel<T> {
    /// Takes the inputs in, as a user of the library does once, outside of the time: a tensor is
    /// made of them. Those that work on slices have nothing to do.
    fn load(&mut self, _x: &[T]) {}

    /// Calls so many times. The loop is inside, so that not even an indirect call is added to what
    /// is measured of a single element. `y` holds the inputs beforehand if the operation is in place.
    /// `x` is what was loaded: of an operation of two inputs all first ones, then all second ones.
    fn run(&mut self, x: &[T], y: &mut [T], calls: u64);

    /// Copies the last results to `y`, if the library keeps them elsewhere.
    fn store(&self, _y: &mut [T]) {}
}

impl Threads {
    /// A kernel of a function that reads one slice and writes another. With [`Threads::All`] a pool
    /// makes the calls, a part for each thread.
    pub fn slices<T: Copy + Send + Sync + 'static>(
        self,
        function: impl Fn(&[T], &mut [T]) + Send + Sync + 'static,
    ) -> Box<dyn Kernel<T>> {
        match self {
            Self::One => Box::new(Slices(function)),
            Self::All => Box::new(Slices(move |x: &[T], y: &mut [T]| {
                let part = part(x.len());
                x.par_chunks(part).zip(y.par_chunks_mut(part)).for_each(|(x, y)| function(x, y));
            })),
        }
    }

    /// The same for a function of two slices, which are one after the other; on one thread only.
    pub fn pairs<T: 'static>(
        self,
        function: impl Fn(&[T], &[T], &mut [T]) + 'static,
    ) -> Option<Box<dyn Kernel<T>>> {
        (self == Self::One).then(|| {
            slices(move |x: &[T], y: &mut [T]| {
                let (first, second) = x.split_at(y.len());
                function(first, second, y);
            })
        })
    }

    /// The same for a function that works in place.
    pub fn in_place<T: Copy + Send + Sync + 'static>(
        self,
        function: impl Fn(&mut [T]) + Send + Sync + 'static,
    ) -> Box<dyn Kernel<T>> {
        match self {
            Self::One => Box::new(Slices(move |_: &[T], y: &mut [T]| function(y))),
            Self::All => Box::new(Slices(move |_: &[T], y: &mut [T]| {
                let part = part(y.len());
                y.par_chunks_mut(part).into_par_iter().for_each(&function);
            })),
        }
    }
}

/// A kernel of a function that uses threads of its own accord, or none.
pub fn slices<T: 'static>(function: impl Fn(&[T], &mut [T]) + 'static) -> Box<dyn Kernel<T>> {
    Box::new(Slices(function))
}

/// As uninitialised memory, which some write to.
pub fn uninitialised<T: Copy>(y: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: the same layout; whoever gets it for output writes numbers only, and a `Copy` type has
    // nothing to drop.
    unsafe { std::slice::from_raw_parts_mut(y.as_mut_ptr().cast(), y.len()) }
}

/// The elements for each thread of the pool: whole cache lines.
fn part(len: usize) -> usize {
    len.div_ceil(rayon::current_num_threads()).next_multiple_of(16).max(16)
}

struct Slices<F>(F);

impl<T, F: Fn(&[T], &mut [T])> Kernel<T> for Slices<F> {
    fn run(&mut self, x: &[T], y: &mut [T], calls: u64) {
        for _ in 0..calls {
            self.0(black_box(x), black_box(y));
        }
    }
}

/// A library that takes a tensor and gives another, which it allocates: its `load`, `call` and
/// `store`, as a kernel.
pub struct Tensors<I, L, C, S> {
    /// What was loaded.
    pub input: Option<I>,
    /// The last results.
    pub output: Option<I>,
    /// Makes a tensor.
    pub load: L,
    /// Makes the results of it. What it gives is dropped at the next call, as a user would.
    pub call: C,
    /// Copies them out.
    pub store: S,
}

/// A [`Tensors`] that holds nothing yet.
pub fn tensors<T, I: 'static>(
    load: impl Fn(&[T]) -> I + 'static,
    call: impl Fn(&I) -> I + 'static,
    store: impl Fn(&I, &mut [T]) + 'static,
) -> Box<dyn Kernel<T>> {
    Box::new(Tensors { input: None, output: None, load, call, store })
}

impl<T, I, L: Fn(&[T]) -> I, C: Fn(&I) -> I, S: Fn(&I, &mut [T])> Kernel<T> for Tensors<I, L, C, S> {
    fn load(&mut self, x: &[T]) {
        // The old results first: there may be no room for both.
        self.output = None;
        self.input = None;
        self.input = Some((self.load)(x));
    }

    fn run(&mut self, _: &[T], _: &mut [T], calls: u64) {
        let input = self.input.as_ref().expect("a tensor that was loaded");
        for _ in 0..calls {
            // Dropped before the next is made, so that the allocator can hand out the same memory.
            self.output = None;
            self.output = Some(black_box((self.call)(black_box(input))));
        }
    }

    fn store(&self, y: &mut [T]) {
        if let Some(output) = &self.output {
            (self.store)(output, y);
        }
    }
}
