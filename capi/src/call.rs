//! From pointers to the library's methods: one function for each kind of slices, which all functions of the table are.
//!
//! Each checks the options, the parameters and the memory in this order, and only then computes. No panic leaves it.
//!
//! # Safety
//!
//! Of all of them: a pointer that is neither null nor misaligned points to as many elements as the operation reads or
//! writes; what is written nobody else uses meanwhile, and what is read nobody writes.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use half::{bf16, f16};
use sigmoid::ops::{Gradients, Map, Zip, ZipInterleaved};
use sigmoid::{Accuracy, Kernels};

use crate::memory::Memory;
use crate::options::{Options, kernels};
use crate::status::Status;

/// A number format, and what it is in C.
pub trait Format: Copy + 'static {
    /// Of the same size and alignment.
    type C;
}

impl Format for f32 {
    type C = f32;
}

impl Format for f64 {
    type C = f64;
}

impl Format for bf16 {
    type C = u16;
}

impl Format for f16 {
    type C = u16;
}

/// Which accuracies an operation has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Offers {
    /// No proof.
    Fast,
    /// Both.
    Exact,
}

/// What a computation answers, whatever happens in it.
fn guarded(compute: impl FnOnce() -> Result<(), Status>) -> Status {
    match catch_unwind(AssertUnwindSafe(compute)) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(status)) => status,
        Err(payload) => {
            // To drop it might panic again.
            mem::forget(payload);
            Status::InternalError
        }
    }
}

/// The kernels that are asked for, if the operation has them.
///
/// # Safety
///
/// As above.
#[inline(always)]
unsafe fn kernels_for(options: *const Options, offers: Offers) -> Result<Kernels, Status> {
    // SAFETY: as the caller vouches.
    let kernels = unsafe { kernels(options)? };
    if offers == Offers::Fast && kernels.selected_accuracy() == Accuracy::Exact {
        return Err(Status::NotExact);
    }
    Ok(kernels)
}

/// y = op(x)
pub unsafe fn map<T: Format, Op: Map<T>>(
    x: *const T::C,
    y: *mut T::C,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let memory = Memory::new([(x.cast::<T>(), n)], [(y.cast::<T>(), n)])?;
        // SAFETY: apart, or one slice.
        unsafe {
            match memory.overwritten {
                [false] => kernels.map(op, memory.input(0), memory.output(0)),
                [true] => kernels.map_in_place(op, memory.output(0)),
            }
        }
        Ok(())
    })
}

/// y = op(x), into `f32`.
pub unsafe fn map_into<T: Format, Op: Map<T, f32>>(
    x: *const T::C,
    y: *mut f32,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let memory = Memory::new([(x.cast::<T>(), n)], [(y, n)])?.apart()?;
        // SAFETY: they are apart.
        unsafe { kernels.map(op, memory.input(0), memory.output(0)) }
        Ok(())
    })
}

/// z = op(x, y)
pub unsafe fn zip<T: Format, Op: Zip<T>>(
    x: *const T::C,
    y: *const T::C,
    z: *mut T::C,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let memory = Memory::new([(x.cast::<T>(), n), (y.cast(), n)], [(z.cast::<T>(), n)])?;
        // SAFETY: of the slices that are made the written one is apart from the others.
        unsafe {
            match memory.overwritten {
                [false, false] => kernels.zip(op, memory.input(0), memory.input(1), memory.output(0)),
                [true, false] => kernels.zip_into_first(op, memory.output(0), memory.input(1)),
                [false, true] => kernels.zip_into_second(op, memory.input(0), memory.output(0)),
                [true, true] => memory.by_copies(|[x, y], [z]| kernels.zip(op, x, y, z)),
            }
        }
        Ok(())
    })
}

/// z = op(x, y), into `f32`.
pub unsafe fn zip_into<T: Format, Op: Zip<T, f32>>(
    x: *const T::C,
    y: *const T::C,
    z: *mut f32,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let memory = Memory::new([(x.cast::<T>(), n), (y.cast(), n)], [(z, n)])?.apart()?;
        // SAFETY: they are apart.
        unsafe { kernels.zip(op, memory.input(0), memory.input(1), memory.output(0)) }
        Ok(())
    })
}

/// z = op(x, y) of pairs x, y.
pub unsafe fn pairs<T: Format, Op: ZipInterleaved<T>>(
    pairs: *const T::C,
    z: *mut T::C,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    // SAFETY: as the caller vouches.
    unsafe { any_pairs::<T, T, Op>(pairs, z, n, options, offers, op) }
}

/// z = op(x, y) of pairs x, y, into `f32`.
pub unsafe fn pairs_into<T: Format, Op: ZipInterleaved<T, f32>>(
    pairs: *const T::C,
    z: *mut f32,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    // SAFETY: as the caller vouches.
    unsafe { any_pairs::<T, f32, Op>(pairs, z, n, options, offers, op) }
}

unsafe fn any_pairs<T: Format, U: Format, Op: ZipInterleaved<T, U>>(
    pairs: *const T::C,
    z: *mut U::C,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let twice = n.checked_mul(2).ok_or(Status::TooLong)?;
        let memory = Memory::new([(pairs.cast::<T>(), twice)], [(z.cast::<U>(), n)])?.apart()?;
        // SAFETY: they are apart.
        unsafe { kernels.zip_interleaved(op, memory.input(0), memory.output(0)) }
        Ok(())
    })
}

/// z = op(x, y) of rows of n x and n y.
pub unsafe fn halves<T: Format, Op: Zip<T>>(
    rows: *const T::C,
    z: *mut T::C,
    n: usize,
    count: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    // SAFETY: as the caller vouches.
    unsafe { any_halves::<T, T, Op>(rows, z, [n, count], options, offers, op) }
}

/// z = op(x, y) of rows of n x and n y, into `f32`.
pub unsafe fn halves_into<T: Format, Op: Zip<T, f32>>(
    rows: *const T::C,
    z: *mut f32,
    n: usize,
    count: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    // SAFETY: as the caller vouches.
    unsafe { any_halves::<T, f32, Op>(rows, z, [n, count], options, offers, op) }
}

unsafe fn any_halves<T: Format, U: Format, Op: Zip<T, U>>(
    rows: *const T::C,
    z: *mut U::C,
    [n, count]: [usize; 2],
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 || count == 0 {
            return Ok(());
        }
        let len = n.checked_mul(count).ok_or(Status::TooLong)?;
        let twice = len.checked_mul(2).ok_or(Status::TooLong)?;
        let memory = Memory::new([(rows.cast::<T>(), twice)], [(z.cast::<U>(), len)])?.apart()?;
        // SAFETY: they are apart.
        unsafe { kernels.zip_halves(op, n, memory.input(0), memory.output(0)) }
        Ok(())
    })
}

/// dx, dy = op(x, y, grad)
#[expect(clippy::too_many_arguments, reason = "those of C, and what is computed")]
pub unsafe fn gradients<T: Format, Op: Gradients<T>>(
    x: *const T::C,
    y: *const T::C,
    grad: *const T::C,
    dx: *mut T::C,
    dy: *mut T::C,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let inputs = [(x.cast::<T>(), n), (y.cast(), n), (grad.cast(), n)];
        let memory = Memory::new(inputs, [(dx.cast::<T>(), n), (dy.cast(), n)])?;
        // SAFETY: the slices that are made are apart.
        unsafe {
            if memory.overwritten == [false; 3] {
                let (x, y, grad) = (memory.input(0), memory.input(1), memory.input(2));
                kernels.gradients(op, x, y, grad, memory.output(0), memory.output(1));
            } else {
                memory.by_copies(|[x, y, grad], [dx, dy]| kernels.gradients(op, x, y, grad, dx, dy));
            }
        }
        Ok(())
    })
}

/// y, dy = op(x)
pub unsafe fn split<T: Format, Op: Fn(&Kernels, &[T], &mut [T], &mut [T])>(
    x: *const T::C,
    y: *mut T::C,
    dy: *mut T::C,
    n: usize,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        if n == 0 {
            return Ok(());
        }
        let memory = Memory::new([(x.cast::<T>(), n)], [(y.cast::<T>(), n), (dy.cast(), n)])?;
        // SAFETY: the slices that are made are apart.
        unsafe {
            if memory.overwritten == [false] {
                op(&kernels, memory.input(0), memory.output(0), memory.output(1));
            } else {
                memory.by_copies(|[x], [y, dy]| op(&kernels, x, y, dy));
            }
        }
        Ok(())
    })
}

/// result = op(x, z), one number, of empty slices too.
pub unsafe fn reduce<T: Format, Op: Fn(&Kernels, &[T], &[T]) -> f64>(
    x: *const T::C,
    z: *const T::C,
    n: usize,
    result: *mut f64,
    options: *const Options,
    offers: Offers,
    op: impl FnOnce() -> Result<Op, Status>,
) -> Status {
    guarded(|| {
        // SAFETY: as the caller vouches.
        let (kernels, op) = unsafe { (kernels_for(options, offers)?, op()?) };
        let number = if n == 0 {
            Memory::<T, f64, 0, 1>::new([], [(result, 1)])?;
            op(&kernels, &[], &[])
        } else {
            let memory = Memory::new([(x.cast::<T>(), n), (z.cast(), n)], [(result, 1)])?.apart()?;
            // SAFETY: they are only read.
            unsafe { op(&kernels, memory.input(0), memory.input(1)) }
        };
        // SAFETY: neither null nor misaligned, and the caller's alone.
        unsafe { result.write(number) }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (C cannot make the library panic, and so no program can see this.)
    #[test]
    fn a_panic_is_a_status() {
        assert_eq!(guarded(|| panic!("as a defect would")), Status::InternalError);
    }
}
