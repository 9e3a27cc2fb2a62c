//! XNNPACK, the kernels under TensorFlow Lite and a part of PyTorch: the one to beat.

use std::ffi::{c_int, c_void};
use std::ptr::{self, NonNull};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance, slices};
use crate::session::threads as number_of;

/// `xnn_create_sigmoid_nc_f32`
pub struct Xnnpack;

unsafe extern "C" {
    fn peers_xnnpack_new(threads: usize) -> *mut c_void;
    fn peers_xnnpack_sigmoid_f32(operator: *mut c_void, x: *const f32, y: *mut f32, n: usize) -> c_int;
    fn peers_xnnpack_silu_f32(
        operator: *mut c_void,
        x: *const f32,
        u: *const f32,
        y: *mut f32,
        n: usize,
    ) -> c_int;
    fn peers_xnnpack_delete(operator: *mut c_void);
}

/// An operator, with its pool of threads.
struct Operator(NonNull<c_void>);

impl Operator {
    fn new(threads: usize) -> Option<Self> {
        // SAFETY: any number is allowed.
        NonNull::new(unsafe { peers_xnnpack_new(threads) }).map(Self)
    }

    fn forward(&self, x: &[f32], y: &mut [f32]) {
        assert_eq!(x.len(), y.len());
        // SAFETY: the operator is alive and used by this thread alone (a pointer makes it neither `Send`
        // nor `Sync`); both slices are n long and do not overlap.
        let status =
            unsafe { peers_xnnpack_sigmoid_f32(self.0.as_ptr(), x.as_ptr(), y.as_mut_ptr(), y.len()) };
        assert_eq!(status, 0, "XNNPACK runs what it has made");
    }

    /// silu(x), times u if there is one.
    fn silu(&self, x: &[f32], u: Option<&[f32]>, y: &mut [f32]) {
        assert!(x.len() == y.len() && u.is_none_or(|u| u.len() == y.len()));
        let factor = u.map_or(ptr::null(), <[f32]>::as_ptr);
        // SAFETY: as above, and a null pointer stands for no factor.
        let status =
            unsafe { peers_xnnpack_silu_f32(self.0.as_ptr(), x.as_ptr(), factor, y.as_mut_ptr(), y.len()) };
        assert_eq!(status, 0, "XNNPACK runs what it has made");
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // SAFETY: made by `peers_xnnpack_new`, and deleted once.
        unsafe { peers_xnnpack_delete(self.0.as_ptr()) }
    }
}

impl Peer for Xnnpack {
    fn name(&self) -> String {
        "XNNPACK".into()
    }

    fn version(&self) -> String {
        concat!("XNNPACK ", env!("VERSION_XNNPACK")).into()
    }

    fn note(&self) -> String {
        "`xnn_create_sigmoid_nc_f32`, made once; each call sets it up for its slices and runs it. Its choice for \
         this CPU, its own threads (pthreadpool). The library cannot tell its version: that of Debian's package. \
         In place is not documented; no f64, no derivative. silu and swiglu are the operators of s and of a product, one \
         after the other: it has no other"
            .into()
    }

    fn tolerance(&self, _: Operation) -> Tolerance {
        Tolerance { ulp: 4.0, absolute: 1e-30, why: "it promises nothing; 3.5 ULP are known of it" }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        let operator = Operator::new(number_of(threads))?;
        match operation {
            Operation::Forward => Some(slices(move |x, y| operator.forward(x, y))),
            // (The newer interface of a product has not been tried.)
            _ if !cfg!(xnnpack_multiplies) => None,
            Operation::Silu => Some(slices(move |x, y| operator.silu(x, None, y))),
            Operation::Swiglu => threads.pairs(move |g, u, y| operator.silu(g, Some(u), y)),
            _ => None,
        }
    }

    fn has_threads(&self) -> bool {
        true
    }
}
