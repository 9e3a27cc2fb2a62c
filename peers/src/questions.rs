//! All that a contender is asked when it is judged, as .npy files for programs in other languages, and the
//! answers that they wrote.
//!
//! ```text
//! questions_forward.npy       the inputs, slice after slice
//! slices_forward.npy          for each slice how long it is, and how far behind a boundary of 64 bytes it
//!                             begins, in elements
//! questions_derivative.npy    the same for the derivative, and for all others
//! slices_derivative.npy
//! questions_forward_bf16.npy  the same in half precision, all numbers of it: their bits
//! ```
//!
//! Answers are a result for each input (of two inputs, all first ones of a slice stand before all second ones, and
//! the slice is as long as its results), each slice being a call of its own: results may depend on where
//! an element stands, which is one of the laws. They are judged by the code that judges everyone,
//! which does not notice that nobody is called.

use std::fs;
use std::path::Path;

use half::{bf16, f16};
use sigmoid_conformance::{Report, Sampled};

use crate::Failure;
use crate::data;
use crate::errors::{self, Errors};
use crate::peer::{Kernel, Operation};

/// Writes the questions to a folder.
pub fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    for operation in Operation::JUDGED {
        let questions = Questions::of(operation, &data::judged(operation));
        write_as(folder, &name(operation)?, &questions.x, &questions.slices)?;
    }
    for operation in Operation::JUDGED_IN_HALF {
        write_in_half(folder, operation, "bf16", bf16::to_bits)?;
        write_in_half(folder, operation, "f16", f16::to_bits)?;
    }
    Ok(())
}

/// As JSON has it.
fn name(operation: Operation) -> Result<String, Failure> {
    Ok(serde_json::to_value(operation)?.as_str().expect("a variant without fields").to_owned())
}

fn write_as<T: npyz::AutoSerialize + Copy>(
    folder: &Path,
    name: &str,
    x: &[T],
    slices: &[[u32; 2]],
) -> Result<(), Failure> {
    data::write_array(&folder.join(format!("questions_{name}.npy")), x, &[x.len() as u64])?;
    let shape = [slices.len() as u64, 2];
    data::write_array(&folder.join(format!("slices_{name}.npy")), slices.as_flattened(), &shape)
}

fn write_in_half<T: Sampled>(
    folder: &Path,
    operation: Operation,
    format: &str,
    bits: fn(T) -> u16,
) -> Result<(), Failure> {
    let Questions { x, slices } = in_half(operation);
    let x: Vec<u16> = x.into_iter().map(bits).collect();
    write_as(folder, &format!("{}_{format}", name(operation)?), &x, &slices)
}

/// Judges the answers in a file.
pub fn judge(operation: Operation, path: &Path) -> Result<Errors, Failure> {
    judge_answers(operation, data::read(path)?, &data::judged(operation))
}

fn judge_answers(operation: Operation, results: Vec<f32>, patterns: &[f32]) -> Result<Errors, Failure> {
    let mut answers = Answers { results, read: 0 };
    let errors = Errors::of_kernel(operation, &mut answers, patterns);
    answers.all_read()?;
    Ok(errors)
}

/// The same in half precision, of which a file has the bits.
pub fn judge_in_half<T: Sampled>(
    operation: Operation,
    path: &Path,
    of_bits: fn(u16) -> T,
) -> Result<Report, Failure> {
    let results = data::read(path)?.into_iter().map(of_bits).collect();
    let mut answers = Answers { results, read: 0 };
    let report = errors::examined(operation, &mut answers).ok_or("the checker does not know it")?;
    answers.all_read()?;
    Ok(report)
}

/// Notes what it is asked, and answers nothing.
struct Questions<T> {
    x: Vec<T>,
    slices: Vec<[u32; 2]>,
}

impl Questions<f32> {
    fn of(operation: Operation, patterns: &[f32]) -> Self {
        let mut questions = Self { x: Vec::new(), slices: Vec::new() };
        Errors::of_kernel(operation, &mut questions, patterns);
        questions
    }
}

/// What is asked in half precision.
fn in_half<T: Sampled>(operation: Operation) -> Questions<T> {
    let mut questions = Questions { x: Vec::new(), slices: Vec::new() };
    errors::examined(operation, &mut questions);
    questions
}

impl<T: Copy> Kernel<T> for Questions<T> {
    fn run(&mut self, x: &[T], y: &mut [T], _: u64) {
        // Some libraries have no empty arrays.
        if !x.is_empty() {
            let offset = x.as_ptr().addr() % 64 / size_of::<T>();
            self.slices.push([y.len() as u32, offset as u32]);
            self.x.extend_from_slice(x);
        }
    }
}

/// Answers with the results that it has, in their order.
struct Answers<T> {
    results: Vec<T>,
    read: usize,
}

impl<T> Answers<T> {
    /// An error unless there are as many answers as questions.
    fn all_read(&self) -> Result<(), Failure> {
        match self.results.len() {
            len if len == self.read => Ok(()),
            len => Err(format!("{len} results for {} questions", self.read).into()),
        }
    }
}

impl<T: Copy> Kernel<T> for Answers<T> {
    fn run(&mut self, _: &[T], y: &mut [T], _: u64) {
        let from = self.read;
        self.read += y.len();
        // If there are too few, the file as a whole is no good.
        if let Some(results) = self.results.get(from..self.read) {
            y.copy_from_slice(results);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::slices;

    /// With faults: s(x) is lost where it is subnormal, and the last of an odd number of results is not
    /// quite what it is elsewhere.
    fn faulty(x: &[f32], y: &mut [f32]) {
        for (&x, y) in x.iter().zip(&mut *y) {
            let s = sigmoid::reference::sigmoid(x);
            *y = if s < f32::MIN_POSITIVE { 0.0 } else { s };
        }
        if let ([.., last], true) = (&mut *y, x.len() % 2 == 1) {
            *last *= 0.999;
        }
    }

    #[test]
    fn answers_are_judged_like_their_author() {
        let patterns: Vec<f32> = data::patterns().into_iter().step_by(1009).collect();
        let questions = Questions::of(Operation::Forward, &patterns);
        let mut rest = &questions.x[..];
        let mut results = Vec::new();
        for [length, _] in questions.slices {
            let (x, after) = rest.split_at(length as usize);
            let mut y = vec![f32::NAN; x.len()];
            faulty(x, &mut y);
            results.extend(y);
            rest = after;
        }
        assert!(rest.is_empty());

        let errors = judge_answers(Operation::Forward, results.clone(), &patterns).unwrap();
        assert_eq!(errors, Errors::of_kernel(Operation::Forward, &mut *slices(faulty), &patterns));
        let broken: Vec<String> = errors.broken.unwrap().into_iter().map(|broken| broken.law).collect();
        assert!(broken.iter().any(|law| law.contains("place")), "{broken:?}");

        results.pop();
        assert!(judge_answers(Operation::Forward, results, &patterns).is_err());
    }
}
