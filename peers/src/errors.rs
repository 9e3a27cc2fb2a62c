//! The errors of a contender's results, by the same code for everyone.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use serde::{Deserialize, Serialize};
use sigmoid_conformance::{
    Conformance, Expected, Function, FunctionOfTwo, Report, Rounding, Sampled, Tally, Truth, Worst,
};

use crate::data;
use crate::peer::{Kernel, Operation};

/// Below it e^x is no normal number of single precision any more.
const NORMAL_FROM: f32 = -87.336_54;

/// From so many ULP on not even three digits are right.
pub const FAR_OFF: f64 = 16_384.0;

/// Inputs that are judged at once.
const BLOCK: usize = 1 << 14;

/// The errors of one contender in single precision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// The largest for x >= 0, of two inputs the first; but for `below`.
    pub positive: Largest,
    /// The largest for x < 0; but for `below`.
    pub negative: Largest,
    /// The largest where the result is subnormal or rounds to 0: for s below -87.34, for log s above 87.34, for s' and
    /// silu at the lower end.
    pub below: Largest,
    /// How many results that should be subnormal were 0, ...
    pub lost_subnormals: u64,
    /// ... of how many.
    pub subnormals: u64,
    /// Results outside of the function's range: [0, 1], or [0, 1/4] for the derivative.
    pub out_of_range: u64,
    /// Results that are not the nearest number to the truth, ...
    pub not_nearest: u64,
    /// ... of how many.
    pub inputs: u64,
    /// The result for NaN.
    pub of_nan: String,
    /// The results for the two infinities.
    pub of_infinities: [String; 2],
    /// The laws that it breaks; nothing in a JSON file from when not everyone was asked.
    #[serde(default)]
    pub broken: Option<Vec<Broken>>,
}

/// A law that some results break.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// What it says.
    pub law: String,
    /// How many results break it, ...
    pub count: u64,
    /// ... of how many.
    pub of: u64,
    /// The input nearest to 0 among them; a text, for it may be NaN or an infinity.
    pub at: String,
}

/// An error and where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Largest {
    /// In units in the last place. 1e300 stands for NaN where a number should be.
    pub ulp: f64,
    /// The input.
    pub at: f32,
}

impl Errors {
    /// Judges the results of these inputs.
    fn of(operation: Operation, x: &[f32], results: &[f32], special: [f32; 3]) -> Self {
        let total = match judged_as(operation) {
            Judged::One(function) => {
                let blocks = x.par_chunks(BLOCK).zip(results.par_chunks(BLOCK));
                let judged = blocks.map(|(x, results)| Regions::of(function, x, results));
                judged.reduce(Regions::default, Regions::plus)
            }
            Judged::Two(function) => {
                let (first, second) = x.split_at(results.len());
                let blocks = first.par_chunks(BLOCK).zip(second.par_chunks(BLOCK));
                let judged = blocks.zip(results.par_chunks(BLOCK));
                let judged = judged.map(|((a, b), results)| Regions::of_pairs(function, a, b, results));
                judged.reduce(Regions::default, Regions::plus)
            }
        };
        let all = total.tallies.iter().fold(Tally::default(), |mut sum, tally| {
            sum.merge(tally);
            sum
        });
        let [positive, negative, below] = total.tallies.each_ref().map(Largest::of);
        let [of_nan, below_all, above_all] = special.map(|result| format!("{result:?}"));
        Self {
            positive,
            negative,
            below,
            lost_subnormals: total.lost,
            subnormals: total.subnormals,
            out_of_range: all.range_faults,
            not_nearest: all.not_correctly_rounded,
            inputs: all.inputs,
            of_nan,
            of_infinities: [below_all, above_all],
            broken: None,
        }
    }

    /// Judges a kernel at these inputs.
    pub fn of_kernel(operation: Operation, kernel: &mut dyn Kernel<f32>, x: &[f32]) -> Self {
        let judged = results(operation, kernel, x);
        // Many of each, for a kernel may treat the ends of a slice in another way.
        let special = [f32::NAN, f32::NEG_INFINITY, f32::INFINITY].map(|x| [x; 64]);
        // The second inputs of those that have them.
        let special = [special, [[1.0; 64]; 3]].concat().concat();
        let special = &special[..operation.inputs() * 192];
        let of_special = results(operation, kernel, special);
        let errors = Self::of(operation, x, &judged, [of_special[16], of_special[80], of_special[144]]);
        Self { broken: broken(operation, kernel), ..errors }
    }

    /// The largest anywhere that the result is a normal number.
    pub fn largest(&self) -> f64 {
        self.positive.ulp.max(self.negative.ulp)
    }

    /// What users meet, in a few words each: laws and ranges that are broken, results that are lost.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(none) = [self.positive, self.negative].iter().find(|largest| largest.ulp >= 1e300) {
            faults.push(format!("no number at {:?}", none.at));
        } else if self.largest() > FAR_OFF {
            faults.push("far off".to_owned());
        }
        if self.out_of_range > 0 {
            faults.push("out of range".to_owned());
        }
        if self.subnormals > 0 && 2 * self.lost_subnormals > self.subnormals {
            faults.push("subnormals lost".to_owned());
        }
        if self.of_nan != "NaN" {
            faults.push(format!("NaN gives {}", self.of_nan));
        }
        // (The checker's words for the laws.)
        for (law, fault) in
            [("the same bits in any place", "depends on the place"), ("monotone", "not monotone")]
        {
            if self.broken.iter().flatten().any(|broken| broken.law == law) {
                faults.push(fault.to_owned());
            }
        }
        faults
    }
}

/// Whose truth it is held against.
enum Judged {
    One(Function),
    Two(FunctionOfTwo),
}

fn judged_as(operation: Operation) -> Judged {
    match operation {
        Operation::Forward | Operation::ForwardInPlace => Judged::One(Function::Sigmoid),
        Operation::Derivative => Judged::One(Function::Derivative),
        Operation::Silu => Judged::One(Function::Silu),
        Operation::Softplus => Judged::One(Function::Softplus),
        Operation::LogSigmoid => Judged::One(Function::LogSigmoid),
        Operation::Swiglu => Judged::Two(FunctionOfTwo::SwiGlu),
        Operation::BceWithLogits => Judged::Two(FunctionOfTwo::BceWithLogits),
    }
}

/// The true value for these inputs; the second one counts where there are two.
pub fn truth(operation: Operation, x: f64, second: f64) -> Truth {
    match judged_as(operation) {
        Judged::One(function) => function.truth(x),
        Judged::Two(function) => function.truth(x, second),
    }
}

/// What the checker says of a kernel: of one input, for of two it knows no laws.
pub fn examined<T: Sampled>(operation: Operation, kernel: &mut dyn Kernel<T>) -> Option<Report> {
    let Judged::One(function) = judged_as(operation) else { return None };
    let conformance = Conformance::<T>::new(function).stride(data::STRIDE.into()).probes(8);
    let mut asked = |x: &[T], y: &mut [T]| {
        if operation == Operation::ForwardInPlace {
            y.copy_from_slice(x);
        }
        kernel.load(x);
        kernel.run(x, y, 1);
        kernel.store(y);
    };
    // Step by step: what is asked must not depend on what was answered, for it is written down beforehand.
    let mut examiner = conformance.examiner(1);
    for step in 0..conformance.steps() {
        examiner.step(step, &mut [&mut asked]);
    }
    Some(examiner.into_reports().remove(0))
}

/// The laws that a kernel breaks.
fn broken(operation: Operation, kernel: &mut dyn Kernel<f32>) -> Option<Vec<Broken>> {
    let report = examined(operation, kernel)?;
    let broken = report.laws().into_iter().filter(|(_, law)| law.broken > 0);
    let described = broken.map(|(what, law)| Broken {
        law: what.to_owned(),
        count: law.broken,
        of: law.checked,
        at: law.example.map_or(String::new(), |example| format!("{:?}", example.x as f32)),
    });
    Some(described.collect())
}

/// What a kernel gives for these inputs.
pub fn results<T: Copy + Default>(operation: Operation, kernel: &mut dyn Kernel<T>, x: &[T]) -> Vec<T> {
    let mut y = match operation {
        Operation::ForwardInPlace => x.to_vec(),
        _ => vec![T::default(); x.len() / operation.inputs()],
    };
    kernel.load(x);
    kernel.run(x, &mut y, 1);
    kernel.store(&mut y);
    y
}

impl Largest {
    fn of(tally: &Tally) -> Self {
        tally.worst.map_or(Self::default(), |worst| Self { ulp: worst.ulp.min(1e300), at: worst.at as f32 })
    }
}

#[derive(Default)]
struct Regions {
    tallies: [Tally; 3],
    lost: u64,
    subnormals: u64,
}

impl Regions {
    fn of(function: Function, x: &[f32], results: &[f32]) -> Self {
        let mut regions = Self::default();
        let mut parts = [const { (Vec::new(), Vec::new()) }; 3];
        for (&x, &result) in x.iter().zip(results) {
            // log s is the mirror image: it vanishes for large x.
            let towards_zero = if function == Function::LogSigmoid { -x } else { x };
            let part = match x {
                x if x.is_nan() => continue,
                _ if towards_zero < NORMAL_FROM => 2,
                x if x.is_sign_positive() => 0,
                _ => 1,
            };
            parts[part].0.push(x);
            parts[part].1.push(result);
        }
        let mut expected = Expected::default();
        for (tally, (x, results)) in regions.tallies.iter_mut().zip(&parts) {
            expected.compute(function, x);
            tally.add(function, x, results, &expected);
            let pairs = expected.rounded().iter().zip(results).filter(|(truth, _)| truth.is_subnormal());
            for (_, &result) in pairs {
                regions.subnormals += 1;
                regions.lost += u64::from(result == 0.0);
            }
        }
        regions
    }

    fn of_pairs(function: FunctionOfTwo, first: &[f32], second: &[f32], results: &[f32]) -> Self {
        let mut regions = Self::default();
        for ((&a, &b), &result) in first.iter().zip(second).zip(results) {
            if a.is_nan() || b.is_nan() {
                continue;
            }
            let truth = function.truth(a.into(), b.into());
            let rounded = match truth.round::<f32>() {
                Rounding::Known(rounded) | Rounding::Unknown(rounded) => rounded,
            };
            let tally = &mut regions.tallies[match rounded {
                _ if rounded.is_subnormal() || rounded == 0.0 => 2,
                _ if a.is_sign_positive() => 0,
                _ => 1,
            }];
            tally.inputs += 1;
            tally.not_correctly_rounded +=
                u64::from(result != rounded && !(result.is_nan() && rounded.is_nan()));
            tally.range_faults += u64::from(function == FunctionOfTwo::BceWithLogits && result < 0.0);
            let ulp = if result.is_nan() && rounded.is_nan() { 0.0 } else { truth.error_in_ulp(result) };
            if ulp > tally.worst.map_or(0.0, |worst| worst.ulp) {
                tally.worst = Some(Worst { ulp, at: a.into() });
            }
            regions.subnormals += u64::from(rounded.is_subnormal());
            regions.lost += u64::from(rounded.is_subnormal() && result == 0.0);
        }
        regions
    }

    fn plus(mut self, other: Self) -> Self {
        for (tally, other) in self.tallies.iter_mut().zip(&other.tallies) {
            tally.merge(other);
        }
        Self { lost: self.lost + other.lost, subnormals: self.subnormals + other.subnormals, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::slices;

    /// A sigmoid with faults that are known.
    #[test]
    fn finds_what_is_wrong() {
        let mut faulty = slices(|x: &[f32], y: &mut [f32]| {
            for (&x, y) in x.iter().zip(y) {
                let s = sigmoid::reference::sigmoid(x);
                *y = match x {
                    x if x.is_nan() => 0.25,
                    x if x > 1.0 && x < 1.5 => s.next_up().next_up().next_up(),
                    _ if s < f32::MIN_POSITIVE => 0.0,
                    _ => s,
                };
            }
        });
        let x: Vec<f32> = data::patterns().into_iter().step_by(17).collect();
        let errors = Errors::of_kernel(Operation::Forward, &mut *faulty, &x);
        assert!((2.5..3.6).contains(&errors.positive.ulp), "{errors:?}");
        assert!(errors.negative.ulp <= sigmoid::bounds::FORWARD_F32.scalar, "{errors:?}");
        assert!((1.0..1.5).contains(&errors.positive.at));
        assert!(errors.subnormals > 0 && errors.lost_subnormals == errors.subnormals);
        assert_eq!((errors.of_nan.as_str(), errors.out_of_range), ("0.25", 0));
        assert_eq!(errors.of_infinities, ["0.0", "1.0"]);
        let broken: Vec<String> = errors.broken.unwrap().into_iter().map(|broken| broken.law).collect();
        assert!(broken.iter().any(|law| law.contains("NaN")), "{broken:?}");
        assert!(broken.iter().any(|law| law.contains("subnormal")), "{broken:?}");
        assert!(!broken.iter().any(|law| law.contains("place")), "{broken:?}");
    }
}
