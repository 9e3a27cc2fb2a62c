//! The ways back: against the derivatives in `f64`, against differences, and against candle's own gradients where
//! these are right.

mod support;

use candle_core::{DType, Device, Error, Result, Tensor, Var};
use sigmoid::ops;
use support::{FORMATS, assert_same, ordinary, reference, tensor, wide};

type Function = fn(&Tensor) -> Result<Tensor>;

/// How much of a result's size a gradient may be off: of the format's steps a few.
fn tolerance(format: DType) -> f64 {
    match format {
        DType::F64 => 2e-15,
        DType::F32 => 1e-6,
        DType::F16 => 6e-4,
        _ => 4.5e-3,
    }
}

#[track_caller]
fn assert_near(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        // (In f16 small gradients are below the normal range.)
        let allowed = (tolerance * want.abs()).max(if tolerance > 1e-5 { 6e-8 } else { 0.0 });
        assert!((got - want).abs() <= allowed, "{what}: {i} is {got} and not {want}");
    }
}

/// The gradient of the sum of f(x) w for x.
fn gradient(f: impl Fn(&Tensor) -> Result<Tensor>, x: &Var, w: &Tensor) -> Result<Vec<f64>> {
    let gradients = (f(x)? * w)?.sum_all()?.backward()?;
    let gradient = gradients.get(x).expect("a variable");
    assert_eq!((gradient.shape(), gradient.dtype()), (x.shape(), x.dtype()));
    Ok(wide(gradient))
}

/// Derivatives of x in `f64`.
fn slopes(of: &str, x: &[f64]) -> Vec<f64> {
    let (truth, ones) = (reference(), vec![1.0; x.len()]);
    match of {
        "sigmoid" => truth.map_to_vec(ops::SigmoidDerivative, x),
        "silu" => truth.map_to_vec(ops::SiluDerivative, x),
        "softplus" => truth.map_to_vec(ops::Sigmoid, x),
        "log_sigmoid" => truth.zip_to_vec(ops::LogSigmoidBackward, x, &ones),
        "gelu_tanh" => truth.zip_to_vec(ops::GeluTanhBackward, x, &ones),
        "tanh" => truth.map_to_vec(ops::TanhDerivative, x),
        other => panic!("{other}"),
    }
}

const ONE_INPUT: [(&str, Function); 6] = [
    ("sigmoid", sigmoid_candle::sigmoid),
    ("silu", sigmoid_candle::silu),
    ("softplus", sigmoid_candle::softplus),
    ("log_sigmoid", sigmoid_candle::log_sigmoid),
    ("gelu_tanh", sigmoid_candle::gelu_tanh),
    ("tanh", sigmoid_candle::tanh),
];

#[test]
fn of_one_input_in_every_format() -> Result<()> {
    for format in FORMATS {
        // From a negative number to 1: what comes back by way of a result has lost digits where that is near 1.
        let numbers: Vec<f64> = (0..2000).map(|i| i as f64 * 0.0035 - 6.0).collect();
        let x = Var::from_tensor(&tensor(numbers.clone(), &[40, 50], format)?)?;
        let w = tensor(ordinary(2000, 3), &[40, 50], format)?;
        for (name, function) in ONE_INPUT {
            // The numbers as they are in this format; of a result, the one that candle has kept.
            let of_result = matches!(name, "sigmoid" | "tanh");
            let slopes = if of_result {
                let s = wide(&function(&x)?);
                s.iter()
                    .map(|s| if name == "sigmoid" { s * (1.0 - s) } else { (1.0 - s) * (1.0 + s) })
                    .collect()
            } else {
                slopes(name, &wide(&x))
            };
            let want: Vec<f64> = slopes.iter().zip(wide(&w)).map(|(slope, w)| slope * w).collect();
            let what = format!("{name} in {format:?}");
            // About the zero of its derivative, GELU's error is not relative.
            let relative = |i: usize| name != "gelu_tanh" || !(-1.0..-0.5).contains(&numbers[i]);
            let only = |all: Vec<f64>| -> Vec<f64> {
                all.into_iter().enumerate().filter_map(|(i, slope)| relative(i).then_some(slope)).collect()
            };
            let want = only(want);
            assert_near(&what, &only(gradient(function, &x, &w)?), &want, tolerance(format));

            // The same by way of layouts that are not contiguous.
            let turned = gradient(|x| function(&x.t()?)?.t(), &x, &w)?;
            assert_near(&format!("{what}, turned"), &only(turned), &want, tolerance(format));
        }
    }
    Ok(())
}

#[test]
fn of_differences() -> Result<()> {
    let (h, count) = (1e-5, 161);
    let numbers: Vec<f64> = (0..count).map(|i| i as f64 * 0.1 - 8.0).collect();
    let x = Var::from_vec(numbers, count, &Device::Cpu)?;
    let w = tensor(ordinary(count, 1), &[count], DType::F64)?;
    let check = |name: &str, f: &dyn Fn(&Tensor) -> Result<Tensor>| -> Result<()> {
        let differences = ((f(&(x.as_tensor() + h)?)? - f(&(x.as_tensor() - h)?)?)? * (0.5 / h))?;
        let got = gradient(f, &x, &w)?;
        for (got, want) in got.iter().zip(wide(&(differences * &w)?)) {
            assert!((got - want).abs() <= 2e-8 * (1.0 + want.abs()), "{name}: {got} and {want}");
        }
        Ok(())
    };
    for (name, function) in ONE_INPUT {
        check(name, &function)?;
    }
    let other = tensor(ordinary(count, 40), &[count], DType::F64)?;
    check("swiglu of the gate", &|x| sigmoid_candle::swiglu(x, &other))?;
    check("swiglu of the other", &|x| sigmoid_candle::swiglu(&other, x))?;
    let steep = sigmoid_candle::SwiGlu(ops::SwiGlu { alpha: 1.702, offset: 1.0, ..Default::default() });
    check("a steep gate", &|x| x.apply_op2(&other, steep))?;
    let labels = ((&other / 16.0)? + 0.5)?;
    check("bce of the logits", &|x| sigmoid_candle::bce_with_logits(x, &labels))?;
    check("bce of the labels", &|x| sigmoid_candle::bce_with_logits(&other, &((x / 16.0)? + 0.5)?))
}

#[test]
fn of_swiglu_in_every_format() -> Result<()> {
    for format in FORMATS {
        // Of many and of few elements, in halves and of two, on one thread and on several.
        for rows in [3, 30, 4000] {
            let gate_up = Var::from_tensor(&tensor(ordinary(rows * 140, 11), &[rows, 140], format)?)?;
            let w = tensor(ordinary(rows * 70, 5), &[rows, 70], format)?;
            let [gate, up] = [0, 70].map(|from| wide(&gate_up.narrow(1, from, 70).unwrap()));
            let grad = wide(&w);
            let (mut of_gate, mut of_up) = (vec![0.0; grad.len()], vec![0.0; grad.len()]);
            let op = ops::SwiGluBackward::default();
            reference().gradients(op, &gate, &up, &grad, &mut of_gate, &mut of_up);
            let want: Vec<f64> = (0..rows)
                .flat_map(|row| [&of_gate[row * 70..][..70], &of_up[row * 70..][..70]].concat())
                .collect();

            let what = format!("{format:?}, {rows} rows");
            let got = gradient(sigmoid_candle::swiglu_halves, &gate_up, &w)?;
            assert_near(&what, &got, &want, 2.0 * tolerance(format));
            let of_two = |x: &Tensor| sigmoid_candle::swiglu(&x.narrow(1, 0, 70)?, &x.narrow(1, 70, 70)?);
            assert_same(&what, &Tensor::new(&gradient(of_two, &gate_up, &w)?[..], &Device::Cpu)?, &got);
            // Of what is not contiguous, and with a gradient that is not.
            let turned =
                gradient(|x| sigmoid_candle::swiglu_halves(&x.t()?.contiguous()?.t()?), &gate_up, &w)?;
            assert_same(&what, &Tensor::new(&turned[..], &Device::Cpu)?, &got);
        }
    }
    Ok(())
}

#[test]
fn of_the_loss_in_every_format() -> Result<()> {
    for format in FORMATS {
        let logits = Var::from_tensor(&tensor(ordinary(900, 0), &[30, 30], format)?)?;
        let labels = tensor((0..900).map(|i| f64::from(u8::from(i % 3 == 0))).collect(), &[30, 30], format)?;
        let gradients = sigmoid_candle::bce_with_logits(&logits, &labels)?.sum_all()?.backward()?;
        let want: Vec<f64> =
            reference().zip_to_vec(ops::BceWithLogitsGradient, &wide(&logits), &wide(&labels));
        let got = wide(gradients.get(&logits).unwrap());
        assert_near(&format!("{format:?}"), &got, &want, 2.0 * tolerance(format));

        let mean = sigmoid_candle::binary_cross_entropy_with_logits(&logits, &labels)?;
        assert_eq!((mean.dims(), mean.dtype()), (&[][..], format));
        if matches!(format, DType::F32 | DType::F64) {
            let truth = reference().bce_with_logits_mean(&wide(&logits), &wide(&labels));
            assert_near("the mean", &wide(&mean), &[truth], 1e-5);
        }
    }
    Ok(())
}

#[test]
fn beside_candle() -> Result<()> {
    let numbers: Vec<f64> = (0..1200).map(|i| i as f64 * 0.01 - 6.0).collect();
    let x = Var::from_tensor(&tensor(numbers, &[1200], DType::F64)?)?;
    let w = tensor(ordinary(1200, 1), &[1200], DType::F64)?;
    let other = tensor(ordinary(1200, 4), &[1200], DType::F64)?;
    let labels = ((&other / 16.0)? + 0.5)?;
    let same = |name: &str, ours: Vec<f64>, candles: Vec<f64>, tolerance: f64| {
        for (ours, candle) in ours.iter().zip(candles) {
            assert!(
                (ours - candle).abs() <= tolerance * (1.0 + candle.abs()),
                "{name}: {ours} and candle's {candle}"
            );
        }
    };
    let one: [(&str, Function, Function); 4] = [
        ("sigmoid", sigmoid_candle::sigmoid, candle_nn::ops::sigmoid),
        ("silu", sigmoid_candle::silu, candle_nn::ops::silu),
        ("tanh", sigmoid_candle::tanh, |x| x.tanh()),
        ("softplus", sigmoid_candle::softplus, |x| (x.exp()? + 1.0)?.log()),
    ];
    for (name, ours, candles) in one {
        same(name, gradient(ours, &x, &w)?, gradient(candles, &x, &w)?, 1e-13);
    }
    let candles = |x: &Tensor| x.silu()? * &other;
    same(
        "swiglu",
        gradient(|x| sigmoid_candle::swiglu(x, &other), &x, &w)?,
        gradient(candles, &x, &w)?,
        1e-13,
    );
    let ours = sigmoid_candle::binary_cross_entropy_with_logits(&x, &labels)?.backward()?;
    let candles = candle_nn::loss::binary_cross_entropy_with_logit(&x, &labels)?.backward()?;
    same("loss", wide(ours.get(&x).unwrap()), wide(candles.get(&x).unwrap()), 1e-13);
    Ok(())
}

#[test]
fn far_out() -> Result<()> {
    let far = [-3e38_f32, -1e5, -104.0, -90.0, 90.0, 104.0, 1e5, 3e38];
    let x = Var::new(&far, &Device::Cpu)?;
    let ones = Tensor::ones(far.len(), DType::F32, &Device::Cpu)?;
    for (name, function) in ONE_INPUT {
        assert!(gradient(function, &x, &ones)?.iter().all(|slope| (-1e-30..=1.0).contains(slope)), "{name}");
    }
    let both = gradient(|x| sigmoid_candle::swiglu(x, &ones), &x, &ones)?;
    assert_same(
        "a gate",
        &Tensor::new(&both[..], &Device::Cpu)?,
        &gradient(sigmoid_candle::silu, &x, &ones)?,
    );
    Ok(())
}

/// Candle computes gradients without their own: ours say so, where others would be wrong.
#[test]
fn gradients_of_gradients_are_an_error() -> Result<()> {
    let x = Var::new(&[0.5_f32, 1.0], &Device::Cpu)?;
    let functions: [Function; 4] = [
        sigmoid_candle::silu,
        sigmoid_candle::swiglu_halves,
        |x| sigmoid_candle::swiglu(x, x),
        |x| sigmoid_candle::bce_with_logits(x, &Tensor::ones(2, DType::F32, &Device::Cpu)?),
    ];
    for f in functions {
        let gradients = f(&x)?.sum_all()?.backward()?;
        let error = gradients.get(&x).unwrap().sum_all()?.backward().map(drop).unwrap_err();
        assert!(matches!(root(&error), Error::BackwardNotSupported { .. }), "{error}");
    }
    Ok(())
}

fn root(error: &Error) -> &Error {
    match error {
        Error::WithBacktrace { inner, .. } => root(inner),
        other => other,
    }
}
