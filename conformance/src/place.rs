//! Whether a result depends on where its element stands.
//!
//! ```text
//! first    one slice of 4096 numbers of every kind side by side: what the others are held against
//! then     the same slice again
//!          the same numbers in order, so that the neighbours are of one kind
//!          both, cut into slices of 0, 1, 2, ... 131 elements; inputs and outputs begin at 0, 1, ... 31
//!          elements after a boundary of 64 bytes, each at its own, among guards that change, in outputs that hold
//!          this or that before
//!          long slices, each four times as long as the one before it
//! ```
//!
//! A tail that another formula computes, a lane of its own mind, a slow path that a whole register takes
//! for one far-out element: each puts an element on both sides of its border.

use crate::conformance::Kernel;
use crate::function::Function;
use crate::memory::{Arrangement, Memory};
use crate::report::{Against, Example, Law, Report};
use crate::sample::{self, Sampled};

/// Elements of the first slice.
pub(crate) const LENGTH: usize = 4096;

/// The longest of the short slices: two of the longest registers that anybody unrolls, and one.
const LONGEST_CUT: usize = 131;

/// The offsets, in elements, that the short slices begin at in turn.
const OFFSETS: usize = 32;

/// The shortest of the long slices, if a longer one is asked for: four of the first, and some.
const SHORTEST_LONG: usize = 16_411;

/// Asks the kernel for the same elements in several places.
pub(crate) fn examine<T: Sampled>(
    function: Function,
    index: u64,
    longest: usize,
    kernel: &mut Kernel<'_, T>,
    report: &mut Report,
) {
    let mut x = vec![T::default(); LENGTH];
    sample::mixed_of(function, index, &mut x);
    let mut memory = Memory::default();
    let first = memory.ask(kernel, &x, &mut report.written).to_vec();

    let mut order: Vec<usize> = (0..LENGTH).collect();
    order.sort_by(|&a, &b| x[a].widen().total_cmp(&x[b].widen()));
    let in_order = |values: &[T]| order.iter().map(|&i| values[i]).collect::<Vec<T>>();
    let (x_in_order, first_in_order) = (in_order(&x), in_order(&first));

    let (law, written) = (&mut report.place, &mut report.written);
    let mut probe = Probe { kernel, law, written, memory };
    let usual = Arrangement::default();
    probe.ask(&x, &first, LENGTH, usual);
    probe.ask(&x_in_order, &first_in_order, LENGTH, usual);
    let turn = 2 * index as usize;
    probe.cut(&x, &first, turn);
    probe.cut(&x_in_order, &first_in_order, turn + 1);
    if index == 0 && longest > 0 {
        let shorter = std::iter::successors(Some(SHORTEST_LONG), |length| length.checked_mul(4));
        for length in shorter.take_while(|&length| length < longest).chain([longest]) {
            probe.ask(&x, &first, length, Arrangement { input: 1, output: 3, ..usual });
        }
    }
}

struct Probe<'a, 'k, T> {
    kernel: &'a mut Kernel<'k, T>,
    law: &'a mut Law,
    written: &'a mut Law,
    memory: Memory<T>,
}

impl<T: Sampled> Probe<'_, '_, T> {
    /// One slice of these numbers, over and over again, whose results should be those expected.
    fn ask(&mut self, x: &[T], expected: &[T], length: usize, arrangement: Arrangement) {
        let results = self.memory.ask_at(self.kernel, x, length, arrangement, self.written);
        let mut broken = 0;
        for (index, (&result, i)) in results.iter().zip((0..x.len()).cycle()).enumerate() {
            let differs = result.bits() != expected[i].bits() && !(result.is_nan() && expected[i].is_nan());
            if differs {
                broken += 1;
                let Arrangement { input: offset, output: output_offset, .. } = arrangement;
                let elsewhere = expected[i].widen();
                let against = Against::Place { result: elsewhere, index, length, offset, output_offset };
                self.law.show(Example { x: x[i].widen(), result: result.widen(), against });
            }
        }
        self.law.count(length as u64, broken);
    }

    /// Slices of all short lengths. From turn to turn each length has other offsets.
    fn cut(&mut self, x: &[T], expected: &[T], turn: usize) {
        // 97 and the number of lengths have no divisor in common, nor have 5 and that of offsets.
        let (mut from, mut count) = (0, turn * 97);
        while from < x.len() {
            let length = (count % (LONGEST_CUT + 1)).min(x.len() - from);
            let arrangement = Arrangement {
                input: (length + turn * 5) % OFFSETS,
                output: (length * 5 + turn * 3 + turn / OFFSETS) % OFFSETS,
                filling: [None, Some(3.25), None, Some(-3.25)][(length + turn) % 4],
            };
            self.ask(&x[from..][..length], &expected[from..][..length], length, arrangement);
            (from, count) = (from + length, count + 1);
        }
    }
}
