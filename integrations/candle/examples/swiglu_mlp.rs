//! A small network with a SwiGLU block learns to tell two spirals apart, twice from the same weights: with candle's
//! operations, and with ours. The matrix products are candle's in both. It prints loss and time side by side, and draws
//! them.
//!
//! ```sh
//! cargo run --release -p sigmoid-candle --example swiglu_mlp -- swiglu_mlp.svg
//! ```

use std::cell::Cell;
use std::error::Error;
use std::f64::consts::TAU;
use std::time::{Duration, Instant};

use candle_core::{Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use plotters::prelude::*;

const POINTS: usize = 1024;
const WIDTH: usize = 32;
const HIDDEN: usize = 128;
const STEPS: usize = 200;
const RATE: f64 = 0.01;

/// Numbers that look random, from -1 to 1: of a linear congruential generator.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// With which sums of `from` products have a variance of `variance`, of inputs that have 1.
    fn weights(&mut self, from: usize, to: usize, variance: f64) -> Result<Var> {
        let scale = (3.0 * variance / from as f64).sqrt();
        let weights: Vec<f32> = (0..from * to).map(|_| (self.next() * scale) as f32).collect();
        Var::from_vec(weights, (from, to), &Device::Cpu)
    }
}

/// Points of two spirals, and which of the two each belongs to.
fn spirals(numbers: &mut Numbers) -> Result<(Tensor, Tensor)> {
    let (mut points, mut labels) = (Vec::new(), Vec::new());
    for i in 0..POINTS {
        let spiral = i % 2;
        let along = (0.5 + 0.5 * numbers.next()).sqrt();
        let angle = TAU * (1.5 * along + 0.5 * spiral as f64);
        points.extend([angle.cos(), angle.sin()].map(|x| (2.0 * along * x + 0.03 * numbers.next()) as f32));
        labels.push(spiral as f32);
    }
    let points = Tensor::from_vec(points, (POINTS, 2), &Device::Cpu)?;
    Ok((points, Tensor::from_vec(labels, (POINTS, 1), &Device::Cpu)?))
}

/// What the two runs have in different ways.
struct Operations {
    name: &'static str,
    silu: fn(&Tensor) -> Result<Tensor>,
    swiglu: fn(&Tensor) -> Result<Tensor>,
    loss: fn(&Tensor, &Tensor) -> Result<Tensor>,
}

const CANDLE: Operations = Operations {
    name: "candle's operations",
    silu: candle_nn::ops::silu,
    swiglu: candle_nn::ops::swiglu,
    loss: candle_nn::loss::binary_cross_entropy_with_logit,
};

const OURS: Operations = Operations {
    name: "the kernels",
    silu: sigmoid_candle::silu,
    swiglu: sigmoid_candle::swiglu_halves,
    loss: sigmoid_candle::binary_cross_entropy_with_logits,
};

/// In, a residual block with a gate, out.
struct Network {
    enter: Var,
    gate_up: Var,
    down: Var,
    leave: Var,
}

impl Network {
    fn new(numbers: &mut Numbers) -> Result<Self> {
        Ok(Self {
            enter: numbers.weights(2, WIDTH, 9.0)?,
            gate_up: numbers.weights(WIDTH, 2 * HIDDEN, 1.0)?,
            down: numbers.weights(HIDDEN, WIDTH, 1.0)?,
            leave: numbers.weights(WIDTH, 1, 0.01)?,
        })
    }

    fn variables(&self) -> Vec<Var> {
        [&self.enter, &self.gate_up, &self.down, &self.leave].map(Var::clone).to_vec()
    }

    /// The logits. The time of what the runs do differently is added to `spent`.
    fn forward(&self, operations: &Operations, points: &Tensor, spent: &Cell<Duration>) -> Result<Tensor> {
        let x = points.matmul(&self.enter)?;
        let x = timed(spent, || (operations.silu)(&x))?;
        let gate_up = x.matmul(&self.gate_up)?;
        let gated = timed(spent, || (operations.swiglu)(&gate_up))?;
        (x + gated.matmul(&self.down)?)?.matmul(&self.leave)
    }
}

fn timed<T>(spent: &Cell<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    spent.set(spent.get() + start.elapsed());
    result
}

/// A training, step by step.
struct Run {
    operations: Operations,
    network: Network,
    optimizer: AdamW,
    losses: Vec<f32>,
    /// Of each step, the time of activations and the loss on the way there.
    activations: Vec<Duration>,
    /// Of each step, the time of the way there, the way back, and the optimiser.
    whole: Vec<Duration>,
}

impl Run {
    fn new(operations: Operations) -> Result<Self> {
        let network = Network::new(&mut Numbers(7))?;
        let parameters = ParamsAdamW { lr: RATE, weight_decay: 0.0, ..Default::default() };
        let optimizer = AdamW::new(network.variables(), parameters)?;
        Ok(Self { operations, network, optimizer, losses: vec![], activations: vec![], whole: vec![] })
    }

    fn step(&mut self, points: &Tensor, labels: &Tensor) -> Result<()> {
        let (start, activations) = (Instant::now(), Cell::default());
        let logits = self.network.forward(&self.operations, points, &activations)?;
        let loss = timed(&activations, || (self.operations.loss)(&logits, labels))?;
        self.optimizer.backward_step(&loss)?;
        self.whole.push(start.elapsed());
        self.activations.push(activations.get());
        self.losses.push(loss.to_scalar()?);
        Ok(())
    }

    fn guessed(&self, points: &Tensor, labels: &Tensor) -> Result<f64> {
        let logits = self.network.forward(&self.operations, points, &Cell::default())?;
        let right = logits.ge(0.0)?.eq(&labels.ge(0.5)?)?.to_dtype(candle_core::DType::F64)?;
        right.mean_all()?.to_scalar()
    }
}

/// The least, in milliseconds: the rest is what the machine did beside.
fn least(times: &[Duration]) -> f64 {
    1e3 * times.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
}

fn draw(path: &str, runs: &[Run; 2]) -> std::result::Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(path, (960, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(600);
    let colours = [RGBColor(200, 90, 40), RGBColor(30, 90, 180)];

    let lowest = runs[1].losses.iter().copied().filter(|&loss| loss > 0.0).fold(1.0, f32::min);
    let mut chart = ChartBuilder::on(&left)
        .caption("Loss before each step", ("sans-serif", 20))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0..STEPS, (0.5 * lowest..2.0_f32).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("step")
        .light_line_style(WHITE)
        .y_label_formatter(&|y| format!("{y:.0e}"))
        .draw()?;
    for ((run, colour), width) in runs.iter().zip(colours).zip([6, 2]) {
        let line: Vec<(usize, f32)> =
            run.losses.iter().copied().enumerate().take_while(|(_, loss)| loss.is_finite()).collect();
        let end = line.last().copied();
        let style = colour.stroke_width(width);
        chart
            .draw_series(LineSeries::new(line, style))?
            .label(run.operations.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], style));
        if let Some((step, loss)) = end.filter(|&(step, _)| step + 1 < STEPS) {
            let note = format!("NaN from step {} on", step + 1);
            let at = EmptyElement::at((step, loss));
            let text = Text::new(note, (8, -24), ("sans-serif", 15).into_font().color(&colour));
            chart.plotting_area().draw(&(at + Circle::new((0, 0), 6, colour.filled()) + text))?;
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 15))
        .draw()?;

    let bars = [
        ("activations and loss", runs.each_ref().map(|run| least(&run.activations))),
        ("the whole step", runs.each_ref().map(|run| least(&run.whole))),
    ];
    let most = bars.iter().flat_map(|(_, times)| times).copied().fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(&right)
        .caption("Milliseconds a step (least)", ("sans-serif", 20))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(50)
        .build_cartesian_2d(0.0..2.0, 0.0..1.15 * most)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .x_labels(3)
        .x_label_formatter(&|_| String::new())
        .draw()?;
    for (i, (name, times)) in bars.iter().enumerate() {
        for (j, (&time, colour)) in times.iter().zip(colours).enumerate() {
            let from = i as f64 + 0.14 + 0.37 * j as f64;
            chart.draw_series([Rectangle::new([(from, 0.0), (from + 0.32, time)], colour.filled())])?;
            let text = Text::new(
                format!("{time:.2}"),
                (from + 0.06, time + 0.05 * most),
                ("sans-serif", 15).into_font(),
            );
            chart.plotting_area().draw(&text)?;
        }
        let (x, y) = chart.backend_coord(&(i as f64 + 0.15, 0.0));
        area.draw(&Text::new(*name, (x - 4, y + 8), ("sans-serif", 15).into_font()))?;
    }
    area.present()?;
    Ok(())
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "swiglu_mlp.svg".into());
    let (points, labels) = spirals(&mut Numbers(1))?;
    let mut runs = [Run::new(CANDLE)?, Run::new(OURS)?];
    // In turn, so that whatever else the machine does hits both alike.
    for _ in 0..STEPS {
        for run in &mut runs {
            run.step(&points, &labels)?;
        }
    }

    println!("{:>5}   {:>20}   {:>12}", "step", CANDLE.name, OURS.name);
    for step in (0..STEPS).step_by(25).chain([STEPS - 1]) {
        println!("{step:5}   {:20.3e}   {:12.3e}", runs[0].losses[step], runs[1].losses[step]);
    }
    for run in &runs {
        println!(
            "{:20} {:5.1}% of the points guessed right, {:.2} ms a step, {:.2} ms of it for activations and loss",
            run.operations.name,
            100.0 * run.guessed(&points, &labels)?,
            least(&run.whole),
            least(&run.activations),
        );
    }
    draw(&path, &runs)?;
    println!("drawn: {path}");
    Ok(())
}
