//! The operators as ONNX Runtime asks for them: names, types, and what computes.
//!
//! An operator of several types is one entry of [`ALL`] for each: ONNX Runtime puts them together by name, and refuses
//! other types by itself.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use half::{bf16, f16};
use ort_sys::ONNXTensorElementDataType::{
    self, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 as BF16, ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE as F64,
    ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT as F32, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 as F16,
};
use ort_sys::OrtCustomOpInputOutputCharacteristic::{self, INPUT_OUTPUT_REQUIRED};
use ort_sys::{
    ORT_API_VERSION, OrtApi, OrtCustomOp, OrtErrorCode, OrtKernelContext, OrtKernelInfo, OrtMemType,
    OrtStatusPtr,
};
use sigmoid::{Kernels, ops};

use crate::tensors::{self, Call};

/// An operator of one type.
#[repr(C)]
pub struct Operator {
    /// First, so that a pointer to it is one to all.
    description: OrtCustomOp,
    name: &'static CStr,
    format: ONNXTensorElementDataType,
    inputs: usize,
    compute: fn(&Call) -> Result<(), OrtStatusPtr>,
}

// SAFETY: it is never changed, and the functions may be called on any thread.
unsafe impl Sync for Operator {}

/// Expands to an operator of one input, or two.
macro_rules! operator {
    ($name:literal, $format:ident $number:ty, map $op:expr) => {
        Operator::new($name, $format, 1, |call| call.map::<$number>(|x, y| Kernels::new().map($op, x, y)))
    };
    ($name:literal, $format:ident $number:ty, zip $op:expr) => {
        Operator::new($name, $format, 2, |call| {
            call.zip::<$number>(|x, y, z| Kernels::new().zip($op, x, y, z))
        })
    };
}

/// All of them.
pub static ALL: [Operator; 16] = [
    operator!(c"Sigmoid", F32 f32, map ops::Sigmoid),
    operator!(c"Sigmoid", F64 f64, map ops::Sigmoid),
    operator!(c"Sigmoid", F16 f16, map ops::Sigmoid),
    operator!(c"Sigmoid", BF16 bf16, map ops::Sigmoid),
    operator!(c"Silu", F32 f32, map ops::Silu),
    operator!(c"Silu", F64 f64, map ops::Silu),
    operator!(c"Silu", F16 f16, map ops::Silu),
    operator!(c"Silu", BF16 bf16, map ops::Silu),
    operator!(c"Softplus", F32 f32, map ops::Softplus),
    operator!(c"Softplus", F64 f64, map ops::Softplus),
    operator!(c"Softplus", F16 f16, map ops::Softplus),
    operator!(c"Softplus", BF16 bf16, map ops::Softplus),
    operator!(c"SwiGLU", F32 f32, zip ops::SwiGlu::default()),
    operator!(c"SwiGLU", F64 f64, zip ops::SwiGlu::default()),
    operator!(c"SwiGLU", F16 f16, zip ops::SwiGlu::default()),
    operator!(c"SwiGLU", BF16 bf16, zip ops::SwiGlu::default()),
];

impl Operator {
    const fn new(
        name: &'static CStr,
        format: ONNXTensorElementDataType,
        inputs: usize,
        compute: fn(&Call) -> Result<(), OrtStatusPtr>,
    ) -> Self {
        let description = OrtCustomOp {
            version: ORT_API_VERSION,
            CreateKernel: None,
            GetName: Some(name_of),
            GetExecutionProviderType: Some(cpu),
            GetInputType: Some(format_of),
            GetInputTypeCount: Some(inputs_of),
            GetOutputType: Some(format_of),
            GetOutputTypeCount: Some(one_output),
            KernelCompute: None,
            KernelDestroy: Some(destroy),
            GetInputCharacteristic: Some(required),
            GetOutputCharacteristic: Some(required),
            GetInputMemoryType: Some(memory),
            GetVariadicInputMinArity: Some(none),
            GetVariadicInputHomogeneity: Some(none),
            GetVariadicOutputMinArity: Some(none),
            GetVariadicOutputHomogeneity: Some(none),
            CreateKernelV2: Some(create),
            KernelComputeV2: Some(compute_of),
            InferOutputShapeFn: Some(tensors::infer_shape),
            GetStartVersion: Some(first_version),
            GetEndVersion: Some(last_version),
            GetMayInplace: None,
            ReleaseMayInplace: None,
            GetAliasMap: None,
            ReleaseAliasMap: None,
        };
        Self { description, name, format, inputs, compute }
    }

    /// What ONNX Runtime is told of it.
    pub fn described(&'static self) -> *const OrtCustomOp {
        ptr::from_ref(self).cast()
    }
}

/// An operator in a session.
struct Kernel {
    api: &'static OrtApi,
    operator: &'static Operator,
}

/// The operator that a description is the beginning of.
///
/// # Safety
///
/// It is one of [`ALL`], which is all that ONNX Runtime is told of.
unsafe fn operator(description: *const OrtCustomOp) -> &'static Operator {
    // SAFETY: as the caller vouches.
    unsafe { &*description.cast() }
}

// What follows ONNX Runtime calls with descriptions that it was told of, kernels that were made for it and contexts of
// calls: this is what `SAFETY` refers to.

unsafe extern "system" fn name_of(description: *const OrtCustomOp) -> *const c_char {
    // SAFETY: see above.
    unsafe { operator(description) }.name.as_ptr()
}

/// No other provider than the CPU's.
unsafe extern "system" fn cpu(_: *const OrtCustomOp) -> *const c_char {
    ptr::null()
}

unsafe extern "system" fn format_of(description: *const OrtCustomOp, _: usize) -> ONNXTensorElementDataType {
    // SAFETY: see above.
    unsafe { operator(description) }.format
}

unsafe extern "system" fn inputs_of(description: *const OrtCustomOp) -> usize {
    // SAFETY: see above.
    unsafe { operator(description) }.inputs
}

unsafe extern "system" fn one_output(_: *const OrtCustomOp) -> usize {
    1
}

unsafe extern "system" fn required(_: *const OrtCustomOp, _: usize) -> OrtCustomOpInputOutputCharacteristic {
    INPUT_OUTPUT_REQUIRED
}

unsafe extern "system" fn memory(_: *const OrtCustomOp, _: usize) -> OrtMemType {
    OrtMemType::OrtMemTypeDefault
}

unsafe extern "system" fn none(_: *const OrtCustomOp) -> c_int {
    0
}

unsafe extern "system" fn first_version(_: *const OrtCustomOp) -> c_int {
    1
}

unsafe extern "system" fn last_version(_: *const OrtCustomOp) -> c_int {
    c_int::MAX
}

unsafe extern "system" fn create(
    description: *const OrtCustomOp,
    api: *const OrtApi,
    _: *const OrtKernelInfo,
    kernel: *mut *mut c_void,
) -> OrtStatusPtr {
    // SAFETY: see above. The table lives as long as ONNX Runtime does.
    unsafe {
        let made = Kernel { api: &*api, operator: operator(description) };
        kernel.write(Box::into_raw(Box::new(made)).cast());
    }
    OrtStatusPtr::default()
}

unsafe extern "system" fn destroy(kernel: *mut c_void) {
    // SAFETY: see above: it was made by `create`, and this is its end.
    drop(unsafe { Box::from_raw(kernel.cast::<Kernel>()) });
}

unsafe extern "system" fn compute_of(kernel: *mut c_void, context: *mut OrtKernelContext) -> OrtStatusPtr {
    // SAFETY: see above.
    let Kernel { api, operator } = unsafe { &*kernel.cast::<Kernel>() };
    let call = Call { api, context };
    // (No kernel panics with slices of one length. If one did, it must not leave through C.)
    let result = catch_unwind(AssertUnwindSafe(|| (operator.compute)(&call)));
    match result {
        Ok(result) => result.err().unwrap_or_default(),
        Err(_) => tensors::status(api, OrtErrorCode::ORT_RUNTIME_EXCEPTION, "a kernel of sigmoid panicked"),
    }
}
