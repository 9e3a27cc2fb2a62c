//! Takes the times.

use std::process::Command;
use std::time::{Duration, Instant};

use half::{bf16, f16};
use indicatif::ProgressBar;
use sigmoid_conformance::Sampled;
use sigmoid_measure::{Buffers, Number, Sampling, Statistics, interleave};

use crate::Failure;
use crate::data;
use crate::errors::{self, Errors};
use crate::peer::{Kernel, Operation, Peer, Threads};
use crate::record::{Error, ErrorInHalf, Format, Measurement};

/// The lengths of the tables: in the first cache, in the second, around the last, beyond.
pub const KEY_SIZES: [usize; 4] = [2_048, 65_536, 1 << 20, data::LONGEST];

/// The lengths of the tables of what is made of s: a short call, in the first cache, in the second, around the last.
pub const KEY_SIZES_OF_FAMILY: [usize; 4] = [64, 4_096, 65_536, data::LONGEST_OF_FAMILY];

/// The time that a sample takes at least. A clock's tick and a call's start are nothing beside it.
const SAMPLE: Duration = Duration::from_micros(50);

/// The same for several threads, whose start and end are never quite together.
const SAMPLE_OF_THREADS: Duration = Duration::from_millis(1);

/// The fewest samples of each contender, and the most.
const ROUNDS: (u32, u32) = (5, 301);

/// One table of measurements.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// What is computed.
    pub operation: Operation,
    /// In which format.
    pub format: Format,
    /// On how many threads.
    pub threads: Threads,
}

impl Work {
    /// The lengths that its table shows.
    pub fn columns(self) -> [usize; 4] {
        let is_half = matches!(self.format, Format::Bf16 | Format::F16);
        if self.operation.is_family() || is_half { KEY_SIZES_OF_FAMILY } else { KEY_SIZES }
    }
}

/// All tables. The first is the one that the bars stand on.
pub const WORKS: [Work; 16] = {
    const fn work(operation: Operation, format: Format, threads: Threads) -> Work {
        Work { operation, format, threads }
    }
    [
        work(Operation::Forward, Format::F32, Threads::One),
        work(Operation::ForwardInPlace, Format::F32, Threads::One),
        work(Operation::Derivative, Format::F32, Threads::One),
        work(Operation::Forward, Format::F64, Threads::One),
        work(Operation::Derivative, Format::F64, Threads::One),
        work(Operation::Forward, Format::F32, Threads::All),
        work(Operation::Derivative, Format::F32, Threads::All),
        work(Operation::Silu, Format::F32, Threads::One),
        work(Operation::Swiglu, Format::F32, Threads::One),
        work(Operation::Softplus, Format::F32, Threads::One),
        work(Operation::LogSigmoid, Format::F32, Threads::One),
        work(Operation::BceWithLogits, Format::F32, Threads::One),
        work(Operation::Forward, Format::Bf16, Threads::One),
        work(Operation::Silu, Format::Bf16, Threads::One),
        work(Operation::Forward, Format::F16, Threads::One),
        work(Operation::Silu, Format::F16, Threads::One),
    ]
};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// The time that the samples of all contenders at one short length may take together.
    pub short: Duration,
    /// The same at one of the lengths of the tables.
    pub key: Duration,
    /// Whether each sample begins with clean vector registers, as in a process of its own. Some
    /// contenders leave their upper halves dirty, which slows down the older instructions of
    /// whoever comes next.
    pub clean: bool,
}

impl Effort {
    /// Some minutes in all.
    pub const FULL: Self =
        Self { short: Duration::from_millis(150), key: Duration::from_secs(3), clean: true };
    /// A first look.
    pub const QUICK: Self =
        Self { short: Duration::from_millis(20), key: Duration::from_millis(300), clean: true };

    fn budget(&self, work: Work, elements: usize) -> Duration {
        if work.columns().contains(&elements) { self.key } else { self.short }
    }
}

/// The lengths for a table: every one up to 64 and a curve beyond for the first, the key sizes for others.
pub fn sizes(work: Work) -> Vec<usize> {
    match (work.operation, work.format, work.threads) {
        (Operation::Forward, Format::F32, Threads::One) => {
            let mut sizes: Vec<usize> = (1..=64).collect();
            sizes.extend((7..=26).map(|exponent| 1 << exponent));
            sizes
        }
        _ => work.columns().to_vec(),
    }
}

/// Times all contenders at these lengths.
pub fn measure(
    peers: &[Box<dyn Peer>],
    work: Work,
    sizes: &[usize],
    effort: Effort,
    progress: &ProgressBar,
) -> Result<Vec<Measurement>, Failure> {
    let run = || match work.format {
        Format::F32 => measure_in::<f32>(peers, work, sizes, effort, progress, |peer| {
            peer.single(work.operation, work.threads)
        }),
        Format::F64 => measure_in::<f64>(peers, work, sizes, effort, progress, |peer| {
            peer.double(work.operation, work.threads)
        }),
        Format::Bf16 => measure_in::<bf16>(peers, work, sizes, effort, progress, |peer| {
            peer.bfloat16(work.operation, work.threads)
        }),
        Format::F16 => measure_in::<f16>(peers, work, sizes, effort, progress, |peer| {
            peer.float16(work.operation, work.threads)
        }),
    };
    match work.threads {
        Threads::One => run(),
        // On a thread of a pool: waking it is no part of the times.
        Threads::All => pool(threads(work.threads))?.install(run),
    }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// So many threads that is on this machine.
pub fn threads(threads: Threads) -> usize {
    match threads {
        Threads::One => 1,
        Threads::All => sigmoid_measure::cpu::threads(),
    }
}

fn measure_in<T: Number + Sampled>(
    peers: &[Box<dyn Peer>],
    work: Work,
    sizes: &[usize],
    effort: Effort,
    progress: &ProgressBar,
    kernel: impl Fn(&dyn Peer) -> Option<Box<dyn Kernel<T>>>,
) -> Result<Vec<Measurement>, Failure> {
    let (mut contenders, mut kernels) = (Vec::new(), Vec::new());
    for peer in peers {
        if let Some(kernel) = kernel(&**peer) {
            contenders.push(peer);
            kernels.push(kernel);
        }
    }
    let sampling = Sampling {
        sample: match work.threads {
            Threads::One => SAMPLE,
            Threads::All => SAMPLE_OF_THREADS,
        },
        warm: work.operation != Operation::ForwardInPlace,
    };
    let longest = sizes.iter().copied().max().unwrap_or(0);
    let inputs: Vec<T> = data::inputs(longest).into_iter().map(|x| T::narrow(x.into())).collect();
    let second: Vec<T> = match work.operation.inputs() {
        2 => data::second_inputs(longest).into_iter().map(|x| T::narrow(x.into())).collect(),
        _ => Vec::new(),
    };
    let mut measurements = Vec::new();
    for &elements in sizes {
        progress.set_message(format!(
            "{} {}, {}, {elements} elements",
            work.operation.title(),
            work.format.name(),
            if work.threads == Threads::One { "one thread" } else { "all threads" }
        ));
        let mut buffers = Buffers::<T, 2>::new([work.operation.inputs() * elements, elements])?;
        let [x, y] = buffers.slices();
        let (x_first, x_second) = x.split_at_mut(elements);
        x_first.copy_from_slice(&inputs[..elements]);
        // All that there are, or none.
        x_second.copy_from_slice(&second[..x_second.len()]);
        for kernel in &mut kernels {
            kernel.load(x);
        }
        let budget = effort.budget(work, elements);
        let samples = interleave(&vec![sampling; kernels.len()], ROUNDS, budget, |i, calls, warm| {
            if work.operation == Operation::ForwardInPlace {
                // A kernel that runs over its own results makes them all the same: the first call of each
                // sample, at least, finds the inputs.
                y.copy_from_slice(x);
            }
            if effort.clean {
                clean_registers();
            }
            kernels[i].run(x, y, u64::from(warm));
            let start = Instant::now();
            kernels[i].run(x, y, calls);
            start.elapsed()
        });
        for (peer, samples) in contenders.iter().zip(samples) {
            let time = Statistics::of(samples);
            measurements.push(Measurement {
                peer: peer.name(),
                version: peer.version(),
                op: work.operation,
                dtype: work.format,
                threads: threads(work.threads),
                elements,
                median_ns: time.median.0,
                minimum_ns: time.minimum.0,
                samples: time.samples,
                note: note(&***peer, work.threads),
                alone: false,
                unclean: !effort.clean,
            });
        }
        // Tensors of one length make room for those of the next.
        for kernel in &mut kernels {
            kernel.load(&[]);
        }
        progress.inc(1);
    }
    Ok(measurements)
}

fn note(peer: &dyn Peer, threads: Threads) -> String {
    match threads {
        Threads::All if !peer.has_threads() => "cut into a part a thread by the caller's pool".into(),
        _ => String::new(),
    }
}

/// Zeroes the upper halves of the vector registers.
fn clean_registers() {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx") {
        // SAFETY: the CPU has AVX. By the calling convention nobody keeps anything in the upper
        // halves across a call.
        unsafe { zero_upper_halves() }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
fn zero_upper_halves() {
    std::arch::x86_64::_mm256_zeroupper();
}

/// The first table's key sizes again, with the registers as each contender leaves them to the next.
pub fn unclean(
    peers: &[Box<dyn Peer>],
    effort: Effort,
    progress: &ProgressBar,
) -> Result<Vec<Measurement>, Failure> {
    let effort = Effort { key: effort.key / 3, clean: false, ..effort };
    measure(peers, WORKS[0], &KEY_SIZES, effort, progress)
}

/// The first table's key sizes again for one contender, in this process, which has seen no other.
pub fn alone(peer: Box<dyn Peer>, effort: Effort) -> Result<Vec<Measurement>, Failure> {
    // What all share is shared by so many or so; a process of one's own needs no more than its part.
    let effort = Effort { key: effort.key / 10, ..effort };
    let mut measurements = measure(&[peer], WORKS[0], &KEY_SIZES, effort, &ProgressBar::hidden())?;
    measurements.iter_mut().for_each(|one| one.alone = true);
    Ok(measurements)
}

/// Has a process of its own for each contender do the same, by this program's hidden command `alone`.
pub fn each_alone(
    peers: &[Box<dyn Peer>],
    quick: bool,
    progress: &ProgressBar,
) -> Result<Vec<Measurement>, Failure> {
    let mut measurements = Vec::new();
    for peer in peers {
        progress.set_message(format!("{} in a process of its own", peer.name()));
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["alone", "--peer", &peer.name()]).args(quick.then_some("--quick"));
        let output = command.output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{} in a process of its own: {}: {said}", peer.name(), output.status).into());
        }
        measurements.extend(serde_json::from_slice::<Vec<Measurement>>(&output.stdout)?);
        progress.inc(1);
    }
    Ok(measurements)
}

/// The errors of all contenders, in all that they have.
pub fn judge(peers: &[Box<dyn Peer>], progress: &ProgressBar) -> Vec<Error> {
    let mut errors = Vec::new();
    for peer in peers {
        progress.set_message(format!("errors of {}", peer.name()));
        for shown in Operation::JUDGED {
            // Who has no kernel out of place may have one in place.
            let ways: &[Operation] = match shown {
                Operation::Forward => &[Operation::Forward, Operation::ForwardInPlace],
                _ => &[shown],
            };
            let found = ways.iter().find_map(|&op| Some((op, peer.single(op, Threads::One)?)));
            if let Some((op, mut kernel)) = found {
                errors.push(Error {
                    peer: peer.name(),
                    version: peer.version(),
                    op: shown,
                    errors: Errors::of_kernel(op, &mut *kernel, &data::judged(shown)),
                });
            }
        }
        progress.inc(1);
    }
    errors
}

/// The same in half precision, of every number.
pub fn judge_in_half(peers: &[Box<dyn Peer>]) -> Vec<ErrorInHalf> {
    let mut errors = Vec::new();
    for peer in peers {
        for op in Operation::JUDGED_IN_HALF {
            errors.extend(error_in_half(&**peer, op, Format::Bf16, peer.bfloat16(op, Threads::One)));
            errors.extend(error_in_half(&**peer, op, Format::F16, peer.float16(op, Threads::One)));
        }
    }
    errors
}

fn error_in_half<T: Sampled>(
    peer: &dyn Peer,
    op: Operation,
    dtype: Format,
    kernel: Option<Box<dyn Kernel<T>>>,
) -> Option<ErrorInHalf> {
    let report = errors::examined(op, &mut *kernel?)?;
    Some(ErrorInHalf::of(peer.name(), peer.version(), op, dtype, &report))
}
