//! All that a contender is asked when it is judged, as .npy files for programs in other languages, and the
//! answers that they wrote.
//!
//! ```text
//! questions_forward.npy       the inputs, slice after slice
//! slices_forward.npy          for each slice how long it is, and how far behind a boundary of 64 bytes it
//!                             begins, in elements
//! questions_derivative.npy    the same for the derivative, and for all others
//! slices_derivative.npy
//! ```
//!
//! Answers are a result for each input (of two inputs, all first ones of a slice stand before all second ones, and
//! the slice is as long as its results), each slice being a call of its own: results may depend on where
//! an element stands, which is one of the laws. They are judged by the code that judges everyone,
//! which does not notice that nobody is called.

use std::fs;
use std::path::Path;

use crate::Failure;
use crate::data;
use crate::errors::Errors;
use crate::peer::{Kernel, Operation};

/// Writes the questions to a folder.
pub fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    for operation in Operation::JUDGED {
        // As JSON has it.
        let name = serde_json::to_value(operation)?;
        let name = name.as_str().expect("a variant without fields");
        let questions = Questions::of(operation, &data::judged(operation));
        let (x, slices) = (&questions.x, questions.slices.as_flattened());
        data::write_array(&folder.join(format!("questions_{name}.npy")), x, &[x.len() as u64])?;
        let shape = [questions.slices.len() as u64, 2];
        data::write_array(&folder.join(format!("slices_{name}.npy")), slices, &shape)?;
    }
    Ok(())
}

/// Judges the answers in a file.
pub fn judge(operation: Operation, path: &Path) -> Result<Errors, Failure> {
    judge_answers(operation, data::read(path)?, &data::judged(operation))
}

fn judge_answers(operation: Operation, results: Vec<f32>, patterns: &[f32]) -> Result<Errors, Failure> {
    let mut answers = Answers { results, read: 0 };
    let errors = Errors::of_kernel(operation, &mut answers, patterns);
    if answers.read != answers.results.len() {
        return Err(format!("{} results for {} questions", answers.results.len(), answers.read).into());
    }
    Ok(errors)
}

/// Notes what it is asked, and answers nothing.
#[derive(Default)]
struct Questions {
    x: Vec<f32>,
    slices: Vec<[u32; 2]>,
}

impl Questions {
    fn of(operation: Operation, patterns: &[f32]) -> Self {
        let mut questions = Self::default();
        Errors::of_kernel(operation, &mut questions, patterns);
        questions
    }
}

impl Kernel<f32> for Questions {
    fn run(&mut self, x: &[f32], y: &mut [f32], _: u64) {
        // Some libraries have no empty arrays.
        if !x.is_empty() {
            let offset = x.as_ptr().addr() % 64 / size_of::<f32>();
            self.slices.push([y.len() as u32, offset as u32]);
            self.x.extend_from_slice(x);
        }
    }
}

/// Answers with the results that it has, in their order.
struct Answers {
    results: Vec<f32>,
    read: usize,
}

impl Kernel<f32> for Answers {
    fn run(&mut self, _: &[f32], y: &mut [f32], _: u64) {
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
