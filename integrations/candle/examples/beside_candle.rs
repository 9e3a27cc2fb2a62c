//! Our operations beside candle's: samples in turn in one process, the least of each, nanoseconds per element, with all
//! that candle does for a tensor.
//!
//! ```sh
//! cargo run --release -p sigmoid-candle --example beside_candle
//! ```

use std::cell::RefCell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use candle_core::{DType, Device, Result, Tensor, Var};
use sigmoid::Kernels;
use sigmoid_measure::{Sampling, interleave};

/// The least time of both for an element.
fn least(
    elements: usize,
    ours: &dyn Fn() -> Result<Tensor>,
    candles: &dyn Fn() -> Result<Tensor>,
) -> [f64; 2] {
    let sampling = Sampling { sample: Duration::from_micros(300), warm: true };
    let run = |i: usize| {
        black_box(if i == 0 { ours() } else { candles() }.expect("tensors of the CPU"));
    };
    let samples = interleave(&[sampling; 2], (100, 2000), Duration::from_millis(1500), |i, calls, warm| {
        if warm {
            run(i);
        }
        let start = Instant::now();
        for _ in 0..calls {
            run(i);
        }
        start.elapsed()
    });
    [0, 1].map(|i| samples[i].iter().map(|time| time.0).fold(f64::INFINITY, f64::min) / elements as f64)
}

/// Numbers from -10 to 10.
fn numbers(shape: (usize, usize), format: DType) -> Result<Tensor> {
    let count = shape.0 * shape.1;
    let numbers: Vec<f64> = (0..count).map(|i| (i * 7919 % 20_011) as f64 * 0.001 - 10.0).collect();
    Tensor::from_vec(numbers, shape, &Device::Cpu)?.to_dtype(format)
}

fn backward(f: impl Fn(&Tensor) -> Result<Tensor>, x: &Var) -> Result<Tensor> {
    let gradients = f(x)?.backward()?;
    Ok(gradients.get(x).expect("a variable").clone())
}

fn print(what: &str, elements: usize, [ours, candles]: [f64; 2], bar: Option<f64>) {
    let times = candles / ours;
    let bar = match bar {
        Some(bar) => format!("at least {bar}: {}", if times >= bar { "yes" } else { "NO" }),
        None => String::new(),
    };
    println!("{what:36} {elements:9}   {ours:8.3}   {candles:8.3}   {times:5.1}   {bar}");
}

fn main() -> Result<()> {
    println!("{:36} {:>9}   {:>8}   {:>8}   {:>5}", "", "elements", "ours", "candle's", "times");
    for shape in [(4, 1024), (64, 1024), (1024, 1024)] {
        let (n, first) = (shape.0 * shape.1, shape.0 == 4);
        let bar = |times: f64| first.then_some(times);
        for (format, times) in
            [(DType::F32, bar(10.0)), (DType::BF16, bar(10.0)), (DType::F64, None), (DType::F16, None)]
        {
            let x = numbers(shape, format)?;
            let both = least(n, &|| sigmoid_candle::sigmoid(&x), &|| candle_nn::ops::sigmoid(&x));
            print(&format!("sigmoid, {format:?}"), n, both, times);
        }

        let x = numbers(shape, DType::F32)?;
        let (slice, library) = (x.flatten_all()?.to_vec1::<f32>()?, Kernels::new());
        let y = RefCell::new(vec![0.0; n]);
        let on_slices = || {
            library.forward(black_box(&slice), &mut y.borrow_mut());
            Ok(x.clone())
        };
        let both = least(n, &|| sigmoid_candle::sigmoid(&x), &on_slices);
        print("sigmoid, F32, beside the slice call", n, both, None);
        let turned = x.t()?;
        let both = least(n, &|| sigmoid_candle::sigmoid(&turned), &|| candle_nn::ops::sigmoid(&turned));
        print("sigmoid, F32, transposed", n, both, None);
        print("silu", n, least(n, &|| sigmoid_candle::silu(&x), &|| candle_nn::ops::silu(&x)), None);
        let softplus = |x: &Tensor| (x.exp()? + 1.0)?.log();
        print("softplus", n, least(n, &|| sigmoid_candle::softplus(&x), &|| softplus(&x)), None);
        let gate_up = numbers((shape.0, 2 * shape.1), DType::F32)?;
        let both =
            least(n, &|| sigmoid_candle::swiglu_halves(&gate_up), &|| candle_nn::ops::swiglu(&gate_up));
        print("swiglu of halves", n, both, bar(8.0));
        let up = numbers(shape, DType::F32)?;
        let both = least(n, &|| sigmoid_candle::swiglu(&x, &up), &|| x.silu()? * &up);
        print("swiglu", n, both, bar(8.0));
        let labels = up.ge(0.0)?.to_dtype(DType::F32)?;
        let both = least(n, &|| sigmoid_candle::binary_cross_entropy_with_logits(&x, &labels), &|| {
            candle_nn::loss::binary_cross_entropy_with_logit(&x, &labels)
        });
        print("binary cross entropy", n, both, None);

        let x = Var::from_tensor(&x)?;
        let both =
            least(n, &|| backward(sigmoid_candle::sigmoid, &x), &|| backward(candle_nn::ops::sigmoid, &x));
        print("sigmoid, there and back", n, both, bar(3.0));
        let both = least(n, &|| backward(sigmoid_candle::silu, &x), &|| backward(candle_nn::ops::silu, &x));
        print("silu, there and back", n, both, None);
        let gate_up = Var::from_tensor(&gate_up)?;
        let ours = || backward(sigmoid_candle::swiglu_halves, &gate_up);
        let both = least(n, &ours, &|| backward(candle_nn::ops::swiglu, &gate_up));
        print("swiglu of halves, there and back", n, both, None);
        let ours = || backward(|x| sigmoid_candle::swiglu(x, &up), &x);
        let both = least(n, &ours, &|| backward(|x| x.silu()? * &up, &x));
        print("swiglu, there and back", n, both, None);
        println!();
    }
    Ok(())
}
