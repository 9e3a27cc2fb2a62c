//! A call's tensors as slices, and its errors as ONNX Runtime's.

use std::ffi::CString;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::{mem, ptr, slice};

use ort_sys::{
    OrtApi, OrtCustomOp, OrtErrorCode, OrtKernelContext, OrtShapeInferContext, OrtStatusPtr,
    OrtTensorTypeAndShapeInfo, OrtValue,
};

/// Turns a status into a result.
pub fn checked(status: OrtStatusPtr) -> Result<(), OrtStatusPtr> {
    if status.0.is_null() { Ok(()) } else { Err(status) }
}

/// An error in ONNX Runtime's words and ours.
pub fn status(api: &OrtApi, code: OrtErrorCode, message: &str) -> OrtStatusPtr {
    let message = CString::new(message).expect("no zeros in messages");
    // SAFETY: the message ends with a zero, and is copied.
    unsafe { (api.CreateStatus)(code, message.as_ptr()) }
}

/// A call of an operator.
pub struct Call {
    pub api: &'static OrtApi,
    /// ONNX Runtime's, for the time of the call.
    pub context: *mut OrtKernelContext,
}

/// An input: its shape and its first element.
struct Input<T> {
    shape: Vec<i64>,
    elements: usize,
    data: *const T,
}

impl Call {
    /// Computes an operator of one input. `T` must be the type that the operator was registered with.
    pub fn map<T>(&self, compute: impl FnOnce(&[T], &mut [T])) -> Result<(), OrtStatusPtr> {
        let x = self.input(0)?;
        let y = self.output(&x)?;
        if x.elements > 0 {
            // SAFETY: of the same type and number of elements by registration and by shape, aligned as `input` and
            // `output` have seen. ONNX Runtime lets results lie over inputs only where an operator says that it may.
            unsafe {
                compute(slice::from_raw_parts(x.data, x.elements), slice::from_raw_parts_mut(y, x.elements));
            }
        }
        Ok(())
    }

    /// Of two inputs, which must have one shape.
    pub fn zip<T>(&self, compute: impl FnOnce(&[T], &[T], &mut [T])) -> Result<(), OrtStatusPtr> {
        let (x, y) = (self.input(0)?, self.input(1)?);
        if x.shape != y.shape {
            let message = format!(
                "the inputs must have one shape, but the first has {:?} and the second {:?}",
                x.shape, y.shape
            );
            return Err(status(self.api, OrtErrorCode::ORT_INVALID_ARGUMENT, &message));
        }
        let z = self.output(&x)?;
        if x.elements > 0 {
            // SAFETY: as in `map`. (Two inputs may be one tensor: they are only read.)
            unsafe {
                compute(
                    slice::from_raw_parts(x.data, x.elements),
                    slice::from_raw_parts(y.data, x.elements),
                    slice::from_raw_parts_mut(z, x.elements),
                );
            }
        }
        Ok(())
    }

    fn input<T>(&self, index: usize) -> Result<Input<T>, OrtStatusPtr> {
        let api = self.api;
        let (mut value, mut info, mut data) = (ptr::null(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the context is that of this call, and has as many inputs as the operator.
        unsafe {
            checked((api.KernelContext_GetInput)(self.context, index, &mut value))?;
            checked((api.GetTensorTypeAndShape)(value, &mut info))?;
        }
        // SAFETY: it was just made.
        let shape = unsafe { shape(api, info) };
        // SAFETY: as above; nothing refers to it from here on.
        unsafe { (api.ReleaseTensorTypeAndShapeInfo)(info) };
        let (shape, elements) = shape?;
        // SAFETY: nothing is written to it: that the function takes what can be written is its own way.
        checked(unsafe { (api.GetTensorMutableData)(value.cast_mut(), &mut data) })?;
        Ok(Input { shape, elements, data: self.aligned(data.cast::<T>(), elements)? })
    }

    /// The first element of the result, which has the shape of an input.
    fn output<T>(&self, input: &Input<T>) -> Result<*mut T, OrtStatusPtr> {
        let mut value: *mut OrtValue = ptr::null_mut();
        let mut data = ptr::null_mut();
        let shape = &input.shape;
        // SAFETY: as in `input`.
        unsafe {
            checked((self.api.KernelContext_GetOutput)(
                self.context,
                0,
                shape.as_ptr(),
                shape.len(),
                &mut value,
            ))?;
            checked((self.api.GetTensorMutableData)(value, &mut data))?;
        }
        self.aligned(data.cast(), input.elements)
    }

    /// Memory that a user has bound can begin anywhere.
    fn aligned<T>(&self, data: *mut T, elements: usize) -> Result<*mut T, OrtStatusPtr> {
        if elements == 0 || data.is_aligned() {
            return Ok(data);
        }
        let message =
            format!("a tensor is not aligned to the {} bytes of its elements", mem::align_of::<T>());
        Err(status(self.api, OrtErrorCode::ORT_INVALID_ARGUMENT, &message))
    }
}

/// The lengths of all dimensions, and the number of elements.
///
/// # Safety
///
/// `info` is what its type says.
unsafe fn shape(
    api: &OrtApi,
    info: *const OrtTensorTypeAndShapeInfo,
) -> Result<(Vec<i64>, usize), OrtStatusPtr> {
    let (mut rank, mut elements) = (0, 0);
    // SAFETY: as the caller vouches; there is room for as many numbers as there are.
    unsafe {
        checked((api.GetDimensionsCount)(info, &mut rank))?;
        let mut shape = vec![0; rank];
        checked((api.GetDimensions)(info, shape.as_mut_ptr(), rank))?;
        checked((api.GetTensorShapeElementCount)(info, &mut elements))?;
        Ok((shape, elements))
    }
}

/// The table of functions: what ONNX Runtime calls before a session is there does not bring it along.
pub static API: AtomicPtr<OrtApi> = AtomicPtr::new(ptr::null_mut());

/// The result has the shape of the first input, as far as it is known before a model runs. (Its type is known already.)
///
/// # Safety
///
/// As ONNX Runtime calls it, of an operator that it was told of.
pub unsafe extern "system" fn infer_shape(
    _: *const OrtCustomOp,
    context: *mut OrtShapeInferContext,
) -> OrtStatusPtr {
    // SAFETY: it was stored before ONNX Runtime was told of any operator, and lives as long as ONNX Runtime does.
    let api = unsafe { &*API.load(Ordering::Acquire) };
    // SAFETY: as the caller vouches.
    unsafe { infer(api, context) }.err().unwrap_or_default()
}

/// # Safety
///
/// As above.
unsafe fn infer(api: &OrtApi, context: *mut OrtShapeInferContext) -> Result<(), OrtStatusPtr> {
    let (mut info, mut rank) = (ptr::null_mut(), 0);
    // SAFETY: as the caller vouches. (The shape is the context's, which releases it.)
    unsafe {
        checked((api.ShapeInferContext_GetInputTypeShape)(context, 0, &mut info))?;
        checked((api.GetDimensionsCount)(info, &mut rank))?;
        // ONNX Runtime 1.17 says so of a shape that it does not know, too, and would then insist on it.
        if rank == 0 {
            return Ok(());
        }
        checked((api.ShapeInferContext_SetOutputTypeShape)(context, 0, info))
    }
}
