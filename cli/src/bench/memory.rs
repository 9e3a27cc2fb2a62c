//! The slices that contenders work on.

use sigmoid_conformance::sample::Random;
use sigmoid_measure::{Buffers, LINE};

use super::number::Number;
use super::plan::Plan;
use crate::error::Error;
use crate::options::{Contender, Operation};

/// Slices of one length. Those that nobody needs are empty.
pub struct Streams<'a, T> {
    /// The inputs: x, or for `backward` s.
    pub x: &'a [T],
    /// The second inputs, of `backward` and of the triad.
    pub gradient: &'a [T],
    /// The outputs. In place: the inputs too (for `backward`, the gradients).
    pub y: &'a mut [T],
    /// The second outputs, of `forward_with_derivative`.
    pub slope: &'a mut [T],
}

impl<'a, T> Streams<'a, T> {
    /// The same slices in so many parts, each of whole cache lines but the last.
    pub fn split(&mut self, parts: usize) -> Vec<Streams<'_, T>> {
        let line = LINE / size_of::<T>();
        let len = self.x.len().div_ceil(parts).next_multiple_of(line);
        let mut gradients = self.gradient.chunks(len);
        let mut slopes = self.slope.chunks_mut(len);
        let pairs = self.x.chunks(len).zip(self.y.chunks_mut(len));
        let part = |(x, y)| Streams {
            x,
            y,
            gradient: gradients.next().unwrap_or_default(),
            slope: slopes.next().unwrap_or_default(),
        };
        pairs.map(part).collect()
    }
}

/// Owns the memory of the streams.
pub struct Memory<T> {
    streams: Buffers<T, 4>,
    /// The first content of the output, if it is an input too.
    original: Vec<T>,
}

impl<T: Number> Memory<T> {
    /// Fills inputs with numbers from the plan's range. Every page has been written when it returns, so
    /// that none is handed out by the system during a measurement.
    pub fn new(plan: &Plan, len: usize) -> Result<Self, Error> {
        let backward = plan.op == Operation::Backward;
        let second_input = backward || plan.contenders.contains(&Contender::Triad);
        let second_output = plan.op == Operation::ForwardWithDerivative;
        let lens = [len, if second_input { len } else { 0 }, len, if second_output { len } else { 0 }];
        let streams = Buffers::new(lens).map_err(|_| Error::Memory { elements: len })?;
        let mut memory = Self { streams, original: Vec::new() };

        let mut random = Random(1);
        let [x, gradient, y, _] = memory.streams.slices();
        for x in &mut *x {
            let drawn = if plan.special && random.bits() & 1 == 0 {
                SPECIAL[random.bits() as usize % SPECIAL.len()]
            } else {
                random.between(plan.range.low, plan.range.high)
            };
            let drawn = T::from_f64(drawn);
            *x = if backward { sigmoid::reference::sigmoid(drawn) } else { drawn };
        }
        gradient.fill_with(|| T::from_f64(random.between(-1.0, 1.0)));
        if backward {
            // Any other number would shrink at each call, into the subnormal ones that slow a CPU down.
            y.fill(T::from_f64(0.0));
        } else {
            y.copy_from_slice(x);
        }
        if plan.in_place {
            let y = &memory.streams.slices()[2];
            let mut original = Vec::new();
            original.try_reserve_exact(len).map_err(|_| Error::Memory { elements: len })?;
            original.extend_from_slice(y);
            memory.original = original;
        }
        Ok(memory)
    }

    /// The slices. In place, the output holds the inputs again: a kernel that ran over its own
    /// results has long made them all the same.
    pub fn streams(&mut self) -> Streams<'_, T> {
        let original = std::mem::take(&mut self.original);
        if !original.is_empty() {
            self.streams.slices()[2].copy_from_slice(&original);
            self.original = original;
        }
        let [x, gradient, y, slope] = self.streams.slices();
        Streams { x, gradient, y, slope }
    }
}

/// What half of the inputs are with `--special`.
const SPECIAL: [f64; 5] = [f64::NEG_INFINITY, f64::INFINITY, f64::NAN, -1e9, 1e9];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_lines_and_lose_nothing() {
        let (x, mut y) = ([1.0_f32; 100], [0.0; 100]);
        let mut streams = Streams { x: &x, gradient: &[], y: &mut y, slope: &mut [] };
        let lens: Vec<_> = streams.split(2).iter().map(|part| (part.x.len(), part.y.len())).collect();
        assert_eq!(lens, [(64, 64), (36, 36)]);
    }
}
