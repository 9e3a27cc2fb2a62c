//! The examination: which inputs an implementation is asked for, and what is looked at.
//!
//! ```text
//! the special values: zeros, infinities, NaN                        laws
//! for each block of 4096 inputs
//!     the truth, once, for all implementations
//!     each implementation's results: errors, faults, digest          tally
//!     and whether they rise and fall as they should                  laws
//!     for even and odd functions, the results for -x too             laws
//! and for each of a few dozen probes
//!     the same elements in other places                              place
//! ```

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::expected::Expected;
use crate::function::{Function, Symmetry, Trend};
use crate::laws;
use crate::memory::Memory;
use crate::place;
use crate::report::{Against, Error, Example, Law, Region, Report};
use crate::sample::{self, Plan, SPECIAL, Sampled};
use crate::simplest;
use crate::tally::{Tally, is_lost, is_not, range, smallest_normal};

/// An implementation: it writes a result for each input, the two slices being of one length.
pub type Kernel<'a, T> = dyn FnMut(&[T], &mut [T]) + 'a;

/// Elements in a block: all that is kept for one fits the second-level cache.
const BLOCK: usize = 4096;

/// Of so many blocks one is followed by a block of runs of consecutive numbers, where not all numbers
/// are tried anyway.
const RUNS_EVERY: u64 = 4;

/// How many consecutive numbers are taken from one place where not all of them are.
const RUN: usize = 32;

/// An examination for implementations of a function.
///
/// ```
/// use sigmoid_conformance::{Conformance, Function};
///
/// let naive = |x: &[f32], y: &mut [f32]| {
///     for (x, y) in x.iter().zip(y) {
///         *y = 1.0 / (1.0 + (-x).exp());
///     }
/// };
/// let report = Conformance::<f32>::new(Function::Sigmoid).stride(65_537).check(naive);
/// println!("{report}");
/// assert!(report.is_sound());
/// assert!(!report.subnormals_kept.holds()); // e^89 is no f32
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Conformance<T> {
    function: Function,
    plan: Plan,
    probes: u64,
    longest: usize,
    format: std::marker::PhantomData<T>,
}

/// How to examine.
impl<T: Sampled> Conformance<T> {
    /// All of `f32`, of `bf16` or of `f16`, or 16.8 million `f64`.
    pub fn new(function: Function) -> Self {
        let plan = Plan { function, stride: 1, points: 1 << 24 };
        Self { function, plan, probes: 64, longest: 100_003, format: std::marker::PhantomData }
    }

    /// Of `f32`, every `stride`-th bit pattern. No effect on other formats.
    ///
    /// An odd stride meets every value of the low bits. From 2 on, runs of consecutive numbers are
    /// tried for the law that results are monotone, beside the sample.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    pub fn stride(mut self, stride: u64) -> Self {
        assert!(stride > 0, "a stride of 0 goes nowhere");
        self.plan.stride = stride;
        self
    }

    /// How many `f64` to try. No effect on other formats.
    #[must_use]
    pub fn points(mut self, points: u64) -> Self {
        self.plan.points = points;
        self
    }

    /// How many times to ask for the same 4096 elements in other places, each in some 130 calls;
    /// 64 unless said. 0 leaves the law out.
    #[must_use]
    pub fn probes(mut self, probes: u64) -> Self {
        self.probes = probes;
        self
    }

    /// The length of the longest slice that is asked for: 100,003 unless said, and 0 for none beyond 4,096. Past
    /// the length from which an implementation uses threads or another way to store, it shows whether results depend
    /// on that.
    ///
    /// Before it come slices of 16,411 elements and four, sixteen, ... times as many. What it costs: memory for twice
    /// that many elements, and the time that the kernel takes for 4/3 of them, once; for 2^26 `f32` 512 MiB and, at a
    /// nanosecond each, a tenth of a second.
    #[must_use]
    pub fn longest(mut self, length: usize) -> Self {
        self.longest = length;
        self
    }

    /// How many inputs will be held against the truth.
    pub fn inputs(&self) -> u64 {
        T::inputs(&self.plan)
    }

    /// How many [steps](Examiner::step) it takes.
    pub fn steps(&self) -> u64 {
        1 + self.blocks() + self.probes
    }

    fn blocks(&self) -> u64 {
        self.inputs().div_ceil(BLOCK as u64)
    }
}

/// Examining.
impl<T: Sampled> Conformance<T> {
    /// Examines an implementation, on this thread.
    pub fn check(&self, mut kernel: impl FnMut(&[T], &mut [T])) -> Report {
        self.check_all(&mut [&mut kernel]).remove(0)
    }

    /// Examines several of them, on this thread, in less time than one after the other takes: the
    /// truth is computed only once.
    pub fn check_all(&self, kernels: &mut [&mut Kernel<'_, T>]) -> Vec<Report> {
        let mut examiner = self.examiner(kernels.len());
        for step in 0..self.steps() {
            examiner.step(step, kernels);
        }
        let mut reports = examiner.into_reports();
        for (kernel, report) in kernels.iter_mut().zip(&mut reports) {
            self.simplify(report, kernel);
        }
        reports
    }

    /// Examines an implementation on several threads. The report is that of [`Conformance::check`].
    ///
    /// ```
    /// use sigmoid_conformance::{Conformance, Function};
    ///
    /// let plan = Conformance::<f64>::new(Function::Derivative).points(100_000);
    /// let report = plan.check_on(2.try_into()?, |x, y| {
    ///     for (x, y) in x.iter().zip(y) {
    ///         let e = (-x.abs()).exp();
    ///         *y = e / ((1.0 + e) * (1.0 + e));
    ///     }
    /// });
    /// assert!(report.max_ulp() < 4.0 && report.even.holds(), "{report}");
    /// # Ok::<(), std::num::TryFromIntError>(())
    /// ```
    pub fn check_on(&self, threads: NonZeroUsize, kernel: impl Fn(&[T], &mut [T]) + Sync) -> Report {
        let next = AtomicU64::new(0);
        let work = || {
            let mut examiner = self.examiner(1);
            loop {
                let step = next.fetch_add(1, Ordering::Relaxed);
                if step >= self.steps() {
                    return examiner.into_reports().remove(0);
                }
                examiner.step(step, &mut [&mut |x: &[T], y: &mut [T]| kernel(x, y)]);
            }
        };
        let mut report = self.blank();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads.get()).map(|_| scope.spawn(work)).collect();
            for thread in threads {
                match thread.join() {
                    Ok(part) => report.merge(&part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        self.simplify(&mut report, kernel);
        report
    }

    /// Puts simpler examples in the place of those that a report has, by asking the kernel again: inputs nearer to 0,
    /// neighbours that are not monotone, shorter slices. [`Conformance::check`] has done it; it is for reports of an
    /// [`Examiner`].
    ///
    /// # Panics
    ///
    /// If the report is about another format.
    pub fn simplify(&self, report: &mut Report, mut kernel: impl FnMut(&[T], &mut [T])) {
        assert_eq!(report.format, T::NAME, "a report of this format");
        simplest::simplify(&mut kernel, report);
    }

    /// For those who walk over the steps themselves: with a progress bar, on a pool of threads.
    pub fn examiner(&self, kernels: usize) -> Examiner<T> {
        Examiner {
            conformance: *self,
            reports: vec![self.blank(); kernels],
            x: Vec::new(),
            regions: Vec::new(),
            results: Memory::default(),
            mirrored: Vec::new(),
            others: Memory::default(),
            expected: Expected::default(),
            errors: Vec::new(),
        }
    }

    fn blank(&self) -> Report {
        Report::new(self.function, T::NAME, regions::<T>(self.function))
    }
}

/// Where one thread takes one step after another.
///
/// ```
/// use sigmoid_conformance::{Conformance, Function};
///
/// let mut kernel = |x: &[f32], y: &mut [f32]| y.fill(0.5);
/// let plan = Conformance::<f32>::new(Function::Sigmoid).stride(1_000_003);
/// let mut examiner = plan.examiner(1);
/// for step in 0..plan.steps() {
///     examiner.step(step, &mut [&mut kernel]);
///     println!("{} of {}", step + 1, plan.steps());
/// }
/// assert!(!examiner.into_reports()[0].is_sound()); // 0.5 for NaN and the infinities
/// ```
#[derive(Debug)]
pub struct Examiner<T> {
    conformance: Conformance<T>,
    reports: Vec<Report>,
    x: Vec<T>,
    /// For each input the regions that it lies in, a bit for each.
    regions: Vec<u8>,
    results: Memory<T>,
    /// -x, and the results for it.
    mirrored: Vec<T>,
    others: Memory<T>,
    expected: Expected<T>,
    errors: Vec<f64>,
}

impl<T: Sampled> Examiner<T> {
    /// Takes one of the steps, each of which is to be taken once, by whichever examiner. Returns
    /// how many inputs were held against the truth.
    ///
    /// # Panics
    ///
    /// If there are not as many kernels as the examiner was made for, or no such step.
    pub fn step(&mut self, step: u64, kernels: &mut [&mut Kernel<'_, T>]) -> u64 {
        assert_eq!(kernels.len(), self.reports.len(), "as many kernels as the examiner was made for");
        assert!(step < self.conformance.steps(), "there is no such step");
        let blocks = self.conformance.blocks();
        match step {
            0 => self.special(kernels),
            _ if step <= blocks => return self.block(step - 1, kernels),
            _ => self.probe(step - 1 - blocks, kernels),
        }
        0
    }

    #[cfg(test)]
    pub(crate) fn put_in_place(&mut self, expected: Expected<T>) {
        self.expected = expected;
    }

    fn probe(&mut self, index: u64, kernels: &mut [&mut Kernel<'_, T>]) {
        for (kernel, report) in kernels.iter_mut().zip(&mut self.reports) {
            let Conformance { function, longest, .. } = self.conformance;
            place::examine(function, index, longest, *kernel, report);
        }
    }

    /// The values that a stride steps over: for the laws only.
    fn special(&mut self, kernels: &mut [&mut Kernel<'_, T>]) {
        let function = self.conformance.function;
        let x = SPECIAL.map(T::narrow);
        self.expected.compute(function, &x);
        self.errors.resize(x.len(), 0.0);
        for (kernel, report) in kernels.iter_mut().zip(&mut self.reports) {
            let results = self.results.ask(*kernel, &x, &mut report.written);
            let tally = Tally::of_block(function, &x, results, &self.expected, &mut self.errors);
            let block = Block { x: &x, results, expected: &self.expected, errors: &self.errors };
            block.enter_laws(function, &tally, report);
            if function.trend() != Trend::Turns && function.forgets_the_sign_of_zero() {
                laws::zeros(*kernel, &mut self.results, report);
            }
        }
    }

    /// What the steps taken have shown, for each kernel.
    pub fn into_reports(self) -> Vec<Report> {
        self.reports
    }

    fn block(&mut self, index: u64, kernels: &mut [&mut Kernel<'_, T>]) -> u64 {
        let Conformance { function, plan, .. } = self.conformance;
        let consecutive = T::consecutive(&plan);
        // One input more than are judged, where the next block goes on: the law holds across.
        self.x.resize(BLOCK + usize::from(consecutive), T::default());
        let filled = T::fill(&plan, index, BLOCK, &mut self.x);
        self.x.truncate(filled);
        let len = filled.min(BLOCK);
        let x = &self.x[..len];
        self.expected.compute(function, x);
        self.errors.resize(len, 0.0);
        let shared = regions_of(x, &self.reports[0].regions, &mut self.regions);

        // In the order of bit patterns the negative half holds nothing new for symmetry.
        let mirror = !T::ORDERED || x.first().is_some_and(|x| x.widen().is_sign_positive());
        self.mirrored.clear();
        let symmetry = function.symmetry();
        if symmetry.is_some() && mirror {
            self.mirrored.extend(x.iter().map(|x| x.negated()));
        }

        for (kernel, report) in kernels.iter_mut().zip(&mut self.reports) {
            let all = self.results.ask(*kernel, &self.x, &mut report.written);
            let results = &all[..len];
            let tally = Tally::of_block(function, x, results, &self.expected, &mut self.errors);
            let block = Block { x, results, expected: &self.expected, errors: &self.errors };
            block.enter(function, &tally, report);
            block.enter_regions(&tally, &self.regions, shared, &mut report.regions);
            laws::monotone(function.trend(), &self.x, all, &mut report.monotone);
            if let Some(symmetry) = symmetry.filter(|_| !self.mirrored.is_empty()) {
                let of_mirrored = self.others.ask(*kernel, &self.mirrored, &mut report.written);
                let law = match symmetry {
                    Symmetry::Even => &mut report.even,
                    Symmetry::Odd => &mut report.odd,
                };
                laws::symmetric(symmetry, x, [results, of_mirrored], law);
            }
        }
        if !consecutive && index.is_multiple_of(RUNS_EVERY) && function.trend() != Trend::Turns {
            self.x.resize(BLOCK, T::default());
            sample::neighbours_of(function, index, RUN, &mut self.x);
            for (kernel, report) in kernels.iter_mut().zip(&mut self.reports) {
                let results = self.results.ask(*kernel, &self.x, &mut report.written);
                laws::monotone(function.trend(), &self.x, results, &mut report.monotone);
            }
        }
        len as u64
    }
}

/// The parts of the line that errors are told apart by: not more than eight.
fn regions<T: Sampled>(function: Function) -> Vec<Region> {
    let single = T::DIGITS == 24;
    let name = |of_single, of_double| if single { of_single } else { of_double };
    let either = |of_single: f64, of_double: f64| if single { of_single } else { of_double };
    let region =
        |name, low, high| Region { name, low, high, inputs: 0, not_correctly_rounded: 0, worst: None };
    let (infinity, smallest) = (f64::INFINITY, f64::from_bits(1));
    let whole = region("whole", -infinity, infinity);
    let right = region("x >= 0", 0.0, infinity);
    // s = 1/2 + x/4 - x^3/48: within it the cubic term is below 2^-34.
    let near = 1.0 / 1024.0;
    let around_0 = region("|x| <= 2^-10", -near, near);
    if T::DIGITS < 24 && function != Function::Logit {
        // (Of the few numbers of half precision a list would be as good.)
        return vec![whole, right, region("x < 0", -infinity, -smallest), around_0];
    }
    // From -far to 0, and below it, where results are subnormal: -far is next above where that begins.
    let left = |[of_single, of_double]: [(f64, [&'static str; 2]); 2]| {
        let (far, [inside, outside]) = if single { of_single } else { of_double };
        [region(inside, -far, -smallest), region(outside, -infinity, (-far).next_down())]
    };
    let of_e = [(87.0, ["-87 <= x < 0", "x < -87"]), (708.0, ["-708 <= x < 0", "x < -708"])];
    let of_silu = [(91.0, ["-91 <= x < 0", "x < -91"]), (714.0, ["-714 <= x < 0", "x < -714"])];
    match function {
        Function::Sigmoid | Function::Softplus => {
            let [inside, outside] = left(of_e);
            vec![whole, right, inside, outside, around_0]
        }
        Function::Derivative => {
            let [inside, outside] = left(of_e);
            let far = region(name("x > 87", "x > 708"), either(87.0, 708.0).next_up(), infinity);
            vec![whole, right, inside, outside, around_0, far]
        }
        Function::LogSigmoid => {
            let far = either(87.0, 708.0);
            vec![
                whole,
                region("x <= 0", -infinity, 0.0),
                region(name("0 < x <= 87", "0 < x <= 708"), smallest, far),
                region(name("x > 87", "x > 708"), far.next_up(), infinity),
                around_0,
            ]
        }
        Function::Silu => {
            let [inside, outside] = left(of_silu);
            vec![whole, right, inside, outside, around_0]
        }
        Function::SiluDerivative => {
            let [inside, outside] = left(of_silu);
            let zero = -1.278_464_542_761_073_7;
            let around_zero = region("|x + 1.2785| <= 2^-10", zero - near, zero + near);
            vec![whole, right, inside, outside, around_0, around_zero]
        }
        Function::QuickGelu => {
            let [inside, outside] =
                left([(53.0, ["-53 <= x < 0", "x < -53"]), (419.0, ["-419 <= x < 0", "x < -419"])]);
            vec![whole, right, inside, outside, around_0]
        }
        Function::GeluTanh => {
            let [inside, outside] =
                left([(10.0, ["-10 <= x < 0", "x < -10"]), (21.0, ["-21 <= x < 0", "x < -21"])]);
            vec![whole, right, inside, outside, around_0]
        }
        Function::Gelu => {
            let [inside, outside] =
                left([(13.0, ["-13 <= x < 0", "x < -13"]), (37.0, ["-37 <= x < 0", "x < -37"])]);
            vec![whole, right, inside, outside, around_0]
        }
        Function::Tanh => vec![whole, right, region("x < 0", -infinity, -smallest), around_0],
        Function::TanhDerivative => {
            let [inside, outside] =
                left([(44.0, ["-44 <= x < 0", "x < -44"]), (354.0, ["-354 <= x < 0", "x < -354"])]);
            let far = region(name("x > 44", "x > 354"), either(44.0, 354.0).next_up(), infinity);
            vec![whole, right, inside, outside, around_0, far]
        }
        Function::Logit => {
            let half = 0.5_f64;
            vec![
                whole,
                region("0 <= x < 1/2", 0.0, half.next_down()),
                region("1/2 <= x <= 1", half, 1.0),
                region("|x - 1/2| <= 2^-10", half - near, half + near),
                region("1 - 2^-10 <= x", 1.0 - near, 1.0),
            ]
        }
    }
}

/// Marks the regions that each input lies in, and returns the mark if all have the same. The
/// whole is left out: NaN is in it too.
fn regions_of<T: Sampled>(x: &[T], regions: &[Region], marks: &mut Vec<u8>) -> Option<u8> {
    marks.clear();
    let mark = |x: &T| {
        let x = x.widen();
        let inside = |region: &Region| u8::from((x >= region.low) & (x <= region.high));
        (1..regions.len()).fold(0, |mark, i| mark | inside(&regions[i]) << i)
    };
    // The regions are intervals: what lies between two numbers of one has no choice.
    if let (true, [first, .., last]) = (T::ORDERED, x) {
        let same_sign = same_sign(x);
        let [low, high] = [first, last].map(|x| x.widen());
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        // Unless one lies between them.
        let between = |region: &Region| low < region.low && region.high < high;
        if same_sign && mark(first) == mark(last) && !regions.iter().any(between) {
            marks.resize(x.len(), mark(first));
            return Some(mark(first));
        }
    }
    marks.extend(x.iter().map(mark));
    let first = *marks.first()?;
    marks.iter().all(|&mark| mark == first).then_some(first)
}

/// Whether the first and the last number have.
fn same_sign<T: Sampled>(x: &[T]) -> bool {
    let negative = |x: Option<&T>| x.is_some_and(|x| x.widen().is_sign_negative());
    negative(x.first()) == negative(x.last())
}

/// A block and one implementation's results.
struct Block<'a, T> {
    x: &'a [T],
    results: &'a [T],
    expected: &'a Expected<T>,
    errors: &'a [f64],
}

impl<T: Sampled> Block<'_, T> {
    /// Counts, and an example where something is wrong.
    fn enter(&self, function: Function, tally: &Tally, report: &mut Report) {
        report.inputs += tally.inputs;
        report.not_correctly_rounded += tally.not_correctly_rounded;
        report.by_arbitrary_precision += tally.by_arbitrary_precision;
        report.undecided += tally.undecided;
        report.digest = report.digest.wrapping_add(tally.digest);
        self.enter_laws(function, tally, report);
        self.enter_misrounded(tally, report);
    }

    fn enter_misrounded(&self, tally: &Tally, report: &mut Report) {
        // Of NaN infinity, which is nearer than that.
        let kept = report.first_misrounded.map_or(f64::INFINITY, |error| error.x.abs().min(f64::INFINITY));
        // In the order of bit patterns nothing is nearer to 0 than the first one.
        let is_news = !T::ORDERED || self.x[0].widen().abs() <= kept || !same_sign(self.x);
        if tally.not_correctly_rounded == 0 || !is_news {
            return;
        }
        for i in 0..self.x.len() {
            let [x, result, rounded_truth] = self.at(i);
            let wrong = self.results[i].bits() != self.expected.rounded[i].bits();
            // A NaN, which is farthest from 0, is shown where there is nothing else.
            let nearer = x.abs() <= kept || report.first_misrounded.is_none();
            if wrong && nearer && !(result.is_nan() && rounded_truth.is_nan()) {
                report.show_misrounded(Error { ulp: self.errors[i], x, result, rounded_truth });
            }
        }
    }

    fn enter_laws(&self, function: Function, tally: &Tally, report: &mut Report) {
        let normal = smallest_normal::<T>();
        let inputs = tally.inputs;
        let [smallest, largest] = range::<T>(function);
        // Each with the broken results among (input, result, truth, error).
        self.law(&mut report.nan, inputs, tally.nan_faults, |_, result, truth, _| {
            truth.is_nan() != result.is_nan()
        });
        self.law(&mut report.infinities, tally.infinities, tally.infinity_faults, |x, result, _, _| {
            x.is_infinite() && is_not(result, function.at_infinity(x))
        });
        self.law(&mut report.range, inputs, tally.range_faults, |_, result, _, _| {
            result < smallest || result > largest
        });
        self.law(&mut report.sign_of_zero, inputs, tally.wrong_zeros, |_, result, truth, _| {
            result == 0.0 && !truth.is_nan() && result.is_sign_negative() != truth.is_sign_negative()
        });
        self.law(&mut report.subnormals_kept, inputs, tally.lost_subnormals, |_, result, truth, error| {
            is_lost::<T>(result, truth, error) && truth.abs() < normal
        });
        self.law(&mut report.sign, inputs, tally.lost, |_, result, truth, error| {
            is_lost::<T>(result, truth, error)
        });
        self.law(&mut report.zero, inputs, tally.spurious, |_, result, truth, _| {
            truth == 0.0 && (result > 0.0 || result < 0.0 && smallest < 0.0)
        });
    }

    fn law(&self, law: &mut Law, checked: u64, broken: u64, breaks: impl Fn(f64, f64, f64, f64) -> bool) {
        law.count(checked, broken);
        if broken == 0 {
            return;
        }
        for i in 0..self.x.len() {
            let [x, result, rounded] = self.at(i);
            if breaks(x, result, rounded, self.errors[i]) {
                law.show(Example { x, result, against: Against::Truth { rounded } });
            }
        }
    }

    /// Input, result, truth.
    fn at(&self, i: usize) -> [f64; 3] {
        [self.x[i].widen(), self.results[i].widen(), self.expected.rounded[i].widen()]
    }

    fn enter_regions(&self, tally: &Tally, marks: &[u8], shared: Option<u8>, regions: &mut [Region]) {
        for (index, region) in regions.iter_mut().enumerate() {
            let bit = 1 << index;
            let (inputs, wrong, largest) = match shared {
                _ if index == 0 => (tally.inputs, tally.not_correctly_rounded, tally.max_ulp()),
                Some(mark) if mark & bit != 0 => (tally.inputs, tally.not_correctly_rounded, tally.max_ulp()),
                Some(_) => continue,
                None => self.part(marks, bit),
            };
            region.inputs += inputs;
            region.not_correctly_rounded += wrong;
            // Where it was is looked up only if it is news, or may be nearer to 0 than an equal one.
            let nearest = if shared.is_some() && T::ORDERED { self.x[0].widen().abs() } else { 0.0 };
            let news = region
                .worst
                .is_none_or(|kept| largest > kept.ulp || largest == kept.ulp && nearest <= kept.x.abs());
            if largest == 0.0 || !news {
                continue;
            }
            for i in (0..self.x.len()).filter(|&i| self.errors[i] == largest) {
                if index == 0 || marks[i] & bit != 0 {
                    let [x, result, rounded_truth] = self.at(i);
                    region.show(Error { ulp: largest, x, result, rounded_truth });
                }
            }
        }
    }

    /// Inputs, wrong roundings and the largest error among the marked.
    fn part(&self, marks: &[u8], bit: u8) -> (u64, u64, f64) {
        let (mut inputs, mut wrong, mut largest) = (0, 0, 0.0_f64);
        for (i, mark) in marks.iter().enumerate() {
            let inside = mark & bit != 0;
            inputs += u64::from(inside);
            let differs = self.results[i].bits() != self.expected.rounded[i].bits();
            wrong += u64::from(inside & differs);
            largest = largest.max(if inside { self.errors[i] } else { 0.0 });
        }
        (inputs, wrong, largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(x: &[f32], regions: &[Region]) -> (Option<u8>, Vec<u8>) {
        let mut marks = Vec::new();
        (regions_of(x, regions, &mut marks), marks)
    }

    #[test]
    fn a_region_between_two_numbers_of_a_block_is_not_passed_over() {
        let region =
            |low, high| Region { name: "", low, high, inputs: 0, not_correctly_rounded: 0, worst: None };
        let regions = [region(f64::NEG_INFINITY, f64::INFINITY), region(2.0, 3.0)];
        assert_eq!(marks(&[1.0, 2.5, 5.0], &regions), (None, vec![0, 2, 0]));
        assert_eq!(marks(&[5.0, 2.0, 1.0], &regions), (None, vec![0, 2, 0]));
        // At its ends.
        assert_eq!(marks(&[2.0, 2.5, 5.0], &regions), (None, vec![2, 2, 0]));
        assert_eq!(marks(&[1.0, 2.5, 3.0], &regions), (None, vec![0, 2, 2]));
        // Inside, outside, and on both sides of zero.
        assert_eq!(marks(&[2.0, 2.5, 3.0], &regions), (Some(2), vec![2; 3]));
        assert_eq!(marks(&[3.5, 4.0, 5.0], &regions), (Some(0), vec![0; 3]));
        assert_eq!(marks(&[-1.0, 2.5, 5.0], &regions), (None, vec![0, 2, 0]));
        assert_eq!(marks(&[], &regions), (None, vec![]));
    }
}
