//! The ufuncs: which there are, what each is made of and says of itself, and how NumPy gets to know them.

use std::ffi::{CString, c_char, c_int, c_void};

use half::{bf16, f16};
use numpy::npyffi::{NPY_TYPES, PY_UFUNC_API, PyUFuncObject};
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sigmoid::bounds::{self, EXACT, Stated};
use sigmoid::ops::{self, Map, Zip};
use sigmoid::{Accuracy, Backend, Kernels};

use crate::loops::{Loop, OfOne, OfTwo, converted_of_one, converted_of_two, of_one, of_two};
use crate::memory::Truth;

/// A loop and its data.
type Work = (Loop, *mut c_void);

/// A loop, for inputs and output of these types, and its data.
struct Entry {
    input: NPY_TYPES,
    output: NPY_TYPES,
    work: Loop,
    data: *mut c_void,
}

/// A ufunc to be.
struct Ufunc {
    inputs: c_int,
    loops: Vec<Entry>,
    /// That of `bfloat16`, a type that NumPy gets to know from another module.
    bf16: Work,
    bounds: Bounds,
}

/// The largest errors, in units in the last place.
#[derive(Clone, Copy)]
struct Bounds {
    f16: f64,
    bf16: f64,
    f32: f64,
    f64: f64,
}

impl Bounds {
    /// Of an operation whose results in half precision are those in `f32`, rounded once more: a unit of these is 2^-13
    /// of one of `f16`, and less of one of `bf16`.
    fn rounded(f32: f64, f64: f64) -> Self {
        let half = |unit: f64| EXACT + f32 * unit;
        Self { f16: half(1.0 / 8192.0), bf16: half(1.0 / 65536.0), f32, f64 }
    }

    fn stated(stated: Stated) -> Self {
        let backend = Kernels::new().selected_backend();
        Self::rounded(stated.f32.on(backend), stated.f64.on(backend))
    }

    /// The same, where results in half precision are correctly rounded.
    fn with_exact_halves(self) -> Self {
        Self { f16: EXACT, bf16: EXACT, ..self }
    }
}

/// NumPy keeps pointers to all that a ufunc is made of, for as long as the process lives.
fn kept<T>(value: T) -> *mut c_void {
    Box::into_raw(Box::new(value)).cast()
}

/// Expands to the loops of the integers, which count as `f64`: without them an integer of 8 bits would be an `f16`.
/// They stand behind the others, for where there is no loop of the very types NumPy takes the first that holds all
/// values, and polars asks for the first output that does.
macro_rules! integers {
    ($work:ident, $data:expr) => {{
        use NPY_TYPES::*;
        let data = $data;
        let entry = |input, work: Loop| Entry { input, output: NPY_DOUBLE, work, data };
        vec![
            entry(NPY_BOOL, $work::<Truth, f64>),
            entry(NPY_BYTE, $work::<i8, f64>),
            entry(NPY_UBYTE, $work::<u8, f64>),
            entry(NPY_SHORT, $work::<i16, f64>),
            entry(NPY_USHORT, $work::<u16, f64>),
            entry(NPY_INT, $work::<i32, f64>),
            entry(NPY_UINT, $work::<u32, f64>),
            entry(NPY_LONG, long!($work, i32, i64)),
            entry(NPY_ULONG, long!($work, u32, u64)),
            entry(NPY_LONGLONG, $work::<i64, f64>),
            entry(NPY_ULONGLONG, $work::<u64, f64>),
        ]
    }};
}

/// Expands to the loop of C's `long`, of 4 bytes or 8.
macro_rules! long {
    ($work:ident, $short:ty, $long:ty) => {
        if size_of::<std::ffi::c_long>() == 4 { $work::<$short, f64> } else { $work::<$long, f64> }
    };
}

/// The loops of floating-point numbers, and behind them those of the integers.
fn with_integers([half, single, double]: [Work; 3], integers: Vec<Entry>) -> Vec<Entry> {
    use NPY_TYPES::{NPY_DOUBLE, NPY_FLOAT, NPY_HALF};
    let of_float = |(float, (work, data))| Entry { input: float, output: float, work, data };
    let floats = [(NPY_HALF, half), (NPY_FLOAT, single), (NPY_DOUBLE, double)];
    floats.map(of_float).into_iter().chain(integers).collect()
}

/// An operation on one input.
fn one<Op>(accuracy: Accuracy, bounds: Bounds) -> Ufunc
where
    Op: Map<f32> + Map<f64> + Map<f16> + Map<bf16> + Default,
{
    let half = (of_one::<f16> as Loop, kept(OfOne::<f16>::new::<Op>(accuracy)));
    let bf16 = (of_one::<bf16> as Loop, kept(OfOne::<bf16>::new::<Op>(accuracy)));
    let single = (of_one::<f32> as Loop, kept(OfOne::<f32>::new::<Op>(accuracy)));
    let double = kept(OfOne::<f64>::new::<Op>(accuracy));
    let floats = [half, single, (of_one::<f64> as Loop, double)];
    Ufunc { inputs: 1, loops: with_integers(floats, integers!(converted_of_one, double)), bf16, bounds }
}

/// An operation on two inputs.
fn two<Op>(stated: Stated) -> Ufunc
where
    Op: Zip<f32> + Zip<f64> + Zip<f16> + Zip<bf16> + Default,
{
    let half = (of_two::<f16> as Loop, kept(OfTwo::<f16>::new::<Op>()));
    let bf16 = (of_two::<bf16> as Loop, kept(OfTwo::<bf16>::new::<Op>()));
    let single = (of_two::<f32> as Loop, kept(OfTwo::<f32>::new::<Op>()));
    let double = kept(OfTwo::<f64>::new::<Op>());
    let floats = [half, single, (of_two::<f64> as Loop, double)];
    let loops = with_integers(floats, integers!(converted_of_two, double));
    Ufunc { inputs: 2, loops, bf16, bounds: Bounds::stated(stated) }
}

/// The bounds of the sigmoid or its derivative.
fn of_kernels(accuracy: Accuracy, f32: fn(&Kernels) -> f64, f64: fn(&Kernels) -> f64) -> Bounds {
    let kernels = Kernels::new().accuracy(accuracy);
    Bounds::rounded(f32(&kernels), f64(&kernels))
}

/// All of them, by name, and what each computes in words.
fn all() -> Vec<(&'static str, Ufunc, &'static str)> {
    let sigmoid = |accuracy| {
        let bounds = of_kernels(accuracy, bounds::forward::<f32>, bounds::forward::<f64>);
        one::<ops::Sigmoid>(accuracy, bounds.with_exact_halves())
    };
    let derivative = |accuracy| {
        let bounds = of_kernels(accuracy, bounds::derivative::<f32>, bounds::derivative::<f64>);
        one::<ops::SigmoidDerivative>(accuracy, bounds.with_exact_halves())
    };
    vec![
        (
            "sigmoid",
            sigmoid(Accuracy::Fast),
            "The logistic sigmoid s(x) = 1 / (1 + exp(-x)), element by element.\n\n\
            sigmoid(-inf) = 0, sigmoid(0) = 0.5 and sigmoid(inf) = 1. Subnormal results are kept.",
        ),
        (
            "sigmoid_derivative",
            derivative(Accuracy::Fast),
            "The derivative s'(x) = s(x) (1 - s(x)) of the logistic sigmoid, element by element, from the input x.\n\n\
            Nothing cancels: far from 0 it has as many digits as elsewhere, where s (1 - s) has none.",
        ),
        (
            "sigmoid_exact",
            sigmoid(Accuracy::Exact),
            "The logistic sigmoid s(x) = 1 / (1 + exp(-x)), correctly rounded, element by element.\n\n\
            Every result is the number nearest to the true value: the same bits on every machine.",
        ),
        (
            "sigmoid_derivative_exact",
            derivative(Accuracy::Exact),
            "The derivative s'(x) = s(x) (1 - s(x)) of the logistic sigmoid, correctly rounded, element by element.\n\n\
            Every result is the number nearest to the true value: the same bits on every machine.",
        ),
        (
            "silu",
            one::<ops::Silu>(Accuracy::Fast, Bounds::stated(bounds::SILU).with_exact_halves()),
            "The sigmoid linear unit, or swish, x s(x), element by element.",
        ),
        (
            "quick_gelu",
            one::<ops::QuickGelu>(Accuracy::Fast, Bounds::stated(bounds::QUICK_GELU).with_exact_halves()),
            "x s(1.702 x), an approximation of the Gaussian error linear unit, element by element.",
        ),
        (
            "gelu_tanh",
            one::<ops::GeluTanh>(Accuracy::Fast, Bounds::stated(bounds::GELU_TANH)),
            "The Gaussian error linear unit by way of tanh, x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), element by \
            element.",
        ),
        (
            "tanh",
            one::<ops::Tanh>(Accuracy::Fast, Bounds::stated(bounds::TANH).with_exact_halves()),
            "The hyperbolic tangent, element by element.",
        ),
        (
            "softplus",
            one::<ops::Softplus>(Accuracy::Fast, Bounds::stated(bounds::SOFTPLUS)),
            "ln(1 + exp(x)), the smooth max(x, 0), element by element.",
        ),
        (
            "log_sigmoid",
            one::<ops::LogSigmoid>(Accuracy::Fast, Bounds::stated(bounds::SOFTPLUS)),
            "ln s(x) = -ln(1 + exp(-x)), element by element.",
        ),
        (
            "logit",
            one::<ops::Logit>(Accuracy::Fast, Bounds::stated(bounds::LOGIT)),
            "ln(p / (1 - p)), the inverse of the sigmoid, element by element.\n\n\
            logit(0) = -inf, logit(1) = inf, and outside of [0, 1] it is NaN.",
        ),
        (
            "swiglu",
            two::<ops::SwiGlu>(bounds::SWIGLU),
            "The gated linear unit of SiLU, gate s(gate) up, element by element, of a gate and of what passes it.",
        ),
        (
            "glu",
            two::<ops::Glu>(bounds::GLU),
            "The gated linear unit a s(b), element by element, of what passes, a, and of a gate b.",
        ),
        (
            "bce_with_logits",
            two::<ops::BceWithLogits>(bounds::BCE_WITH_LOGITS),
            "The binary cross entropy max(x, 0) - x z + ln(1 + exp(-|x|)) of a logit x and a label z in [0, 1], \
            element by element.\n\n\
            Nothing cancels: a loss has all its digits down to the smallest number. (Of a label outside of [0, 1] \
            the result is some number.)",
        ),
    ]
}

/// What `help` shows below the signature, which NumPy writes.
fn doc(name: &str, words: &str, ufunc: &Ufunc) -> String {
    let Bounds { f16, bf16, f32, f64 } = ufunc.bounds;
    let shapes = if ufunc.inputs == 1 {
        "x : array_like, of any shape\n    \
        float16, bfloat16 (of ml_dtypes), float32 or float64; integers and truth values count as float64.\n\n\
        Returns\n-------\nndarray or scalar\n    Of the shape and dtype of x."
    } else {
        "x1, x2 : array_like, of shapes that broadcast\n    \
        float16, bfloat16 (of ml_dtypes), float32 or float64; integers and truth values count as float64.\n\n\
        Returns\n-------\nndarray or scalar\n    Of the shape that the two broadcast to, and of the dtype that holds \
        both."
    };
    let bound =
        |bound: f64| if bound > EXACT && bound < 0.51 { "0.501".to_owned() } else { format!("{bound}") };
    format!(
        "{words}\n\nParameters\n----------\n{shapes}\n\nNotes\n-----\n\
        Largest error, in units in the last place: float32 {}, float64 {}, float16 {}, bfloat16 {}\n\
        (on this machine: {}; sigmoid.bounds[\"{name}\"]).\n\n\
        NaN gives NaN, and nothing raises a warning. An element's result has the same bits at any position, shape,\n\
        stride and number of threads.\n",
        bound(f32),
        bound(f64),
        bound(f16),
        bound(bf16),
        backend(),
    )
}

/// The instructions that calls use, for people.
fn backend() -> Backend {
    Kernels::new().selected_backend()
}

fn c_string(text: String) -> *const c_char {
    CString::new(text).expect("there is no zero byte in it").into_raw()
}

impl Ufunc {
    /// Makes it, for ever.
    fn make<'py>(self, py: Python<'py>, name: &str, words: &str) -> PyResult<Bound<'py, PyAny>> {
        let doc = c_string(doc(name, words, &self));
        let mut functions: Vec<_> = self.loops.iter().map(|entry| Some(entry.work)).collect();
        let mut data: Vec<_> = self.loops.iter().map(|entry| entry.data).collect();
        let mut types: Vec<c_char> = Vec::new();
        for entry in &self.loops {
            types.extend(vec![entry.input as c_char; self.inputs as usize]);
            types.push(entry.output as c_char);
        }
        let count = self.loops.len() as c_int;
        /// No operation has an identity.
        const NO_IDENTITY: c_int = -1;
        // SAFETY: a loop for each data and each row of types, of three operands or two; all of it is kept for ever. The
        // call gives a new reference or sets an error.
        let ufunc = unsafe {
            let ufunc = PY_UFUNC_API.PyUFunc_FromFuncAndData(
                py,
                functions.as_mut_ptr(),
                data.as_mut_ptr(),
                types.as_mut_ptr(),
                count,
                self.inputs,
                1,
                NO_IDENTITY,
                c_string(name.to_owned()),
                doc,
                0,
            );
            Bound::from_owned_ptr_or_err(py, ufunc)?
        };
        std::mem::forget((functions, data, types));
        Ok(ufunc)
    }
}

/// The number by which NumPy knows `bfloat16`, if ml_dtypes is installed.
fn number_of_bf16(py: Python<'_>) -> PyResult<Option<c_int>> {
    let ml_dtypes = match py.import("ml_dtypes") {
        Ok(module) => module,
        Err(error) if error.is_instance_of::<PyImportError>(py) => return Ok(None),
        Err(error) => return Err(error),
    };
    let dtype = py.import("numpy")?.getattr("dtype")?.call1((ml_dtypes.getattr("bfloat16")?,))?;
    Ok(Some(dtype.getattr("num")?.extract()?))
}

/// Puts a dict of all ufuncs into the module, and `bounds`. (They are no attributes of it, for `pickle` would find them
/// here, and not in the package where users do.)
pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let bf16 = number_of_bf16(py)?;
    let (ufuncs, bounds_of_all) = (PyDict::new(py), PyDict::new(py));
    for (name, ufunc, words) in all() {
        let bounds = PyDict::new(py);
        let Bounds { f16, bf16: of_bf16, f32, f64 } = ufunc.bounds;
        for (dtype, bound) in [("float16", f16), ("bfloat16", of_bf16), ("float32", f32), ("float64", f64)] {
            bounds.set_item(dtype, bound)?;
        }
        bounds_of_all.set_item(name, bounds)?;

        let ((work, data), operands) = (ufunc.bf16, ufunc.inputs as usize + 1);
        let made = ufunc.make(py, name, words)?;
        if let Some(number) = bf16 {
            let mut types = vec![number; operands];
            // SAFETY: a ufunc of so many operands; NumPy copies the types. (It sets an error, or does not.)
            let status = unsafe {
                PY_UFUNC_API.PyUFunc_RegisterLoopForType(
                    py,
                    made.as_ptr().cast::<PyUFuncObject>(),
                    number,
                    Some(work),
                    types.as_mut_ptr(),
                    data,
                )
            };
            if status < 0 {
                return Err(PyErr::fetch(py));
            }
        }
        ufuncs.set_item(name, made)?;
    }
    module.add("ufuncs", ufuncs)?;
    module.add("bounds", bounds_of_all)
}
