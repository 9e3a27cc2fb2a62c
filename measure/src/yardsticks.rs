//! What the machine can do at best: the loops that the kernels are compared with.
//!
//! Each is written for the CPU that it runs on, in the widest registers it has: a yardstick that is
//! slow flatters. Written once below for all registers; other CPUs have plain loops.

/// The best loops for one format.
#[derive(Clone, Copy)]
pub struct Yardsticks<T> {
    /// y = x past the caches, with software prefetch.
    pub stream_copy: fn(&[T], &mut [T]),
    /// y = -y
    pub scale: fn(&mut [T]),
    /// y = a - b past the caches, by a multiplication and an addition, with software prefetch.
    pub triad: fn(&[T], &[T], &mut [T]),
    /// y = 1 / x, stored as usual.
    pub divide: fn(&[T], &mut [T]),
}

/// What `scale` and `triad` multiply with: a number that keeps magnitudes as they are, however often
/// it is applied.
const FACTOR: f32 = -1.0;

macro_rules! plain {
    ($name:ident, $number:ty) => {
        mod $name {
            use super::{FACTOR, Yardsticks};

            pub const PLAIN: Yardsticks<$number> = Yardsticks {
                stream_copy: |x, y| y.copy_from_slice(x),
                scale: |y| y.iter_mut().for_each(|y| *y *= <$number>::from(FACTOR)),
                triad: |a, b, y| {
                    for ((&a, &b), y) in a.iter().zip(b).zip(y) {
                        *y = a + <$number>::from(FACTOR) * b;
                    }
                },
                divide: |x, y| x.iter().zip(y).for_each(|(&x, y)| *y = 1.0 / x),
            };
        }
    };
}
plain!(plain_f32, f32);
plain!(plain_f64, f64);

/// Those for single precision.
pub fn f32() -> Yardsticks<f32> {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return avx512_f32::YARDSTICKS;
        }
        if is_x86_feature_detected!("avx2") {
            return avx2_f32::YARDSTICKS;
        }
    }
    plain_f32::PLAIN
}

/// Those for double precision.
pub fn f64() -> Yardsticks<f64> {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return avx512_f64::YARDSTICKS;
        }
        if is_x86_feature_detected!("avx2") {
            return avx2_f64::YARDSTICKS;
        }
    }
    plain_f64::PLAIN
}

/// The loops in one kind of registers. Each takes four registers a turn, then single ones, then single
/// elements; those that stream do so only into memory that is aligned for it.
#[cfg(target_arch = "x86_64")]
macro_rules! registers {
    ($name:ident, $feature:literal, $number:ty, $register:ty, $load:ident, $store:ident, $stream:ident,
     $splat:ident, $add:ident, $mul:ident, $div:ident) => {
        mod $name {
            use std::arch::x86_64::*;

            use super::{FACTOR, Yardsticks};
            use crate::LINE;

            const LANES: usize = size_of::<$register>() / size_of::<$number>();

            /// How far ahead the inputs are asked for, in bytes.
            const AHEAD: usize = 4096;

            /// Handed out only if the CPU has the feature.
            pub const YARDSTICKS: Yardsticks<$number> = Yardsticks {
                stream_copy: |x, y| {
                    assert_eq!(x.len(), y.len());
                    if y.as_ptr().addr() % LINE != 0 {
                        return y.copy_from_slice(x);
                    }
                    // SAFETY: the CPU has the feature; the lengths are equal, `y` is aligned.
                    unsafe { stream_copy(x.as_ptr(), y.as_mut_ptr(), y.len()) }
                },
                scale: |y| {
                    // SAFETY: the CPU has the feature; one slice.
                    unsafe { scale(y.as_mut_ptr(), y.len()) }
                },
                triad: |a, b, y| {
                    assert!(a.len() == y.len() && b.len() == y.len());
                    assert_eq!(y.as_ptr().addr() % LINE, 0);
                    // SAFETY: the CPU has the feature; the lengths are equal, `y` is aligned.
                    unsafe { triad(a.as_ptr(), b.as_ptr(), y.as_mut_ptr(), y.len()) }
                },
                divide: |x, y| {
                    assert_eq!(x.len(), y.len());
                    // SAFETY: the CPU has the feature; the lengths are equal.
                    unsafe { divide(x.as_ptr(), y.as_mut_ptr(), y.len()) }
                },
            };

            /// Asks for the line that `at` will reach later. Any address may be asked for.
            #[inline]
            #[target_feature(enable = $feature)]
            fn prefetch(at: *const $number) {
                let ahead = at.wrapping_byte_add(AHEAD);
                // The second half of a line need not be asked for again.
                if ahead.addr() % LINE == 0 {
                    _mm_prefetch::<_MM_HINT_T0>(ahead.cast());
                }
            }

            /// Expands to the three loops over `$len` elements; `$one` and `$element` are the body for
            /// a register and for an element at an index.
            macro_rules! walk {
                ($len:expr, $i:ident, $one:expr, $element:expr) => {
                    let mut $i = 0;
                    while $i + 4 * LANES <= $len {
                        for _ in 0..4 {
                            $one;
                            $i += LANES;
                        }
                    }
                    while $i + LANES <= $len {
                        $one;
                        $i += LANES;
                    }
                    while $i < $len {
                        $element;
                        $i += 1;
                    }
                };
            }

            /// # Safety
            ///
            /// The slices are `len` long, and `y` is aligned to a line; so for those below.
            #[target_feature(enable = $feature)]
            unsafe fn stream_copy(x: *const $number, y: *mut $number, len: usize) {
                // SAFETY: in bounds, as the caller vouches; streamed stores stay ordered by the fence.
                unsafe {
                    walk!(
                        len,
                        i,
                        {
                            prefetch(x.wrapping_add(i));
                            $stream(y.add(i).cast(), $load(x.add(i)))
                        },
                        *y.add(i) = *x.add(i)
                    );
                    _mm_sfence();
                }
            }

            #[target_feature(enable = $feature)]
            unsafe fn scale(y: *mut $number, len: usize) {
                let factor = $splat(FACTOR.into());
                // SAFETY: in bounds, as the caller vouches.
                unsafe {
                    walk!(
                        len,
                        i,
                        $store(y.add(i), $mul(factor, $load(y.add(i)))),
                        *y.add(i) *= <$number>::from(FACTOR)
                    );
                }
            }

            #[target_feature(enable = $feature)]
            unsafe fn triad(a: *const $number, b: *const $number, y: *mut $number, len: usize) {
                let factor = $splat(FACTOR.into());
                // SAFETY: in bounds, as the caller vouches; streamed stores stay ordered by the fence.
                unsafe {
                    walk!(
                        len,
                        i,
                        {
                            prefetch(a.wrapping_add(i));
                            prefetch(b.wrapping_add(i));
                            let sum = $add($load(a.add(i)), $mul(factor, $load(b.add(i))));
                            $stream(y.add(i).cast(), sum)
                        },
                        *y.add(i) = *a.add(i) + <$number>::from(FACTOR) * *b.add(i)
                    );
                    _mm_sfence();
                }
            }

            #[target_feature(enable = $feature)]
            unsafe fn divide(x: *const $number, y: *mut $number, len: usize) {
                let one = $splat(1.0);
                // SAFETY: in bounds, as the caller vouches.
                unsafe {
                    walk!(len, i, $store(y.add(i), $div(one, $load(x.add(i)))), *y.add(i) = 1.0 / *x.add(i));
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
registers!(
    avx512_f32,
    "avx512f",
    f32,
    __m512,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_stream_ps,
    _mm512_set1_ps,
    _mm512_add_ps,
    _mm512_mul_ps,
    _mm512_div_ps
);
#[cfg(target_arch = "x86_64")]
registers!(
    avx512_f64,
    "avx512f",
    f64,
    __m512d,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_stream_pd,
    _mm512_set1_pd,
    _mm512_add_pd,
    _mm512_mul_pd,
    _mm512_div_pd
);
#[cfg(target_arch = "x86_64")]
registers!(
    avx2_f32,
    "avx2",
    f32,
    __m256,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_stream_ps,
    _mm256_set1_ps,
    _mm256_add_ps,
    _mm256_mul_ps,
    _mm256_div_ps
);
#[cfg(target_arch = "x86_64")]
registers!(
    avx2_f64,
    "avx2",
    f64,
    __m256d,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_stream_pd,
    _mm256_set1_pd,
    _mm256_add_pd,
    _mm256_mul_pd,
    _mm256_div_pd
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Buffers, LINE};

    #[repr(align(64))]
    struct Aligned([f64; 103]);

    #[test]
    fn the_triad_subtracts() {
        let (a, b) = ([5.0; 103], [2.0; 103]);
        for yardsticks in [f64(), plain_f64::PLAIN] {
            let mut y = Aligned([0.0; 103]);
            (yardsticks.triad)(&a, &b, &mut y.0);
            assert_eq!(y.0, [3.0; 103]);
        }
    }

    /// Into memory that begins with a line, where the copy streams, and a number further on, where it does not.
    #[test]
    fn all_loops_compute_what_they_say() {
        for len in [1, 15, 16, 63, 64, 100, 257] {
            let mut buffers = Buffers::<f32, 2>::new([len + 1; 2]).unwrap();
            let [inputs, outputs] = buffers.slices();
            inputs.iter_mut().zip(1_u16..).for_each(|(x, i)| *x = i.into());
            assert_eq!(outputs.as_ptr().addr() % LINE, 0);
            for (yardsticks, from) in
                [f32(), plain_f32::PLAIN].into_iter().flat_map(|all| [(all, 0), (all, 1)])
            {
                let (x, copy) = (&inputs[..len], &mut outputs[from..][..len]);
                copy.fill(0.0);
                (yardsticks.stream_copy)(x, copy);
                assert_eq!(copy, x);
                (yardsticks.scale)(copy);
                assert!(copy.iter().zip(x).all(|(&y, &x)| y == -x));
                (yardsticks.divide)(x, copy);
                assert!(copy.iter().zip(x).all(|(&y, &x)| y == 1.0 / x));
            }
        }
    }
}
