//! Nothing outside of the slices is read or written: every length to 300 and some beyond, with each slice flush
//! against pages that may not be touched, before it and after it.
//!
//! A kernel that reaches outside ends the test with a segmentation fault.

#![cfg(unix)]

mod support;

use std::ptr::NonNull;

use sigmoid::{Backend, Kernels, thresholds};
use support::family::{Family, Member};
use support::{
    Float, Format, Inputs, Operation, Way, assert_same_bits, bytes, engines, exact_engines, results, run,
    thinned,
};

const LONGEST: usize = 1030;

/// Memory between two pages that fault at any access.
struct Guarded {
    mapping: NonNull<libc::c_void>,
    page: usize,
    /// The bytes between the guards.
    size: usize,
}

/// Against which guard a slice stands.
#[derive(Clone, Copy, Debug)]
enum Flush {
    Start,
    End,
}

impl Guarded {
    /// Room for that many bytes, and no more than the rest of a page.
    fn new(bytes: usize) -> Self {
        // SAFETY: a question without side effects.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).expect("a page has a size");
        let size = bytes.next_multiple_of(page);
        // SAFETY: a new private mapping, which touches no memory that anyone has.
        let mapping = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
            libc::mmap(std::ptr::null_mut(), size + 2 * page, libc::PROT_NONE, flags, -1, 0)
        };
        assert_ne!(mapping, libc::MAP_FAILED, "{}", std::io::Error::last_os_error());
        let guarded = Self { mapping: NonNull::new(mapping).expect("a mapping is not null"), page, size };
        // SAFETY: the pages between the first and the last one are our own.
        let done =
            unsafe { libc::mprotect(guarded.start().cast(), size, libc::PROT_READ | libc::PROT_WRITE) };
        assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
        guarded
    }

    /// The first byte after the first guard.
    fn start(&self) -> *mut u8 {
        self.mapping.as_ptr().cast::<u8>().wrapping_add(self.page)
    }

    /// A slice of the memory, as it is.
    fn slice<T: Format>(&mut self, len: usize, flush: Flush) -> &mut [T] {
        let bytes = len * size_of::<T>();
        assert!(bytes <= self.size);
        let start = match flush {
            Flush::Start => self.start(),
            Flush::End => self.start().wrapping_add(self.size - bytes),
        };
        // SAFETY: within the accessible pages, which hold zeros or what was written to them, borrowed
        // from `self`; both ends of a page are aligned for any format.
        unsafe { std::slice::from_raw_parts_mut(start.cast(), len) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the whole mapping that `new` made, which nobody borrows any more.
        let done = unsafe { libc::munmap(self.mapping.as_ptr(), self.size + 2 * self.page) };
        assert_eq!(done, 0);
    }
}

/// x or s, the gradient, two outputs, and one input more for operations that have three.
struct Memory([Guarded; 5]);

impl Memory {
    fn new(bytes: usize) -> Self {
        Self([(); 5].map(|()| Guarded::new(bytes)))
    }

    fn check<T: Float>(
        &mut self,
        kernels: Kernels,
        operation: Operation,
        way: Way,
        inputs: [&[T]; 2],
        flush: Flush,
    ) -> [&[T]; 2] {
        let [x, grad, first, second, _] = &mut self.0;
        let (x, grad) = (x.slice(inputs[0].len(), flush), grad.slice(inputs[1].len(), flush));
        x.copy_from_slice(inputs[0]);
        grad.copy_from_slice(inputs[1]);
        let (first, second) = (first.slice(x.len(), flush), second.slice(x.len(), flush));
        run(kernels, operation, way, [x, grad], [first, second]);
        assert!(bytes(x) == bytes(inputs[0]), "the input was written to");
        assert!(bytes(grad) == bytes(inputs[1]), "the gradient was written to");
        [first, second]
    }
}

fn check_all<T: Float>() {
    let mut memory = Memory::new(LONGEST * size_of::<T>());
    for operation in Operation::ALL {
        let inputs = Inputs::<T>::mixed(operation, LONGEST, 0x6a);
        for kernels in engines().chain(exact_engines()) {
            for len in lengths() {
                // From the end, so that short slices have a mixture too.
                let inputs = inputs.part(LONGEST - len..LONGEST);
                let expected = results(kernels, operation, Way::OutOfPlace, inputs);
                for way in Way::ALL {
                    for flush in [Flush::Start, Flush::End] {
                        let got = memory.check(kernels, operation, way, inputs, flush);
                        for (got, expected) in got.into_iter().zip(&expected).take(operation.outputs()) {
                            assert_same_bits(got, expected, || {
                                let backend = kernels.selected_backend();
                                format!("{operation:?} {way:?} on {backend}, flush with the {flush:?}")
                            });
                        }
                    }
                }
            }
        }
    }
}

/// Every length to 300, or one of seven, which is all that registers of four lanes and blocks of them may leave; and about
/// the pieces by which half precision goes.
fn lengths() -> impl Iterator<Item = usize> {
    let step = if thinned() > 1 { 7 } else { 1 };
    (0..=300).step_by(step).chain([511, 512, 513, 1024, 1029, LONGEST])
}

/// All of [`sigmoid::ops`].
fn check_family<T: Family>() {
    let mut memory = Memory::new(LONGEST * size_of::<T>());
    let mixed = Member::<T>::mixed(LONGEST);
    for member in T::members() {
        for kernels in engines() {
            for len in lengths() {
                let inputs = mixed.each_ref().map(|input| &input[LONGEST - len..]);
                let expected = member.results(kernels, inputs);
                for flush in [Flush::Start, Flush::End] {
                    let [x, y, first, second, grad] = &mut memory.0;
                    let guarded = [x.slice(len, flush), y.slice(len, flush), grad.slice(len, flush)];
                    let guarded = guarded.into_iter().zip(inputs).map(|(guarded, input)| {
                        guarded.copy_from_slice(input);
                        &*guarded
                    });
                    let guarded: Vec<&[T]> = guarded.collect();
                    let [first, second] = [first.slice(len, flush), second.slice(len, flush)];
                    (member.compute)(kernels, [guarded[0], guarded[1], guarded[2]], [first, second]);
                    for (got, expected) in [first, second].into_iter().zip(&expected) {
                        assert_same_bits(got, expected, || {
                            format!("{} {kernels:?}, flush with the {flush:?}", member.name)
                        });
                    }
                }
            }
        }
    }
}

/// From one format to another, and from interleaved pairs: slices of `T` to slices of `U`, `inputs` times as long.
#[cfg(feature = "activations")]
fn check_call<T: Format, U: Format>(inputs: usize, call: impl Fn(Kernels, &[T], &mut [U])) {
    let mixed = support::mixture::<T>(inputs * LONGEST, 0x1e);
    let [mut from, mut to] = [(); 2].map(|()| Guarded::new(inputs * LONGEST * 8));
    for kernels in engines() {
        for len in lengths() {
            let x = &mixed[inputs * (LONGEST - len)..];
            let mut expected = vec![U::default(); len];
            call(kernels, x, &mut expected);
            for flush in [Flush::Start, Flush::End] {
                let x = {
                    let guarded = from.slice(x.len(), flush);
                    guarded.copy_from_slice(x);
                    guarded
                };
                let y = to.slice(len, flush);
                call(kernels, x, y);
                assert_same_bits(y, &expected, || {
                    format!("{} to {} {kernels:?}, flush with the {flush:?}", T::NAME, U::NAME)
                });
            }
        }
    }
}

#[cfg(feature = "activations")]
#[test]
fn interleaved_pairs_stay_inside() {
    use sigmoid::ops::SwiGlu;

    let gate = SwiGlu::default();
    check_call::<f32, f32>(2, |kernels, pairs, y| kernels.zip_interleaved(gate, pairs, y));
    #[cfg(feature = "half")]
    {
        use half::{bf16, f16};

        check_call::<bf16, bf16>(2, |kernels, pairs, y| kernels.zip_interleaved(gate, pairs, y));
        check_call::<bf16, f32>(2, |kernels, pairs, y| kernels.zip_interleaved(gate, pairs, y));
        check_call::<f16, f16>(2, |kernels, pairs, y| kernels.zip_interleaved(gate, pairs, y));
        check_call::<f16, f32>(2, |kernels, pairs, y| kernels.zip_interleaved(gate, pairs, y));
    }
}

/// By kernels from one to the other, and by way of pieces.
#[cfg(feature = "half")]
#[test]
fn half_precision_to_f32_stays_inside() {
    use half::{bf16, f16};
    use sigmoid::ops::{Silu, Softplus};

    check_call::<bf16, f32>(1, |kernels, x, y| kernels.map(Silu, x, y));
    check_call::<bf16, f32>(1, |kernels, x, y| kernels.map(Softplus, x, y));
    check_call::<f16, f32>(1, |kernels, x, y| kernels.map(Silu, x, y));
    check_call::<f16, f32>(1, |kernels, x, y| kernels.map(Softplus, x, y));
}

#[test]
fn f32_stays_inside() {
    check_all::<f32>();
    check_family::<f32>();
}

#[test]
fn f64_stays_inside() {
    check_all::<f64>();
    check_family::<f64>();
}

#[cfg(feature = "half")]
#[test]
fn half_precision_stays_inside() {
    check_family::<half::bf16>();
    check_family::<half::f16>();
}

/// Streaming walks prefetch beyond the end, which must stay a hint.
#[test]
fn streaming_stays_inside() {
    let len = thresholds::STREAM_FROM_BYTES / size_of::<f32>() + 13;
    let mut memory = Memory::new(len * size_of::<f32>());
    let inputs = Inputs::<f32>::mixed(Operation::Forward, len, 0x57);
    let kernels = Kernels::new().backend(Backend::fastest()).expect("it is available");
    for flush in [Flush::Start, Flush::End] {
        memory.check(kernels, Operation::Forward, Way::OutOfPlace, inputs.slices(), flush);
    }
}
