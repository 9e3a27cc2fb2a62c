//! bf16 and f16 as elements.

use half::{bf16, f16};
use ndarray::{Array2, s};
use sigmoid::{Kernels, ops};
use sigmoid_ndarray::{KernelsExt, SigmoidExt};

#[test]
fn to_the_same_and_to_f32() {
    let kernels = Kernels::new();
    let numbers = Array2::from_shape_fn((256, 256), |(i, j)| (i * 256 + j) as u16);
    let x = numbers.mapv(bf16::from_bits);
    let x = x.slice(s![.., ..;-3]);
    let y = x.sigmoid();
    let wide = kernels.map_array::<_, f32, _, _>(ops::Silu, &x);
    for ((&x, y), wide) in x.iter().zip(&y).zip(&wide) {
        assert_eq!(y.to_bits(), kernels.value::<_, bf16, _>(ops::Sigmoid, x).to_bits());
        assert_eq!(wide.to_bits(), kernels.value::<_, f32, _>(ops::Silu, x).to_bits());
    }

    let mut x = numbers.mapv(f16::from_bits);
    let want = x.mapv(|x| kernels.value::<_, f16, _>(ops::SigmoidDerivative, x).to_bits());
    kernels.map_array_in_place(ops::SigmoidDerivative, &mut x);
    assert_eq!(x.mapv(f16::to_bits), want);
}
