//! What arrays cost beside slices: samples in turn in one process, the least of each, nanoseconds per element.
//!
//! ```sh
//! cargo run --release -p sigmoid-ndarray --example beside_slices
//! ```

use std::hint::black_box;
use std::time::{Duration, Instant};

use ndarray::{Array2, s};
use sigmoid::{Kernels, ops};
use sigmoid_measure::{Sampling, interleave};
use sigmoid_ndarray::KernelsExt;

/// The least time of each for an element.
fn least(elements: usize, contenders: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    let sampling = Sampling { sample: Duration::from_micros(500), warm: true };
    let samplings = vec![sampling; contenders.len()];
    let samples = interleave(&samplings, (200, 1000), Duration::from_secs(2), |i, calls, warm| {
        if warm {
            contenders[i]();
        }
        let start = Instant::now();
        for _ in 0..calls {
            contenders[i]();
        }
        start.elapsed()
    });
    let least = |samples: &Vec<sigmoid_measure::Nanoseconds>| {
        samples.iter().map(|time| time.0).fold(f64::INFINITY, f64::min) / elements as f64
    };
    samples.iter().map(least).collect()
}

fn main() {
    let (kernels, op) = (Kernels::new(), ops::Sigmoid);
    println!("                         slice    array   over   mapv of the formula");
    for (rows, columns) in [(64, 64), (256, 256), (1024, 1024)] {
        let x =
            Array2::from_shape_fn((rows, columns), |(i, j)| ((i * columns + j) % 2000) as f32 * 0.01 - 10.0);
        let (mut y, mut z) = (x.clone(), x.clone());
        let (mut of_slice, mut of_array) = (x.clone(), x.clone());
        let times = least(
            x.len(),
            &mut [
                &mut || kernels.map(op, black_box(x.as_slice().unwrap()), of_slice.as_slice_mut().unwrap()),
                &mut || kernels.map_array_into(op, black_box(&x), &mut of_array),
                &mut || y.assign(&black_box(&x).mapv(|x| 1.0 / (1.0 + (-x).exp()))),
                &mut || z.zip_mut_with(black_box(&x), |z, x| *z = 1.0 / (1.0 + (-x).exp())),
            ],
        );
        println!(
            "{rows:5} x {columns:5} contiguous  {:.4}   {:.4}   {:.3}   {:.3}",
            times[0],
            times[1],
            times[1] / times[0],
            times[2].min(times[3])
        );
    }

    println!("\n                         ns       times a contiguous one");
    let x = Array2::from_shape_fn((512, 512), |(i, j)| ((i * 512 + j) % 2000) as f32 * 0.01 - 10.0);
    let mut outputs: Vec<Array2<f32>> = vec![Array2::zeros((256, 256)); 5];
    let [whole, rows, steps, turned, naive] = &mut outputs[..] else { unreachable!() };
    let contiguous = x.slice(s![..256, ..256]).to_owned();
    let times = least(
        contiguous.len(),
        &mut [
            &mut || kernels.map_array_into(op, black_box(&contiguous), whole),
            &mut || kernels.map_array_into(op, &black_box(&x).slice(s![..256, 1..257]), rows),
            &mut || kernels.map_array_into(op, &black_box(&x).slice(s![..;2, ..;2]), steps),
            &mut || kernels.map_array_into(op, &black_box(&x).slice(s![..256, ..256]).t(), turned),
            &mut || {
                naive.zip_mut_with(&black_box(&x).slice(s![..;2, ..;2]), |z, x| *z = 1.0 / (1.0 + (-x).exp()))
            },
        ],
    );
    let names =
        ["contiguous", "rows of a wider one", "every other of both", "transposed", "zip_mut_with, others"];
    for (name, time) in names.iter().zip(&times) {
        println!("{name:24} {time:.4}   {:.2}", time / times[0]);
    }
}
