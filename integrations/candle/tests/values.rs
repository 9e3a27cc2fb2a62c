//! What is computed: in every format and layout the results of the library on slices, bit by bit; beside candle's own
//! operations where these are right.

mod support;

use candle_core::{DType, Device, Result, Tensor, Var};
use half::{bf16, f16};
use sigmoid::Kernels;
use sigmoid::ops::{self, Map, Zip};
use support::{FORMATS, assert_same, elements, ordinary, reference, tensor, tensors, wide};

/// In half precision by way of `f32`, or by a kernel of its own.
#[derive(Clone, Copy, PartialEq)]
enum Half {
    ThroughF32,
    Direct,
}

fn round(format: DType, x: f32) -> f64 {
    match format {
        DType::BF16 => bf16::from_f32(x).to_f64(),
        DType::F16 => f16::from_f32(x).to_f64(),
        other => panic!("{other:?}"),
    }
}

/// What the library makes of slices.
fn of_one<Op: Map<f32> + Map<f64>>(op: Op, x: &Tensor) -> Vec<f64> {
    let kernels = Kernels::new();
    match x.dtype() {
        DType::F64 => kernels.map_to_vec(op, &elements::<f64>(x)),
        DType::F32 => kernels.map_to_vec(op, &elements::<f32>(x)).into_iter().map(f64::from).collect(),
        format => {
            let x: Vec<f32> = wide(x).into_iter().map(|x| x as f32).collect();
            kernels.map_to_vec(op, &x).into_iter().map(|y: f32| round(format, y)).collect()
        }
    }
}

fn of_two<Op: Zip<f32> + Zip<f64>>(op: Op, x: &Tensor, y: &Tensor) -> Vec<f64> {
    let kernels = Kernels::new();
    match x.dtype() {
        DType::F64 => kernels.zip_to_vec(op, &elements::<f64>(x), &elements::<f64>(y)),
        DType::F32 => {
            let z: Vec<f32> = kernels.zip_to_vec(op, &elements::<f32>(x), &elements::<f32>(y));
            z.into_iter().map(f64::from).collect()
        }
        format => {
            let [x, y] = [x, y].map(|x| wide(x).into_iter().map(|x| x as f32).collect::<Vec<f32>>());
            kernels.zip_to_vec(op, &x, &y).into_iter().map(|z: f32| round(format, z)).collect()
        }
    }
}

/// Kernels of half precision, for half precision.
fn directly<Op: Map<bf16> + Map<f16>>(op: Op, x: &Tensor) -> Vec<f64> {
    let kernels = Kernels::new();
    match x.dtype() {
        DType::BF16 => kernels.map_to_vec(op, &elements::<bf16>(x)).into_iter().map(bf16::to_f64).collect(),
        DType::F16 => kernels.map_to_vec(op, &elements::<f16>(x)).into_iter().map(f16::to_f64).collect(),
        other => panic!("{other:?}"),
    }
}

type Function = fn(&Tensor) -> Result<Tensor>;

fn check_one<Op: Map<f32> + Map<f64>>(name: &str, function: Function, op: Op, half: Half) -> Result<()> {
    for format in FORMATS {
        if half == Half::Direct && format.size_in_bytes() == 2 {
            continue;
        }
        for x in tensors(format, 7)?.into_iter().flatten() {
            let y = function(&x)?;
            assert_eq!((y.shape(), y.dtype(), y.is_contiguous()), (x.shape(), format, true));
            assert_same(&format!("{name} in {format:?}"), &y, &of_one(op, &x));
        }
    }
    Ok(())
}

#[test]
fn of_one_input() -> Result<()> {
    check_one("sigmoid", sigmoid_candle::sigmoid, ops::Sigmoid, Half::Direct)?;
    check_one("silu", sigmoid_candle::silu, ops::Silu, Half::Direct)?;
    check_one("softplus", sigmoid_candle::softplus, ops::Softplus, Half::ThroughF32)?;
    check_one("log_sigmoid", sigmoid_candle::log_sigmoid, ops::LogSigmoid, Half::ThroughF32)?;
    check_one("gelu_tanh", sigmoid_candle::gelu_tanh, ops::GeluTanh, Half::ThroughF32)?;
    check_one("tanh", sigmoid_candle::tanh, ops::Tanh, Half::ThroughF32)
}

#[test]
fn of_one_input_in_half_precision() -> Result<()> {
    for format in [DType::BF16, DType::F16] {
        for x in tensors(format, 7)?.into_iter().flatten() {
            assert_same("sigmoid", &sigmoid_candle::sigmoid(&x)?, &directly(ops::Sigmoid, &x));
            assert_same("silu", &sigmoid_candle::silu(&x)?, &directly(ops::Silu, &x));
        }
    }
    Ok(())
}

#[test]
fn of_two_inputs() -> Result<()> {
    for format in FORMATS {
        for (gates, ups) in tensors(format, 7)?.iter().zip(&tensors(format, 1007)?) {
            for (gate, up) in gates.iter().flat_map(|gate| ups.iter().map(move |up| (gate, up))) {
                let want = of_two(ops::SwiGlu::default(), gate, up);
                assert_same("swiglu", &sigmoid_candle::swiglu(gate, up)?, &want);
                let labels = up.abs()?.clamp(0.0, 1.0)?;
                let want = of_two(ops::BceWithLogits, gate, &labels);
                assert_same("bce", &sigmoid_candle::bce_with_logits(gate, &labels)?, &want);
            }
        }
    }
    let (gate, up) =
        (tensor(ordinary(60, 0), &[5, 12], DType::F32)?, tensor(ordinary(60, 9), &[5, 12], DType::F32)?);
    let op = ops::SwiGlu { alpha: 1.702, limit: 7.0, offset: 1.0 };
    let y = gate.apply_op2(&up, sigmoid_candle::SwiGlu(op))?;
    assert_same("the gate of gpt-oss", &y, &of_two(op, &gate, &up));
    Ok(())
}

#[test]
fn halves_of_the_last_dimension() -> Result<()> {
    for format in FORMATS {
        let new = |shape: &[usize]| tensor(ordinary(shape.iter().product(), 5), shape, format);
        let layouts = [
            new(&[600, 120])?,
            new(&[8])?,
            new(&[3, 0])?,
            new(&[0, 4])?,
            // Shared by threads, in whole rows.
            new(&[5, 300, 700])?,
            new(&[3, 200_000])?,
            new(&[120, 600])?.t()?,
            new(&[600, 130])?.narrow(1, 3, 120)?,
            new(&[600, 130])?.narrow(0, 7, 500)?,
            new(&[1, 70])?.broadcast_as((40, 70))?,
        ];
        for gate_up in layouts {
            let (last, half) = (gate_up.rank() - 1, gate_up.dims()[gate_up.rank() - 1] / 2);
            let [gate, up] = [gate_up.narrow(last, 0, half)?, gate_up.narrow(last, half, half)?];
            let y = sigmoid_candle::swiglu_halves(&gate_up)?;
            assert_eq!((y.dims(), y.dtype(), y.is_contiguous()), (gate.dims(), format, true));
            assert_same("halves", &y, &of_two(ops::SwiGlu::default(), &gate, &up));
        }
    }
    let gate_up = tensor(ordinary(600 * 120, 5), &[600, 120], DType::F32)?;
    let ours = sigmoid_candle::swiglu_halves(&gate_up)?;
    for (ours, candle) in wide(&ours).iter().zip(wide(&candle_nn::ops::swiglu(&gate_up)?)) {
        assert!((ours - candle).abs() <= 2e-6 * candle.abs(), "{ours} and candle's {candle}");
    }
    Ok(())
}

#[test]
fn in_place() -> Result<()> {
    for format in FORMATS {
        let of_shape = |shape: &[usize]| tensor(ordinary(shape.iter().product(), 3), shape, format);
        let views: [(Tensor, Function); 8] = [
            (of_shape(&[])?, |x| Ok(x.clone())),
            (of_shape(&[0, 2])?, |x| x.t()),
            (of_shape(&[40, 70])?, |x| Ok(x.clone())),
            (of_shape(&[40, 70])?, |x| x.narrow(1, 3, 60)),
            (of_shape(&[40, 70])?, |x| x.narrow(1, 3, 5)),
            (of_shape(&[1300, 3])?, |x| x.narrow(1, 1, 2)?.t()),
            (of_shape(&[600, 700])?, |x| x.narrow(0, 1, 598)),
            (of_shape(&[600, 700])?, |x| x.narrow(1, 1, 698)?.t()),
        ];
        for (memory, view) in views {
            let before = wide(&memory);
            let index: Vec<f64> = (0..before.len()).map(|i| i as f64).collect();
            let at = wide(&view(&Tensor::from_vec(index, memory.shape(), &Device::Cpu)?)?);
            for op in 0..2 {
                let memory = memory.copy()?;
                let x = view(&memory)?;
                let y = if op == 0 { sigmoid_candle::sigmoid(&x)? } else { sigmoid_candle::softplus(&x)? };
                let mut want = before.clone();
                for (&i, y) in at.iter().zip(wide(&y)) {
                    want[i as usize] = y;
                }
                if op == 0 {
                    x.inplace_op1(&sigmoid_candle::Sigmoid)?;
                } else {
                    x.inplace_op1(&sigmoid_candle::Softplus)?;
                }
                assert_same("in place, and nothing beside", &memory, &want);
            }
        }
    }
    Ok(())
}

#[test]
fn from_several_threads_at_once() -> Result<()> {
    let x = tensor(ordinary(1 << 19, 0), &[1 << 19], DType::F32)?;
    let want = wide(&sigmoid_candle::sigmoid(&x)?);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_same("shared", &sigmoid_candle::sigmoid(&x).unwrap(), &want);
                }
            });
        }
    });
    Ok(())
}

#[test]
fn beside_candle_in_f32_and_f64() -> Result<()> {
    let softplus: Function = |x| (x.exp()? + 1.0)?.log();
    let pairs: [(&str, Function, Function); 5] = [
        ("sigmoid", sigmoid_candle::sigmoid, candle_nn::ops::sigmoid),
        ("silu", sigmoid_candle::silu, candle_nn::ops::silu),
        ("softplus", sigmoid_candle::softplus, softplus),
        ("tanh", sigmoid_candle::tanh, |x| x.tanh()),
        ("gelu", sigmoid_candle::gelu_tanh, |x| x.gelu()),
    ];
    for (format, tolerance) in [(DType::F32, 4e-6), (DType::F64, 1e-14)] {
        let x = tensor(ordinary(3000, 0), &[3000], format)?;
        for (name, ours, candles) in pairs {
            let candles = wide(&candles(&x)?);
            for ((ours, candle), x) in wide(&ours(&x)?).into_iter().zip(candles).zip(wide(&x)) {
                // (Candle's tail of GELU and its softplus cancel.)
                let scale = if name == "gelu" || name == "softplus" { 1.0 } else { candle.abs() };
                assert!(
                    (ours - candle).abs() <= tolerance * scale,
                    "{name}({x}): {ours} and candle's {candle}"
                );
            }
        }
    }
    Ok(())
}

/// A positive number towards zero in `f32`, with a last bit that tells whether anything is left: it rounds on to half
/// precision as the number itself does. (`from_f64` of the crate `half` drops what decides a tie.)
fn odd(y: f64) -> f32 {
    let near = y as f32;
    let below = if f64::from(near) > y { f32::from_bits(near.to_bits() - 1) } else { near };
    if f64::from(below) == y { below } else { f32::from_bits(below.to_bits() | 1) }
}

/// All 65,536 numbers of each: how many steps candle's results are from the nearest number, and ours.
#[test]
fn beside_candle_in_half_precision() -> Result<()> {
    fn steps(got: &[u16], want: &[u16]) -> i32 {
        // Results are not negative: their bits are in order.
        got.iter().zip(want).map(|(&got, &want)| (i32::from(got) - i32::from(want)).abs()).max().unwrap()
    }
    let numbers: Vec<u16> = (0..=u16::MAX).collect();

    let x: Vec<bf16> = numbers.iter().map(|&bits| bf16::from_bits(bits)).filter(|x| !x.is_nan()).collect();
    let wide: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
    let want: Vec<u16> = reference()
        .map_to_vec(ops::Sigmoid, &wide)
        .into_iter()
        .map(|y| bf16::from_f32(odd(y)).to_bits())
        .collect();
    let count = x.len();
    let x = Tensor::from_vec(x, count, &Device::Cpu)?;
    let bits = |y: Tensor| elements::<bf16>(&y).into_iter().map(bf16::to_bits).collect::<Vec<u16>>();
    assert_eq!(steps(&bits(sigmoid_candle::sigmoid(&x)?), &want), 0);
    let candle = steps(&bits(candle_nn::ops::sigmoid(&x)?), &want);
    assert!(candle > 1, "candle's sigmoid in bf16 is right now ({candle}): the README says otherwise");

    let x: Vec<f16> = numbers.iter().map(|&bits| f16::from_bits(bits)).filter(|x| !x.is_nan()).collect();
    let wide: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
    let want: Vec<u16> = reference()
        .map_to_vec(ops::Sigmoid, &wide)
        .into_iter()
        .map(|y| f16::from_f32(odd(y)).to_bits())
        .collect();
    let count = x.len();
    let x = Tensor::from_vec(x, count, &Device::Cpu)?;
    let bits = |y: Tensor| elements::<f16>(&y).into_iter().map(f16::to_bits).collect::<Vec<u16>>();
    assert_eq!(steps(&bits(sigmoid_candle::sigmoid(&x)?), &want), 0);
    let candle_f16 = steps(&bits(candle_nn::ops::sigmoid(&x)?), &want);
    println!("steps between candle's sigmoid and the nearest number: {candle} in bf16, {candle_f16} in f16");
    assert!(candle_f16 > 1, "candle's sigmoid in f16 is right now ({candle_f16}): the README says otherwise");
    Ok(())
}

/// Candle's binary cross entropy is NaN from logits of 17 on, of samples that are classified rightly, and so are the
/// gradients. If that changes, the README says something that is not so.
#[test]
fn the_loss_where_candle_has_none() -> Result<()> {
    for (logit, is_nan) in [(16.0_f32, false), (17.0, true), (40.0, true)] {
        let logits = Var::new(&[logit], &Device::Cpu)?;
        let labels = Tensor::new(&[1.0_f32], &Device::Cpu)?;
        let candle = candle_nn::loss::binary_cross_entropy_with_logit(&logits, &labels)?;
        assert_eq!(candle.to_scalar::<f32>()?.is_nan(), is_nan, "{logit}");
        let gradient = candle.backward()?.get(&logits).unwrap().to_vec1::<f32>()?[0];
        assert_eq!(gradient.is_nan(), is_nan, "{logit}: the gradient");

        let ours = sigmoid_candle::binary_cross_entropy_with_logits(&logits, &labels)?;
        let (got, want) = (f64::from(ours.to_scalar::<f32>()?), f64::from(-logit).exp().ln_1p());
        assert!((got - want).abs() <= 1e-6 * want, "{logit}: {got} and not {want}");
        let gradient = f64::from(ours.backward()?.get(&logits).unwrap().to_vec1::<f32>()?[0]);
        let want = -1.0 / (1.0 + f64::from(logit).exp());
        assert!(
            (gradient - want).abs() <= -1e-6 * want,
            "{logit}: the gradient is {gradient} and not {want}"
        );
    }
    Ok(())
}
