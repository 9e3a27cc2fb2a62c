//! The kernels of the crate `sigmoid` as custom operators of ONNX Runtime.
//!
//! The shared library that this is compiled to has one function, [`RegisterCustomOps`], which ONNX Runtime calls when a
//! session is told of the library (`SessionOptions.register_custom_ops_library` in Python). From then on the session
//! knows the domain `sigmoid` with the operators `Sigmoid`, `Silu`, `Softplus` and `SwiGLU`.
//!
//! `operators` is what ONNX Runtime asks of an operator, `tensors` how the call reaches slices.

mod operators;
mod tensors;

use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::Ordering;

use ort_sys::{ORT_API_VERSION, OrtApi, OrtApiBase, OrtErrorCode, OrtSessionOptions, OrtStatusPtr};

/// The domain of the operators.
const DOMAIN: &CStr = c"sigmoid";

/// What an ONNX Runtime is told that has no table of [`ORT_API_VERSION`].
const TOO_OLD: &CStr = c"the operators of sigmoid need ONNX Runtime 1.17 or newer";
const _: () = assert!(ORT_API_VERSION == 17);

/// Adds the operators to the session that these options are for.
///
/// An ONNX Runtime that is older than 1.17 does not have what the operators need: it is told so.
///
/// # Safety
///
/// As ONNX Runtime calls it: both point to what their types say.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RegisterCustomOps(
    options: *mut OrtSessionOptions,
    base: *const OrtApiBase,
) -> OrtStatusPtr {
    // SAFETY: as the caller vouches. The table lives as long as ONNX Runtime does.
    let api: Option<&'static OrtApi> = unsafe { ((*base).GetApi)(ORT_API_VERSION).as_ref() };
    let Some(api) = api else {
        // SAFETY: as the caller vouches. Every ONNX Runtime has the first table, which has the beginning of all others,
        // and no more of it is read. The message ends with a zero, and is copied.
        return unsafe {
            let first = ((*base).GetApi)(1);
            ((*first).CreateStatus)(OrtErrorCode::ORT_NOT_IMPLEMENTED, TOO_OLD.as_ptr())
        };
    };
    tensors::API.store(ptr::from_ref(api).cast_mut(), Ordering::Release);
    // SAFETY: as above.
    unsafe { register(api, options) }.err().unwrap_or_default()
}

/// # Safety
///
/// `options` is what its type says.
unsafe fn register(api: &'static OrtApi, options: *mut OrtSessionOptions) -> Result<(), OrtStatusPtr> {
    let mut domain = ptr::null_mut();
    // SAFETY: the name ends with a zero. The domain is never released: the session uses it to its end, which nobody
    // tells of; it is a few pointers.
    tensors::checked(unsafe { (api.CreateCustomOpDomain)(DOMAIN.as_ptr(), &mut domain) })?;
    for operator in &operators::ALL {
        // SAFETY: the domain was just made, and operators are static.
        tensors::checked(unsafe { (api.CustomOpDomain_Add)(domain, operator.described()) })?;
    }
    // SAFETY: as the caller vouches.
    tensors::checked(unsafe { (api.AddCustomOpDomain)(options, domain) })
}
