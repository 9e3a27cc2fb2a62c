//! Tensors in every layout, and how to read them.

#![allow(dead_code)] // Each test file uses its part.

use candle_core::{DType, Device, Result, Tensor, WithDType};
use sigmoid::{Backend, Kernels};

pub const FORMATS: [DType; 4] = [DType::F32, DType::F64, DType::BF16, DType::F16];

/// Numbers of every kind, the awkward ones among others, which depend on `from`.
pub fn numbers(count: usize, from: usize) -> Vec<f64> {
    const AWKWARD: [f64; 12] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        0.0,
        1e-310,
        -1e-40,
        -104.0,
        -745.0,
        1e30,
        -1e-20,
        17.0,
    ];
    let number = |i: usize| {
        if i % 5 == 3 { AWKWARD[i / 5 % AWKWARD.len()] } else { (i * 37 % 401) as f64 * 0.05 - 10.0 }
    };
    (from..from + count).map(number).collect()
}

/// Ordinary numbers, from -8 to 8.
pub fn ordinary(count: usize, from: usize) -> Vec<f64> {
    (from..from + count).map(|i| (i * 71 % 641) as f64 * 0.025 - 8.0).collect()
}

pub fn tensor(numbers: Vec<f64>, shape: &[usize], format: DType) -> Result<Tensor> {
    Tensor::from_vec(numbers, shape, &Device::Cpu)?.to_dtype(format)
}

/// Tensors of one shape in several layouts, for several shapes.
pub fn tensors(format: DType, from: usize) -> Result<Vec<Vec<Tensor>>> {
    let new = |shape: &[usize]| tensor(numbers(shape.iter().product(), from), shape, format);
    Ok(vec![
        vec![new(&[])?],
        vec![new(&[0])?, new(&[3])?.narrow(0, 1, 0)?],
        vec![new(&[2, 0, 3])?, new(&[3, 0, 2])?.transpose(0, 2)?],
        vec![new(&[1])?, new(&[9])?.narrow(0, 5, 1)?],
        vec![new(&[1000])?, new(&[1003])?.narrow(0, 3, 1000)?, new(&[1])?.broadcast_as(1000)?],
        vec![
            new(&[40, 70])?,
            new(&[70, 40])?.t()?,
            new(&[41, 75])?.narrow(0, 1, 40)?.narrow(1, 3, 70)?,
            new(&[140, 40])?.narrow(0, 30, 70)?.t()?,
            new(&[1, 70])?.broadcast_as((40, 70))?,
            new(&[40, 1])?.broadcast_as((40, 70))?,
            new(&[])?.broadcast_as((40, 70))?,
        ],
        vec![
            new(&[300, 5])?,
            new(&[300, 8])?.narrow(1, 1, 5)?,
            new(&[5, 300])?.t()?,
            new(&[300, 1])?.broadcast_as((300, 5))?,
        ],
        vec![
            new(&[6, 4, 5, 7])?,
            new(&[4, 5, 6, 7])?.permute((2, 0, 1, 3))?,
            new(&[7, 5, 4, 6])?.permute((3, 2, 1, 0))?,
            new(&[6, 4, 9, 7])?.narrow(2, 2, 5)?,
            new(&[6, 1, 5, 1])?.broadcast_as((6, 4, 5, 7))?,
        ],
        // Shared by threads.
        vec![
            new(&[600, 700])?,
            new(&[600, 703])?.narrow(1, 2, 700)?,
            new(&[700, 600])?.t()?,
            new(&[1, 700])?.broadcast_as((600, 700))?,
        ],
    ])
}

/// The elements, in the order of the shape.
pub fn elements<T: WithDType>(x: &Tensor) -> Vec<T> {
    // (Candle panics at some views of nothing.)
    if x.elem_count() == 0 { vec![] } else { x.flatten_all().unwrap().to_vec1().unwrap() }
}

/// The elements as numbers, which every format's are.
pub fn wide(x: &Tensor) -> Vec<f64> {
    elements(&x.to_dtype(DType::F64).unwrap())
}

/// The same numbers, NaN being the same as NaN.
#[track_caller]
pub fn assert_same(what: &str, got_tensor: &Tensor, want: &[f64]) {
    let got_elements = wide(got_tensor);
    assert_eq!(got_elements.len(), want.len(), "{what}");
    for (i, (got, want)) in got_elements.iter().zip(want).enumerate() {
        let same = got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan());
        assert!(same, "{what}, {:?}: element {i} is {got} and not {want}", got_tensor.shape());
    }
}

/// The plain formulas, which share no code with the kernels: in `f64` the truth for shorter formats.
pub fn reference() -> Kernels {
    Kernels::new().backend(Backend::Scalar).unwrap()
}
