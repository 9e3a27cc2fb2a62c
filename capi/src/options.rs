//! How to compute, as C says it, and the questions about it.

use std::ffi::{CStr, c_char};
use std::ptr;

use sigmoid::Kernels;
use sigmoid::ops::SwiGlu;

use crate::status::Status;

/// How exact the results are.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accuracy {
    /// Within a few units in the last place.
    Fast = 0,
    /// The number nearest to the true value, with the same bits on every machine.
    Exact = 1,
}

/// The instructions and registers that compute.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The fastest that this CPU has.
    Fastest = 0,
    /// The scalar reference, element by element: what the others are tested against.
    Scalar = 1,
    /// What every CPU of this architecture has.
    Wide = 2,
    /// x86-64 with AVX2, FMA and F16C.
    Avx2 = 3,
    /// x86-64 with AVX-512 F, DQ, BW and VL.
    Avx512 = 4,
}

/// How to compute. SIGMOID_OPTIONS_INIT is the default; so is a null pointer. The size says which version of this
/// struct a program was compiled with, so that later versions of the library can add members.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// sizeof(sigmoid_options)
    pub size: u32,
    /// One of sigmoid_accuracy.
    pub accuracy: u32,
    /// One of sigmoid_backend.
    pub backend: u32,
    /// Other than 0: long arrays are shared among the threads of a pool, which the first such call starts and which
    /// stays, of as many threads as the environment variable RAYON_NUM_THREADS says, or the CPU has. Not after a fork.
    pub parallel: u32,
}

/// What a SwiGLU gate is: min(g, limit) s(alpha min(g, limit)) (clamp(u, -limit, limit) + offset). A null pointer means
/// { 1, INFINITY, 0 }, which is silu(g) u.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SwigluParameters {
    /// How steep the gate is: 0, or its magnitude from 2^-10 to 2^10.
    pub alpha: f32,
    /// What g and |u| count as at the most: not negative.
    pub limit: f32,
    /// What is added to u: finite.
    pub offset: f32,
}

/// The smallest and the largest magnitude of a slope.
const SLOPES: [f32; 2] = [1.0 / 1024.0, 1024.0];

/// The kernels that some options ask for, and whether they are to be Exact.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned points to as many readable bytes as the first member says.
#[inline(always)]
pub unsafe fn kernels(options: *const Options) -> Result<Kernels, Status> {
    if options.is_null() {
        return Ok(Kernels::new());
    }
    // SAFETY: as the caller vouches.
    unsafe { kernels_of(options) }
}

/// # Safety
///
/// As for [`kernels`], and the pointer is not null.
#[inline(never)]
unsafe fn kernels_of(options: *const Options) -> Result<Kernels, Status> {
    // SAFETY: as the caller vouches.
    let Options { accuracy, backend, parallel, .. } = unsafe { read(options)? };
    let accuracy = match accuracy {
        0 => sigmoid::Accuracy::Fast,
        1 => sigmoid::Accuracy::Exact,
        _ => return Err(Status::UnknownAccuracy),
    };
    let kernels = Kernels::new().accuracy(accuracy).parallel(parallel != 0);
    match backend_of(backend)? {
        None => Ok(kernels),
        Some(backend) => kernels.backend(backend).map_err(|_| Status::UnavailableBackend),
    }
}

/// The options, of a program that was compiled with an older or a newer version of them too.
///
/// # Safety
///
/// As for [`kernels_of`].
unsafe fn read(options: *const Options) -> Result<Options, Status> {
    if !options.is_aligned() {
        return Err(Status::MisalignedPointer);
    }
    const KNOWN: usize = size_of::<Options>();
    // SAFETY: the size is readable in any case.
    let size = unsafe { (*options).size } as usize;
    if size < KNOWN {
        return Err(Status::InvalidOptions);
    }
    let beyond = options.cast::<u8>().wrapping_add(KNOWN);
    // SAFETY: as many bytes are readable as the size says.
    let (known, asks_for_more) = unsafe { (*options, (0..size - KNOWN).any(|byte| *beyond.add(byte) != 0)) };
    if asks_for_more { Err(Status::InvalidOptions) } else { Ok(known) }
}

fn backend_of(number: u32) -> Result<Option<sigmoid::Backend>, Status> {
    Ok(Some(match number {
        0 => return Ok(None),
        1 => sigmoid::Backend::Scalar,
        2 => sigmoid::Backend::Wide,
        3 => sigmoid::Backend::Avx2,
        4 => sigmoid::Backend::Avx512,
        _ => return Err(Status::UnknownBackend),
    }))
}

/// A slope, if the operations are made for it.
pub fn slope_of(c: f32) -> Result<f32, Status> {
    if c == 0.0 || (SLOPES[0]..=SLOPES[1]).contains(&c.abs()) { Ok(c) } else { Err(Status::InvalidParameter) }
}

/// The gate that some parameters ask for.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned points to parameters.
pub unsafe fn gate_of(parameters: *const SwigluParameters) -> Result<SwiGlu, Status> {
    if parameters.is_null() {
        return Ok(SwiGlu::default());
    }
    if !parameters.is_aligned() {
        return Err(Status::MisalignedPointer);
    }
    // SAFETY: as the caller vouches.
    let SwigluParameters { alpha, limit, offset } = unsafe { *parameters };
    if limit >= 0.0 && offset.is_finite() {
        Ok(SwiGlu { alpha: slope_of(alpha)?, limit, offset })
    } else {
        Err(Status::InvalidParameter)
    }
}

/// The version of the library: a string that is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn sigmoid_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => panic!("a version has no zeros in it"),
        };
    VERSION.as_ptr()
}

/// The backend that SIGMOID_BACKEND_FASTEST stands for on this CPU: one of sigmoid_backend.
#[unsafe(no_mangle)]
pub extern "C" fn sigmoid_fastest_backend() -> u32 {
    let backend = match sigmoid::Backend::fastest() {
        sigmoid::Backend::Scalar => Backend::Scalar,
        sigmoid::Backend::Avx2 => Backend::Avx2,
        sigmoid::Backend::Avx512 => Backend::Avx512,
        _ => Backend::Wide,
    };
    backend as u32
}

/// Whether this CPU can run a backend: SIGMOID_STATUS_OK, SIGMOID_STATUS_UNAVAILABLE_BACKEND or
/// SIGMOID_STATUS_UNKNOWN_BACKEND.
#[unsafe(no_mangle)]
pub extern "C" fn sigmoid_backend_status(backend: u32) -> Status {
    match backend_of(backend) {
        Err(status) => status,
        Ok(Some(backend)) if !backend.is_available() => Status::UnavailableBackend,
        Ok(_) => Status::Ok,
    }
}

/// The name of a backend in lower case, a string that is never freed; null if there is no such backend.
#[unsafe(no_mangle)]
pub extern "C" fn sigmoid_backend_name(backend: u32) -> *const c_char {
    match backend_of(backend) {
        Err(_) => ptr::null(),
        Ok(None) => c"fastest".as_ptr(),
        Ok(Some(sigmoid::Backend::Scalar)) => c"scalar".as_ptr(),
        Ok(Some(sigmoid::Backend::Avx2)) => c"avx2".as_ptr(),
        Ok(Some(sigmoid::Backend::Avx512)) => c"avx512".as_ptr(),
        Ok(Some(_)) => c"wide".as_ptr(),
    }
}
