//! Whether a result depends on where its element stands.
//!
//! ```text
//! first    one slice of 4096 numbers of every kind side by side: what the others are held against
//! then     the same slice again
//!          the same numbers in order, so that the neighbours are of one kind
//!          both, cut into slices of 0, 1, 2, ... 131 elements that begin at 0, 1, ... 31 elements
//!          after a boundary of 64 bytes
//!          one long slice
//! ```
//!
//! A tail that another formula computes, a lane of its own mind, a slow path that a whole register takes
//! for one far-out element: each puts an element on both sides of its border.

use crate::conformance::{Kernel, call};
use crate::function::Function;
use crate::report::{Against, Example, Law};
use crate::sample::{self, Sampled};

/// Elements of the first slice.
const LENGTH: usize = 4096;

/// The longest of the short slices: two of the longest registers that anybody unrolls, and one.
const LONGEST_CUT: usize = 131;

/// The offsets, in elements, that the short slices begin at in turn.
const OFFSETS: usize = 32;

/// Asks the kernel for the same elements in several places.
pub(crate) fn examine<T: Sampled>(
    function: Function,
    index: u64,
    longest: usize,
    kernel: &mut Kernel<'_, T>,
    law: &mut Law,
) {
    let mut x = vec![T::default(); LENGTH];
    sample::mixed_of(function, index, &mut x);
    let mut first = Vec::new();
    call(kernel, &x, &mut first);

    let mut order: Vec<usize> = (0..LENGTH).collect();
    order.sort_by(|&a, &b| x[a].widen().total_cmp(&x[b].widen()));
    let in_order = |values: &[T]| order.iter().map(|&i| values[i]).collect::<Vec<T>>();
    let (x_in_order, first_in_order) = (in_order(&x), in_order(&first));

    let mut again = Vec::new();
    let mut probe = Probe { kernel, law, results: &mut again };
    probe.ask(&x, &first, 0);
    probe.ask(&x_in_order, &first_in_order, 0);
    let mut room = vec![T::default(); LONGEST_CUT + OFFSETS + 64 / size_of::<T>()];
    probe.cut(&x, &first, index as usize, &mut room);
    probe.cut(&x_in_order, &first_in_order, index as usize + OFFSETS / 2 + 1, &mut room);
    if index == 0 && longest > 0 {
        let repeated = |values: &[T]| values.iter().copied().cycle().take(longest).collect::<Vec<T>>();
        probe.ask(&repeated(&x), &repeated(&first), 0);
    }
}

struct Probe<'a, 'k, T> {
    kernel: &'a mut Kernel<'k, T>,
    law: &'a mut Law,
    results: &'a mut Vec<T>,
}

impl<T: Sampled> Probe<'_, '_, T> {
    /// One slice, whose results should be those expected.
    fn ask(&mut self, x: &[T], expected: &[T], offset: usize) {
        call(self.kernel, x, self.results);
        self.compare(x, expected, offset);
    }

    fn compare(&mut self, x: &[T], expected: &[T], offset: usize) {
        let length = x.len();
        let differs = |&i: &usize| {
            let (a, b) = (self.results[i], expected[i]);
            a.bits() != b.bits() && !(a.is_nan() && b.is_nan())
        };
        let broken: Vec<usize> = (0..length).filter(differs).collect();
        self.law.count(length as u64, broken.len() as u64);
        for index in broken {
            let against = Against::Place { result: expected[index].widen(), index, length, offset };
            self.law.show(Example { x: x[index].widen(), result: self.results[index].widen(), against });
        }
    }

    /// Slices of all short lengths, at all offsets.
    fn cut(&mut self, x: &[T], expected: &[T], start: usize, room: &mut [T]) {
        let boundary = room.as_ptr().align_offset(64);
        let (mut from, mut count) = (0, start);
        while from < x.len() {
            let len = (count % (LONGEST_CUT + 1)).min(x.len() - from);
            let offset = count % OFFSETS;
            let part = &mut room[boundary + offset..][..len];
            part.copy_from_slice(&x[from..][..len]);
            call(self.kernel, part, self.results);
            self.compare(&x[from..][..len], &expected[from..][..len], offset);
            (from, count) = (from + len, count + 1);
        }
    }
}
