//! A slice somewhere in memory that is its own, with other elements before and after it.

use super::element::{Element, is_same};

pub struct Buffer<T> {
    all: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Element> Buffer<T> {
    /// A slice of these elements, over and over, or of none if there are none. The memory ends where it says, so that
    /// AddressSanitizer sees who reads on.
    pub fn new(start: usize, elements: &[T], len: usize, after: usize) -> Self {
        let len = if elements.is_empty() { 0 } else { len };
        let mut all = vec![T::PATTERN; start + len + after];
        for part in all[start..][..len].chunks_mut(elements.len().max(1)) {
            part.copy_from_slice(&elements[..part.len()]);
        }
        Self { all, start, len }
    }

    pub fn slice(&self) -> &[T] {
        &self.all[self.start..][..self.len]
    }

    pub fn slice_mut(&mut self) -> &mut [T] {
        &mut self.all[self.start..][..self.len]
    }

    /// Panics unless the slice has these elements, over and over, and what is around it is as it was.
    pub fn assert_holds<U: Element>(&self, expected: &[U], context: impl Fn() -> String) {
        for part in self.slice().chunks(expected.len().max(1)) {
            // Without branches, of which the fuzzer is told one by one.
            let differing = |bits, (got, expected): (&T, &U)| bits | (got.bits() ^ expected.bits());
            if part.iter().zip(expected).fold(0, differing) == 0 {
                continue;
            }
            for (got, expected) in part.iter().zip(expected) {
                assert!(is_same(*got, *expected), "{}: {got:?}, and alone {expected:?}", context());
            }
        }
        let (before, rest) = self.all.split_at(self.start);
        for around in [before, &rest[self.len..]] {
            let untouched = around.iter().all(|element| element.bits() == T::PATTERN.bits());
            assert!(untouched, "{}: around a slice of {}, at {}", context(), self.len, self.start);
        }
    }
}
