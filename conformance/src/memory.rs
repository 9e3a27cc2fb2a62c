//! The memory that a kernel is asked in: inputs and outputs between guards, and what became of both.
//!
//! ```text
//! inputs    | guard: numbers and NaN in turn | offset | x ...                | guard |
//! outputs   | guard: the mark                | offset | the mark, everywhere | guard |
//! ```
//!
//! The mark is a signalling NaN, which no arithmetic gives: an element that still has it was not written, where NaN is
//! the right result too. Every other call has another one, so that nothing of the last call passes for a result. Some
//! calls have numbers in its place, for kernels that read their outputs and pass over NaN.
//!
//! An element that is written twice shows nothing of that in a memory that is only written: it shows where the kernel
//! reads what it has written, [in place](crate::in_place) or where it adds to its outputs.

use std::hint::black_box;

use crate::conformance::Kernel;
use crate::format::Format;
use crate::instructions::{self, Loop};
use crate::report::{Against, Example, Law, MemoryFault};
use crate::sample::Sampled;

/// What lies on each side of a slice, in bytes: two of the longest blocks that anybody unrolls.
const GUARD: usize = 1024;

/// The offsets of slices are counted from multiples of this address.
const BOUNDARY: usize = 64;

/// Inputs and outputs, used again from call to call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory<T> {
    inputs: Room<T>,
    outputs: Room<T>,
    calls: u64,
}

/// A slice with a guard on each side of it.
#[derive(Clone, Debug, Default)]
struct Room<T> {
    all: Vec<T>,
    from: usize,
    length: usize,
}

/// How a call finds its memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Arrangement {
    /// How many elements after a boundary of 64 bytes the inputs begin.
    pub(crate) input: usize,
    /// The same of the outputs.
    pub(crate) output: usize,
    /// What the outputs hold before the call, if it is not the mark.
    pub(crate) filling: Option<f64>,
}

impl<T: Sampled> Memory<T> {
    /// Asks the kernel for these inputs, both slices at a boundary.
    pub(crate) fn ask(&mut self, kernel: &mut Kernel<'_, T>, x: &[T], written: &mut Law) -> &[T] {
        self.ask_at(kernel, x, x.len(), Arrangement::default(), written)
    }

    /// Asks it for so many inputs, which are these over and over again, in this arrangement.
    pub(crate) fn ask_at(
        &mut self,
        kernel: &mut Kernel<'_, T>,
        x: &[T],
        length: usize,
        arrangement: Arrangement,
        written: &mut Law,
    ) -> &[T] {
        self.calls += 1;
        let guard = guard_of_inputs::<T>(self.calls);
        let mark = arrangement.filling.map_or_else(|| mark_of_outputs(self.calls), T::narrow);
        self.inputs.prepare(length, arrangement.input, guard);
        self.outputs.prepare(length, arrangement.output, mark);
        self.outputs.slice_mut().fill(mark);
        for part in self.inputs.slice_mut().chunks_mut(x.len().max(1)) {
            part.copy_from_slice(&x[..part.len()]);
        }
        kernel(self.inputs.slice(), self.outputs.slice_mut());
        // What a kernel did outside of its slices is no secret to whoever reads on.
        black_box((&mut self.inputs.all, &mut self.outputs.all));
        self.look(x, [guard, mark], arrangement, written);
        self.outputs.slice()
    }

    /// What the kernel has left undone, or done where nothing was asked of it.
    fn look(&self, x: &[T], [guard, mark]: [T; 2], arrangement: Arrangement, written: &mut Law) {
        let length = self.outputs.length;
        let is_unwritten = |i: usize, result: T| {
            // One that copies a NaN to its result may have copied this very one.
            result.bits() == mark.bits() && x[i % x.len()].bits() != mark.bits()
        };
        let mut unwritten = 0;
        if arrangement.filling.is_none()
            && instructions::run(Equal { numbers: self.outputs.slice(), number: mark }) > 0
        {
            let results = self.outputs.slice().iter().enumerate();
            unwritten = results.filter(|&(i, &result)| is_unwritten(i, result)).count() as u64;
        }
        let strays = self.outputs.changed(mark) + self.inputs.changed(guard);
        let spoilt: u64 = match x.len() {
            0 => 0,
            period => {
                let parts = self.inputs.slice().chunks(period);
                parts.map(|part| instructions::run(Differ { these: part, those: &x[..part.len()] })).sum()
            }
        };
        written.count(length as u64, unwritten + strays + spoilt);
        if unwritten + strays + spoilt == 0 {
            return;
        }
        let mut show = |fault, index: isize| {
            // Of what was asked the element next to it.
            let nearest = index.clamp(0, (length as isize - 1).max(0)) as usize;
            let (x, result) = match length {
                0 => (f64::NAN, f64::NAN),
                _ => (x[nearest % x.len()].widen(), self.outputs.slice()[nearest].widen()),
            };
            let Arrangement { input: offset, output: output_offset, .. } = arrangement;
            let against = Against::Memory { fault, index, length, offset, output_offset };
            written.show(Example { x, result, against });
        };
        for (index, &result) in self.outputs.slice().iter().enumerate() {
            if unwritten > 0 && is_unwritten(index, result) {
                show(MemoryFault::NotWritten, index as isize);
            }
        }
        for index in self.outputs.outside(mark) {
            show(if index < 0 { MemoryFault::BeforeTheOutput } else { MemoryFault::PastTheOutput }, index);
        }
        for index in self.inputs.outside(guard) {
            show(MemoryFault::InputWritten, index);
        }
        for (index, &input) in self.inputs.slice().iter().enumerate() {
            if input.bits() != x[index % x.len()].bits() {
                show(MemoryFault::InputWritten, index as isize);
            }
        }
    }
}

impl<T: Format> Room<T> {
    /// Makes a slice of this length, of any contents, and guards.
    fn prepare(&mut self, length: usize, offset: usize, guard: T) {
        let beside = GUARD / size_of::<T>();
        let needed = 2 * beside + BOUNDARY / size_of::<T>() + offset + length;
        if self.all.len() < needed {
            self.all.resize(needed, guard);
        }
        let boundary = self.all[beside..].as_ptr().align_offset(BOUNDARY);
        (self.from, self.length) = (beside + boundary + offset, length);
        let [before, after] = self.guards();
        self.all[before].fill(guard);
        self.all[after].fill(guard);
    }

    fn slice(&self) -> &[T] {
        &self.all[self.from..][..self.length]
    }

    fn slice_mut(&mut self) -> &mut [T] {
        &mut self.all[self.from..][..self.length]
    }

    fn guards(&self) -> [std::ops::Range<usize>; 2] {
        let (beside, to) = (GUARD / size_of::<T>(), self.from + self.length);
        [self.from - beside..self.from, to..to + beside]
    }

    /// How many elements of the guards are no longer what they were.
    fn changed(&self, guard: T) -> u64 {
        let same = |range| instructions::run(Equal { numbers: &self.all[range], number: guard });
        let guards = self.guards();
        guards.into_iter().map(|range| range.len() as u64 - same(range)).sum()
    }

    /// Where these are, counted from the beginning of the slice.
    fn outside(&self, guard: T) -> impl Iterator<Item = isize> {
        let changed = move |&i: &usize| self.all[i].bits() != guard.bits();
        self.guards().into_iter().flatten().filter(changed).map(|i| i as isize - self.from as isize)
    }
}

/// What the outputs hold before the call: see the top of the file.
fn mark_of_outputs<T: Format>(call: u64) -> T {
    // The exponent of an infinity, and digits of which the first is 0.
    let digits = (1 << (T::DIGITS - 2)) - 1;
    T::from_bits(T::INFINITY.bits() | ((0x2_5a5a + (call & 1)) & digits))
}

/// What stands around inputs: what would change a result if a kernel mixed it in.
fn guard_of_inputs<T: Sampled>(call: u64) -> T {
    T::narrow([f64::NAN, 1e30, f64::NEG_INFINITY, -0.0, 3.25][(call % 5) as usize])
}

/// How many of the numbers have the bits of another one.
struct Equal<'a, T> {
    numbers: &'a [T],
    number: T,
}

impl<T: Format> Loop for Equal<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let bits = self.number.bits();
        self.numbers.iter().map(|number| u64::from(number.bits() == bits)).sum()
    }
}

/// How many numbers have not the bits of their counterpart.
struct Differ<'a, T> {
    these: &'a [T],
    those: &'a [T],
}

impl<T: Format> Loop for Differ<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let pairs = self.these.iter().zip(self.those);
        pairs.map(|(a, b)| u64::from(a.bits() != b.bits())).sum()
    }
}
