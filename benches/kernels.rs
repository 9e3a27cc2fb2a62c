//! What a user would measure: every operation, format and backend, from one element to 64 Mi.
//!
//! Groups are named `operation/format`, so that `cargo bench -- forward/f32` or
//! `cargo bench -- derivative/f64/avx512/65536` does what one hopes. `roofline` is what the memory
//! allows: a plain copy of the same bytes.

mod buffers;

use std::hint::black_box;
use std::time::Duration;

use buffers::Buffers;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sigmoid::{Backend, Element, Kernels};

const SIZES: [usize; 8] = [1, 16, 100, 2048, 65_536, 1 << 20, 1 << 24, 1 << 26];

/// The contenders: each backend on one thread, and the fastest on all.
fn contenders() -> Vec<(String, Kernels)> {
    let one_thread = Backend::available()
        .map(|backend| (backend.to_string(), Kernels::new().backend(backend).expect("it is available")));
    #[cfg(feature = "rayon")]
    let all_threads = [(format!("{}-parallel", Backend::fastest()), Kernels::new().parallel(true))];
    #[cfg(not(feature = "rayon"))]
    let all_threads = [];
    one_thread.chain(all_threads).collect()
}

/// One group: an operation in a format, at every size, by every contender.
fn bench<T: Element>(
    criterion: &mut Criterion,
    name: &str,
    from: fn(f64) -> T,
    operation: fn(&Kernels, &mut Buffers<T>),
) {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    for size in SIZES {
        let mut buffers = Buffers::new(size, from);
        group.throughput(Throughput::Elements(size as u64));
        for (contender, sigmoid) in contenders() {
            // The scalar path takes a second for 64 Mi elements, and says nothing new there.
            if sigmoid.selected_backend() == Backend::Scalar && size > 1 << 20 {
                continue;
            }
            group.bench_function(BenchmarkId::new(contender, size), |bencher| {
                bencher.iter(|| operation(&sigmoid, black_box(&mut buffers)));
            });
        }
    }
    group.finish();
}

fn operations<T: Element>(criterion: &mut Criterion, format: &str, from: fn(f64) -> T) {
    bench(criterion, &format!("forward/{format}"), from, |sigmoid, buffers| {
        let (x, _, y, _) = buffers.slices();
        sigmoid.forward(x, y);
    });
    bench(criterion, &format!("derivative/{format}"), from, |sigmoid, buffers| {
        let (x, _, y, _) = buffers.slices();
        sigmoid.derivative(x, y);
    });
    bench(criterion, &format!("forward_with_derivative/{format}"), from, |sigmoid, buffers| {
        let (x, _, y, dy) = buffers.slices();
        sigmoid.forward_with_derivative(x, y, dy);
    });
    bench(criterion, &format!("backward/{format}"), from, |sigmoid, buffers| {
        let (s, grad, y, _) = buffers.slices();
        sigmoid.backward(s, grad, y);
    });
}

fn kernels(criterion: &mut Criterion) {
    operations::<f32>(criterion, "f32", |x| x as f32);
    operations::<f64>(criterion, "f64", |x| x);
}

fn roofline(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("roofline");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    for size in SIZES {
        let mut buffers = Buffers::new(size, |x| x as f32);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::new("copy", size), |bencher| {
            bencher.iter(|| {
                let (x, _, y, _) = black_box(&mut buffers).slices();
                y.copy_from_slice(x);
            });
        });
        #[cfg(target_arch = "x86_64")]
        group.bench_function(BenchmarkId::new("stream-copy", size), |bencher| {
            bencher.iter(|| {
                let (x, _, y, _) = black_box(&mut buffers).slices();
                buffers::stream_copy(x, y);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, kernels, roofline);
criterion_main!(benches);
