//! Memory to measure in, laid out so that the layout does not spoil the measurement.

use sigmoid::Element;

const PAGE: usize = 4096;

/// Two inputs and two outputs of one length, in one allocation.
///
/// Each begins on a page, the outputs a quarter and a half of a page further: a load that follows
/// a store to the same place modulo 4096 waits for it, and when inputs and outputs lined up the
/// kernels ran up to 1.5 times slower.
pub struct Buffers<T> {
    memory: Vec<T>,
    starts: [usize; 4],
    len: usize,
}

impl<T: Element> Buffers<T> {
    /// Values spread over [-10, 10] in shuffled order; all pages are touched.
    pub fn new(len: usize, from: fn(f64) -> T) -> Self {
        let page = PAGE / size_of::<T>();
        let stride = len.div_ceil(page) * page + page;
        let memory: Vec<T> = (0..4 * stride + 2 * page)
            .map(|i| {
                from(((i as u32).wrapping_mul(2_654_435_769) >> 8) as f64 * (20.0 / 16_777_216.0) - 10.0)
            })
            .collect();
        let first = memory.as_ptr().align_offset(PAGE);
        let starts = [0, stride, 2 * stride + page / 4, 3 * stride + page / 2].map(|start| first + start);
        Self { memory, starts, len }
    }

    /// The inputs, then the outputs.
    pub fn slices(&mut self) -> (&[T], &[T], &mut [T], &mut [T]) {
        let [a, b, c, d] = self.starts;
        let (inputs, outputs) = self.memory.split_at_mut(c);
        let (first, second) = outputs.split_at_mut(d - c);
        let len = self.len;
        (&inputs[a..a + len], &inputs[b..b + len], &mut first[..len], &mut second[..len])
    }
}

/// The fastest copy of what does not stay in the caches: prefetched loads, streaming stores.
#[cfg(target_arch = "x86_64")]
pub fn stream_copy(source: &[f32], target: &mut [f32]) {
    use std::arch::x86_64::{
        _MM_HINT_T0, _mm_loadu_ps, _mm_prefetch, _mm_sfence, _mm_storeu_ps, _mm_stream_ps,
    };
    assert_eq!(source.len(), target.len());
    let aligned = target.as_ptr().align_offset(16) == 0;
    let whole = source.len() / 16 * 16;
    for at in (0..whole).step_by(16) {
        // SAFETY: SSE is part of x86-64; 16 elements from `at` are inside both slices, and the
        // address of a prefetch may be any.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(source.as_ptr().wrapping_add(at + 1024).cast());
            for quarter in (at..at + 16).step_by(4) {
                let register = _mm_loadu_ps(source.as_ptr().add(quarter));
                let place = target.as_mut_ptr().add(quarter);
                if aligned { _mm_stream_ps(place, register) } else { _mm_storeu_ps(place, register) }
            }
        }
    }
    target[whole..].copy_from_slice(&source[whole..]);
    // SAFETY: SSE is part of x86-64.
    unsafe { _mm_sfence() }
}
