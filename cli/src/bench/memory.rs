//! The slices that contenders work on.

use sigmoid::reference;
use sigmoid_conformance::sample::Random;
use sigmoid_measure::{Buffers, LINE};

use super::number::{Number, Real};
use super::plan::Plan;
use crate::error::Error;
use crate::operations::Operation;
use crate::options::Contender;

/// Slices of one length. Those that nobody needs are empty.
pub struct Streams<'a, T> {
    /// As many as the operation takes, or the triad.
    pub inputs: [&'a [T]; 3],
    /// In place, the first one holds the input that is overwritten.
    pub outputs: [&'a mut [T]; 2],
}

impl<'a, T> Streams<'a, T> {
    /// The same slices in so many parts, each of whole cache lines but the last.
    pub fn split(&mut self, parts: usize) -> Vec<Streams<'_, T>> {
        let line = LINE / size_of::<T>();
        let len = self.inputs[0].len().div_ceil(parts).next_multiple_of(line).max(line);
        let mut inputs = self.inputs.map(|slice| slice.chunks(len));
        let mut outputs = self.outputs.each_mut().map(|slice| slice.chunks_mut(len));
        let part = |_| Streams {
            inputs: inputs.each_mut().map(|chunks| chunks.next().unwrap_or_default()),
            outputs: outputs.each_mut().map(|chunks| chunks.next().unwrap_or_default()),
        };
        (0..self.inputs[0].len().div_ceil(len)).map(part).collect()
    }
}

/// Owns the memory of the streams.
pub struct Memory<T> {
    streams: Buffers<T, 5>,
    /// The first content of the output, if it is an input too.
    original: Vec<T>,
}

impl<T: Number> Memory<T> {
    /// Fills inputs with numbers from the plan's range. Every page has been written when it returns, so
    /// that none is handed out by the system during a measurement.
    pub fn new(plan: &Plan, len: usize) -> Result<Self, Error> {
        let op = plan.op;
        let needed = |needed| if needed { len } else { 0 };
        let second = op.inputs() > 1 || plan.contenders.contains(&Contender::Triad);
        let lens = [len, needed(second), needed(op.inputs() > 2), len, needed(op.outputs() > 1)];
        let streams = Buffers::new(lens).map_err(|_| Error::Memory { elements: len })?;
        let mut memory = Self { streams, original: Vec::new() };

        let mut random = Random(1);
        let [first, second, third, output, _] = memory.streams.slices();
        first.fill_with(|| {
            let drawn = drawn(plan, &mut random);
            match op {
                // From the results of the way there.
                Operation::SigmoidBackward | Operation::Logit => T::nearest(reference::sigmoid(drawn)),
                Operation::TanhBackward => T::nearest(drawn.tanh()),
                _ => T::nearest(drawn),
            }
        });
        second.fill_with(|| match op {
            Operation::SwiGlu | Operation::SwiGluInTwoSteps | Operation::SwiGluBackward | Operation::Glu => {
                T::nearest(drawn(plan, &mut random))
            }
            Operation::BceWithLogits | Operation::BceWithLogitsGradient => {
                T::from_f64(random.between(0.0, 1.0))
            }
            _ => T::from_f64(random.between(-1.0, 1.0)),
        });
        third.fill_with(|| T::from_f64(random.between(-1.0, 1.0)));
        match op.overwrites() {
            // Any other number would shrink at each call, into the subnormal ones that slow a CPU down.
            _ if op.is_product() => output.fill(T::from_f64(0.0)),
            Some(0) => output.copy_from_slice(first),
            _ => {}
        }
        if plan.in_place {
            let output = &memory.streams.slices()[3];
            let mut original = Vec::new();
            original.try_reserve_exact(len).map_err(|_| Error::Memory { elements: len })?;
            original.extend_from_slice(output);
            memory.original = original;
        }
        Ok(memory)
    }

    /// The slices. In place, the output holds the inputs again: a kernel that ran over its own
    /// results has long made them all the same.
    pub fn streams(&mut self) -> Streams<'_, T> {
        let original = std::mem::take(&mut self.original);
        if !original.is_empty() {
            self.streams.slices()[3].copy_from_slice(&original);
            self.original = original;
        }
        let [first, second, third, output, other] = self.streams.slices();
        Streams { inputs: [first, second, third], outputs: [output, other] }
    }
}

/// A number from the plan's range.
fn drawn<R: Real>(plan: &Plan, random: &mut Random) -> R {
    R::from_f64(if plan.special && random.bits() & 1 == 0 {
        SPECIAL[random.bits() as usize % SPECIAL.len()]
    } else {
        random.between(plan.range.low, plan.range.high)
    })
}

/// What half of the inputs are with `--special`.
const SPECIAL: [f64; 5] = [f64::NEG_INFINITY, f64::INFINITY, f64::NAN, -1e9, 1e9];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_lines_and_lose_nothing() {
        let (x, mut y) = ([1.0_f32; 100], [0.0; 100]);
        let mut streams = Streams { inputs: [&x, &x, &[]], outputs: [&mut y, &mut []] };
        let lens: Vec<_> = streams
            .split(2)
            .iter()
            .map(|part| (part.inputs.map(<[f32]>::len), part.outputs.each_ref().map(|slice| slice.len())))
            .collect();
        assert_eq!(lens, [([64, 64, 0], [64, 0]), ([36, 36, 0], [36, 0])]);
    }
}
