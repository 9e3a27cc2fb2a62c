//! What goes wrong, in candle's own words, and nothing is written: the table of the README.

mod support;

use candle_core::{
    CudaStorage, CustomOp1, CustomOp2, DType, Device, Error, InplaceOp1, Layout, MetalStorage, Result, Tensor,
};
use sigmoid_candle::{BceWithLogits, Sigmoid, SwiGlu};
use support::{assert_same, ordinary, tensor, wide};

fn message<T>(result: Result<T>) -> String {
    fn root(error: Error) -> Error {
        match error {
            Error::WithBacktrace { inner, .. } => root(*inner),
            other => other,
        }
    }
    root(result.err().expect("an error")).to_string()
}

fn zeros(shape: &[usize], format: DType) -> Tensor {
    Tensor::zeros(shape, format, &Device::Cpu).unwrap()
}

#[test]
fn formats_that_there_are_not() {
    for format in [DType::U8, DType::U32, DType::I64] {
        let x = zeros(&[3], format);
        let says = |op: &str| format!("unsupported dtype {format:?} for op {op}");
        assert_eq!(message(sigmoid_candle::sigmoid(&x)), says("sigmoid"));
        assert_eq!(message(x.inplace_op1(&sigmoid_candle::Silu)), says("silu"));
        assert_eq!(message(sigmoid_candle::swiglu(&x, &x)), says("swiglu"));
        assert_eq!(message(sigmoid_candle::bce_with_logits(&x, &x)), says("bce-with-logits"));
    }
}

#[test]
fn formats_and_shapes_that_differ() {
    let (x, half) = (zeros(&[2, 3], DType::F32), zeros(&[2, 3], DType::BF16));
    assert_eq!(message(sigmoid_candle::swiglu(&x, &half)), "dtype mismatch in swiglu, lhs: F32, rhs: BF16");
    let (row, turned) = (zeros(&[3], DType::F32), zeros(&[3, 2], DType::F32));
    assert_eq!(message(sigmoid_candle::swiglu(&x, &row)), "shape mismatch in swiglu, lhs: [2, 3], rhs: [3]");
    let says = "shape mismatch in bce-with-logits, lhs: [2, 3], rhs: [3, 2]";
    assert_eq!(message(sigmoid_candle::bce_with_logits(&x, &turned)), says);
    assert_eq!(message(sigmoid_candle::binary_cross_entropy_with_logits(&x, &turned)), says);
    // Who wants a row for all rows says so.
    assert!(sigmoid_candle::swiglu(&x, &row.broadcast_as((2, 3)).unwrap()).is_ok());
}

#[test]
fn halves_that_there_are_not() {
    for shape in [&[2, 5][..], &[2, 1], &[3], &[]] {
        let says = format!("swiglu: there are no two halves in the last dimension of {shape:?}");
        assert_eq!(message(sigmoid_candle::swiglu_halves(&zeros(shape, DType::F32))), says);
    }
    assert_eq!(
        message(sigmoid_candle::swiglu_halves(&zeros(&[2, 4], DType::U8))),
        "unsupported dtype U8 for op swiglu"
    );
}

/// A build without a GPU has no tensor of one, but its storages have names.
#[test]
fn other_devices() {
    let layout = Layout::contiguous(3);
    let cuda = "no cuda implementation for sigmoid";
    assert!(message(CustomOp1::cuda_fwd(&Sigmoid, &CudaStorage, &layout)).contains(cuda));
    assert!(message(InplaceOp1::cuda_fwd(&Sigmoid, &mut CudaStorage, &layout)).contains(cuda));
    let metal = "no metal implementation for";
    assert!(message(CustomOp1::metal_fwd(&Sigmoid, &MetalStorage, &layout)).contains(metal));
    let (a, b) = (CudaStorage, CudaStorage);
    let swiglu = SwiGlu::default();
    assert!(message(swiglu.cuda_fwd(&a, &layout, &b, &layout)).contains("no cuda implementation for swiglu"));
    let (a, b) = (MetalStorage, MetalStorage);
    assert!(message(BceWithLogits.metal_fwd(&a, &layout, &b, &layout)).contains(metal));
}

#[test]
fn in_place_where_elements_are_one() -> Result<()> {
    let memory = tensor(ordinary(4, 0), &[4, 1], DType::F32)?;
    let before = wide(&memory);
    let says = "sigmoid: dst has repeated elements (zero-stride). Can not write in-place";
    assert_eq!(message(memory.broadcast_as((4, 3))?.inplace_op1(&Sigmoid)), says);
    assert_same("nothing is written", &memory, &before);
    Ok(())
}

#[test]
fn many_dimensions() -> Result<()> {
    let x = tensor(ordinary(1024, 0), &[2; 10], DType::F64)?;
    assert_same(
        "contiguous",
        &sigmoid_candle::sigmoid(&x)?,
        &wide(&sigmoid_candle::sigmoid(&x.flatten_all()?)?),
    );
    let turned = x.transpose(0, 9)?;
    let says = "sigmoid: a tensor of more than 8 dimensions must be contiguous";
    assert!(message(sigmoid_candle::sigmoid(&turned)).starts_with(says));
    let before = wide(&x);
    assert!(message(turned.inplace_op1(&Sigmoid)).starts_with(says));
    assert_same("nothing is written", &x, &before);
    assert!(sigmoid_candle::sigmoid(&turned.contiguous()?).is_ok());
    Ok(())
}

/// Whoever calls an operation by hand may say anything about a storage: a panic, and no more.
#[test]
fn layouts_that_are_not_of_the_storage() {
    let layouts = [
        Layout::contiguous(100),
        Layout::contiguous_with_offset(3, 9),
        Layout::new((4, 3).into(), vec![1000, 1], 0),
        Layout::new((300, 1000).into(), vec![1000, 2], 0),
        Layout::new((4, 3).into(), vec![0, 1], 8),
        Layout::new(1000.into(), vec![2], 0),
    ];
    for layout in layouts {
        let storage = candle_core::CpuStorage::F32(vec![0.0; 10]);
        let forward = std::panic::catch_unwind(|| CustomOp1::cpu_fwd(&Sigmoid, &storage, &layout).is_ok());
        assert!(forward.is_err(), "{layout:?}");
        let in_place = std::panic::catch_unwind(|| {
            let mut storage = candle_core::CpuStorage::F32(vec![0.0; 10]);
            InplaceOp1::cpu_fwd(&Sigmoid, &mut storage, &layout).is_ok()
        });
        assert!(in_place.is_err(), "{layout:?}");
    }
}
