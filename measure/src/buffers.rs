//! Slices that do not disturb one another.

use std::fmt;

/// Bytes of a cache line.
pub const LINE: usize = 64;

/// Bytes between two addresses that look alike to a CPU that orders loads and stores by their low
/// bits.
const PAGE: usize = 4096;

/// Owns the memory of `COUNT` slices of numbers.
///
/// Each begins a part of a page further on in its page than the one before. Slices that begin
/// alike would make every load wait for an earlier store to the same place of another page
/// ("4K aliasing"), and the time measured would be that of an accident.
pub struct Buffers<T, const COUNT: usize> {
    buffers: [Vec<Page>; COUNT],
    lens: [usize; COUNT],
    numbers: std::marker::PhantomData<T>,
}

#[derive(Clone)]
#[repr(C, align(4096))]
struct Page([u8; PAGE]);

/// The formats of which all bits are a number.
pub trait Number: Copy + 'static {}
impl Number for f32 {}
impl Number for f64 {}
#[cfg(feature = "half")]
impl Number for half::bf16 {}
#[cfg(feature = "half")]
impl Number for half::f16 {}

/// There is not so much memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// How many elements one slice should have had.
    pub elements: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no memory for {} elements", self.elements)
    }
}

impl std::error::Error for TooLarge {}

impl<T: Number, const COUNT: usize> Buffers<T, COUNT> {
    /// Zeros, so many in each slice. Every page has been written when it returns, so that none is
    /// handed out by the system during a measurement.
    ///
    /// ```
    /// let mut buffers = sigmoid_measure::Buffers::<f32, 2>::new([5, 3])?;
    /// let [x, y] = buffers.slices();
    /// assert_eq!((x.len(), y.len()), (5, 3));
    /// # Ok::<(), sigmoid_measure::TooLarge>(())
    /// ```
    pub fn new(lens: [usize; COUNT]) -> Result<Self, TooLarge> {
        let mut buffers = [const { Vec::new() }; COUNT];
        for (buffer, len) in buffers.iter_mut().zip(lens) {
            *buffer = pages::<T>(len)?;
        }
        Ok(Self { buffers, lens, numbers: std::marker::PhantomData })
    }

    /// The slices.
    pub fn slices(&mut self) -> [&mut [T]; COUNT] {
        let lens = self.lens;
        let mut i = 0;
        self.buffers.each_mut().map(|pages| {
            // Whole lines, the last one still inside of the page.
            let (offset, len) = ((i * PAGE / COUNT).next_multiple_of(LINE), lens[i]);
            i += 1;
            debug_assert!(offset + len * size_of::<T>() <= pages.len() * PAGE);
            // SAFETY: in bounds, for there is a page more than the elements take; aligned, for the
            // offset is a multiple of a line; any bits are a number; borrowed exclusively.
            unsafe { std::slice::from_raw_parts_mut(pages.as_mut_ptr().cast::<u8>().add(offset).cast(), len) }
        })
    }
}

/// Pages for so many elements, and one more for the offset.
fn pages<T>(elements: usize) -> Result<Vec<Page>, TooLarge> {
    let mut pages = Vec::new();
    let bytes = elements.checked_mul(size_of::<T>());
    let count = bytes.map_or(usize::MAX, |bytes| bytes.div_ceil(PAGE) + 1);
    pages.try_reserve_exact(count).map_err(|_| TooLarge { elements })?;
    pages.resize(count, Page([0; PAGE]));
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_begin_at_different_places_of_their_pages() {
        let mut buffers = Buffers::<f64, 4>::new([1000; 4]).unwrap();
        let places = buffers.slices().map(|slice| slice.as_ptr().addr() % PAGE);
        assert_eq!(places, [0, 1024, 2048, 3072]);
        assert_eq!(Buffers::<f64, 1>::new([usize::MAX]).err(), Some(TooLarge { elements: usize::MAX }));
    }
}
