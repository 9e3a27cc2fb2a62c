//! A slice somewhere in memory that is its own, with other elements before and after it.

use super::element::{Element, is_same};

pub struct Buffer<T> {
    all: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Element> Buffer<T> {
    /// With the first of these elements as the slice, or none if there are none. The memory ends where it says, so
    /// that AddressSanitizer sees who reads on.
    pub fn new(start: usize, elements: impl Iterator<Item = T>, len: usize, after: usize) -> Self {
        let mut all = Vec::with_capacity(start + len + after);
        all.resize(start, T::PATTERN);
        all.extend(elements.take(len));
        let len = all.len() - start;
        all.resize(start + len + after, T::PATTERN);
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
        for (i, (&got, &expected)) in self.slice().iter().zip(expected.iter().cycle()).enumerate() {
            assert!(
                is_same(got, expected),
                "{}: element {i} of {} is {got:?}, and alone {expected:?}",
                context(),
                self.len
            );
        }
        let (before, rest) = self.all.split_at(self.start);
        for around in [before, &rest[self.len..]] {
            let untouched = around.iter().all(|element| element.bits() == T::PATTERN.bits());
            assert!(untouched, "{}: around a slice of {}, at {}", context(), self.len, self.start);
        }
    }
}
