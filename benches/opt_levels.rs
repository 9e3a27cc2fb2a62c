//! Are kernels as fast in a build for size? Where the compiler does not unroll loops or inlines less, an array of lanes may
//! go through memory, and a call takes twenty times as long.
//!
//! ```sh
//! cargo bench --bench opt_levels -- write "$PWD/times"
//! cargo bench --bench opt_levels --config 'profile.bench.package.sigmoid.opt-level="s"' -- compare "$PWD/times"
//! ```
//!
//! The first writes the nanoseconds an element of every operation, format, accuracy and backend to a file; the second
//! compares its own with them, prints the worst, and fails at [`LIMIT`].

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::env;
use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use sigmoid::{Accuracy, Backend, Kernels};
use support::family::{Family, Member, in_every_format};

/// How many times as long a call may take as in the build for speed. It is 1.5 at most, but for three of `Wide` at opt-level
/// "s" (backward of s and of tanh in bf16, Exact backward in f32: 2.0) and the plain products that memory limits, and two
/// programs meet different neighbours.
const LIMIT: f64 = 2.5;

/// Elements of a slice: few enough for the nearest cache.
const LEN: usize = 1024;

/// Calls of a sample.
const CALLS: usize = 4;

/// Samples, of which the fastest counts.
const SAMPLES: usize = 25;

/// How often all is measured again, after a rest, while something seems slow: a neighbour's load passes.
const SECOND_LOOKS: usize = 20;

const REST: Duration = Duration::from_secs(2);

/// What is measured, and its nanoseconds an element.
type Times = Vec<(String, f64)>;

/// The nanoseconds an element that a member of the family takes.
fn nanoseconds<T: Family>(kernels: Kernels, member: &Member<T>) -> f64 {
    // (Numbers that nothing takes for special, and probabilities.)
    let x: Vec<T> = (0..LEN).map(|i| T::nearest((i as f64 + 0.5) / LEN as f64)).collect();
    let [mut y, mut dy] = [x.clone(), x.clone()];
    let samples = (0..SAMPLES).map(|_| {
        let start = Instant::now();
        for _ in 0..CALLS {
            (member.compute)(kernels, black_box([&x; 3]), black_box([&mut y, &mut dy]));
        }
        start.elapsed().as_secs_f64()
    });
    samples.fold(f64::INFINITY, f64::min) * 1e9 / (CALLS * LEN) as f64
}

/// Adds the times of a format.
fn measure<T: Family>(times: &mut Times) {
    for accuracy in Accuracy::ALL {
        for backend in Backend::available().filter(|&backend| backend != Backend::Scalar) {
            let kernels = Kernels::new().accuracy(accuracy).backend(backend).expect("it is available");
            for member in T::members() {
                // (Nothing else has kernels of its own for Exact.)
                let has_exact = member.name.starts_with("sigmoid") && size_of::<T>() >= size_of::<f32>();
                if accuracy == Accuracy::Fast || has_exact {
                    let name = format!("{} {accuracy} {backend} {}", T::NAME, member.name);
                    times.push((name, nanoseconds(kernels, &member)));
                }
            }
        }
    }
}

/// The times of this build.
fn measure_all() -> Times {
    let mut times = Times::new();
    in_every_format!(measure(&mut times));
    times
}

/// Compares with the times in a file, line by line, and says whether all are within the limit.
fn compare(file: &str) -> bool {
    let written = fs::read_to_string(file).expect("the file that `write` wrote");
    let lines = written.lines().filter_map(|line| line.split_once(' '));
    let of_speed: HashMap<&str, f64> =
        lines.map(|(time, name)| (name, time.parse().expect("nanoseconds"))).collect();
    let mut least = measure_all();
    let ratio = |(name, time): &(String, f64)| time / of_speed[name.as_str()];
    for _ in 0..SECOND_LOOKS {
        if least.iter().all(|line| ratio(line) <= LIMIT) {
            break;
        }
        thread::sleep(REST);
        for ((_, least), (_, time)) in least.iter_mut().zip(measure_all()) {
            *least = least.min(time);
        }
    }
    let mut ratios: Vec<(f64, f64, &str)> =
        least.iter().map(|line| (ratio(line), line.1, line.0.as_str())).collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!("The slowest kernels, in times of what they take when built for speed, the worst last:");
    for (ratio, time, name) in &ratios[ratios.len().saturating_sub(20)..] {
        println!("{ratio:5.2}  {name}: {time:.3} ns an element");
    }
    let slow = ratios.iter().filter(|slow| slow.0 > LIMIT).count();
    println!("{slow} of {} take more than {LIMIT} times as long", ratios.len());
    slow == 0
}

fn main() -> ExitCode {
    // (Cargo adds an argument of its own.)
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", file] => {
            let lines: Vec<String> =
                measure_all().iter().map(|(name, time)| format!("{time} {name}\n")).collect();
            fs::write(file, lines.concat()).expect("a file that can be written");
            ExitCode::SUCCESS
        }
        ["compare", file] if compare(file) => ExitCode::SUCCESS,
        ["compare", _] => ExitCode::FAILURE,
        _ => {
            eprintln!("write FILE, or compare FILE");
            ExitCode::FAILURE
        }
    }
}
