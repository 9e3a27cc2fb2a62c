//! The contenders written in C and C++, with the feature `foreign`: a file for each, around a shim in
//! `peers/foreign/` that `build.rs` compiles. The libraries are Debian's packages
//! (`peers/foreign/install.sh`).

mod eigen;
mod gcc;
mod onednn;
mod sleef;
mod xnnpack;

use std::ffi::{CStr, c_char};

use crate::peer::{Kernel, Operation, Peer, Threads};

/// All that this CPU runs.
pub fn all() -> Vec<Box<dyn Peer>> {
    let mut peers: Vec<Box<dyn Peer>> = vec![Box::new(xnnpack::Xnnpack), Box::new(onednn::Onednn)];
    peers.extend(sleef::all());
    peers.push(Box::new(eigen::Eigen));
    peers.extend(gcc::all());
    peers
}

/// A C function that reads n numbers at the first address and writes n results to the second.
///
/// The functions of this type never unwind, keep no pointer, and read and write nothing else; those
/// that [`Function::in_place`] is asked for allow both addresses to be the same.
type Address<T> = unsafe extern "C" fn(*const T, *mut T, usize);

/// Such a function that this CPU runs.
#[derive(Clone, Copy)]
struct Function<T>(Address<T>);

impl<T: Copy + Send + Sync + 'static> Function<T> {
    /// # Safety
    ///
    /// The function does what [`Address`] says, and this CPU has the instructions that it uses.
    unsafe fn new(function: Address<T>) -> Self {
        Self(function)
    }

    /// Its kernel out of place.
    fn out_of_place(self, threads: Threads) -> Box<dyn Kernel<T>> {
        threads.slices(move |x: &[T], y: &mut [T]| {
            assert_eq!(x.len(), y.len());
            // SAFETY: both slices are n long and do not overlap; the rest is the promise of `new`.
            unsafe { (self.0)(x.as_ptr(), y.as_mut_ptr(), y.len()) }
        })
    }

    /// Its kernel in place.
    fn in_place(self, threads: Threads) -> Box<dyn Kernel<T>> {
        threads.in_place(move |y: &mut [T]| {
            let both = y.as_mut_ptr();
            // SAFETY: the slice is n long; the rest is the promise of `new`.
            unsafe { (self.0)(both, both, y.len()) }
        })
    }

    /// Its kernel, if it is the sigmoid and works in place too.
    fn forward(self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<T>>> {
        match operation {
            Operation::Forward => Some(self.out_of_place(threads)),
            Operation::ForwardInPlace => Some(self.in_place(threads)),
            _ => None,
        }
    }
}

/// The same of two inputs: n numbers at each of the first two addresses, n results at the third.
type AddressOfTwo = unsafe extern "C" fn(*const f32, *const f32, *mut f32, usize);

/// The kernel of such a function.
///
/// # Safety
///
/// The function does what [`AddressOfTwo`] says, never unwinds, and this CPU has the instructions that it uses.
unsafe fn of_two(function: AddressOfTwo, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
    threads.pairs(move |a: &[f32], b: &[f32], y: &mut [f32]| {
        assert!(a.len() == y.len() && b.len() == y.len());
        // SAFETY: all three are n long and do not overlap; the rest is the caller's promise.
        unsafe { function(a.as_ptr(), b.as_ptr(), y.as_mut_ptr(), y.len()) }
    })
}

/// The text that a shim gives.
///
/// # Safety
///
/// The function returns a text that ends in 0 and lives as long as the program.
unsafe fn text(of: unsafe extern "C" fn() -> *const c_char) -> &'static str {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(of()) }.to_str().expect("ASCII")
}
