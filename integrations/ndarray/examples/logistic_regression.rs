//! Logistic regression on many labels at once, trained twice on the same data: with `mapv` and the formulas as one
//! writes them, and with the kernels. Beside each other stand the loss, which as written is no number as soon as a
//! sample is classified with certainty, and the time that is spent between the two matrix products.
//!
//! ```sh
//! cargo run --release -p sigmoid-ndarray --example logistic_regression
//! ```

use std::time::{Duration, Instant};

use ndarray::{Array2, Axis, Zip};
use sigmoid::{Kernels, ops};
use sigmoid_ndarray::KernelsExt;

const SAMPLES: usize = 20_000;
const FEATURES: usize = 24;
const LABELS: usize = 16;
const STEPS: usize = 60;
const RATE: f32 = 30.0;

/// Numbers that look random, from -1 to 1: of a linear congruential generator.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// From logits and labels: the mean loss, and the gradient of its sum in place of the logits.
type Loss = fn(&mut Array2<f32>, &Array2<f32>) -> f64;

fn as_written(logits: &mut Array2<f32>, labels: &Array2<f32>) -> f64 {
    let s = logits.mapv(|x| 1.0 / (1.0 + (-x).exp()));
    let loss =
        Zip::from(&s).and(labels).map_collect(|&s, &z| f64::from(-(z * s.ln() + (1.0 - z) * (1.0 - s).ln())));
    Zip::from(logits).and(&s).and(labels).for_each(|gradient, &s, &z| *gradient = s - z);
    loss.mean().unwrap()
}

fn with_kernels(logits: &mut Array2<f32>, labels: &Array2<f32>) -> f64 {
    let kernels = Kernels::new();
    // (Both are contiguous. Of arrays that are not, the losses would be an array.)
    let loss = kernels.bce_with_logits_mean(logits.as_slice().unwrap(), labels.as_slice().unwrap());
    kernels.zip_arrays_into_first(ops::BceWithLogitsGradient, logits, labels);
    loss
}

/// The loss before every step, the weights, and the time that was spent on losses and gradients.
fn train(x: &Array2<f32>, labels: &Array2<f32>, loss: Loss) -> (Vec<f64>, Array2<f32>, Duration) {
    let mut weights = Array2::zeros((FEATURES, LABELS));
    let (mut losses, mut spent) = (Vec::new(), Duration::ZERO);
    for _ in 0..STEPS {
        let mut logits = x.dot(&weights);
        let start = Instant::now();
        losses.push(loss(&mut logits, labels));
        spent += start.elapsed();
        weights.scaled_add(-RATE / SAMPLES as f32, &x.t().dot(&logits));
    }
    (losses, weights, spent)
}

fn main() {
    let mut numbers = Numbers(2025);
    let x = Array2::from_shape_simple_fn((SAMPLES, FEATURES), || numbers.next());
    let truth = Array2::from_shape_simple_fn((FEATURES, LABELS), || numbers.next());
    let labels = x.dot(&truth).mapv(|logit| if logit > 0.0 { 1.0 } else { 0.0 });

    let (written, _, time_written) = train(&x, &labels, as_written);
    let (ours, weights, time_ours) = train(&x, &labels, with_kernels);

    println!("step   loss as written   loss by the kernels");
    for step in (0..STEPS).step_by(6).chain([STEPS - 1]) {
        println!("{step:4}   {:15.6}   {:19.6}", written[step], ours[step]);
    }
    let guesses = x.dot(&weights).mapv(|logit| if logit > 0.0 { 1.0 } else { 0.0 });
    let wrong = (&guesses - &labels).mapv(f32::abs).sum_axis(Axis(0)).sum() / (SAMPLES * LABELS) as f32;
    println!("labels guessed right: {:.2}%", 100.0 * (1.0 - wrong));
    println!(
        "losses and gradients: {:.0} ms as written, {:.0} ms by the kernels: {:.1} times",
        1e3 * time_written.as_secs_f64(),
        1e3 * time_ours.as_secs_f64(),
        time_written.as_secs_f64() / time_ours.as_secs_f64()
    );
    assert!(ours.iter().all(|loss| loss.is_finite()) && ours[STEPS - 1] < 0.1 * ours[0]);
}
