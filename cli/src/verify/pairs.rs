//! The operations of two numbers: a sample of pairs that are hard in some way, and the truth of each.

use indicatif::ProgressBar;
use rayon::prelude::*;
use sigmoid::{Backend, Kernels};
use sigmoid_conformance::sample::{Random, SPECIAL};
use sigmoid_conformance::{FunctionOfTwo, Rounding, Sampled};

use super::tally::{Judged, Tally};

/// How a kernel is called.
pub type TwoSlices<T> = dyn Fn(&Kernels, &[T], &[T], &mut [T]) + Send + Sync;

/// Pairs in a block.
const BLOCK: usize = 4096;

/// Whether the scalar reference multiplies by a silu(g) that is subnormal in `f64`, and promises nothing: see
/// [`sigmoid::bounds::SWIGLU`].
fn is_left_out(function: FunctionOfTwo, gate: f64) -> bool {
    function == FunctionOfTwo::SwiGlu && (gate < -700.0 || gate.abs() < 4.0 * f64::MIN_POSITIVE)
}

/// Whether an infinite factor meets a gate that lets nothing finite through: 0 times infinity to the library, where the
/// judge takes the limit.
fn is_nothing_times_infinity<T: Sampled>(function: FunctionOfTwo, [a, b]: [f64; 2]) -> bool {
    let (gate, factor) = match function {
        FunctionOfTwo::SwiGlu | FunctionOfTwo::SiluBackward => (a, b),
        FunctionOfTwo::Glu => (b, a),
        _ => return false,
    };
    factor.is_infinite() && gate < if T::DIGITS == 24 { -220.0 } else { -1480.0 }
}

/// What came of so many pairs with each of the kernels.
pub fn sweep<T: Sampled>(
    function: FunctionOfTwo,
    kernels: &[Kernels],
    call: &TwoSlices<T>,
    points: u64,
    progress: &ProgressBar,
) -> Vec<Tally> {
    let none = || vec![Tally::default(); kernels.len()];
    (0..points.div_ceil(BLOCK as u64))
        .into_par_iter()
        .fold(none, |mut tallies, index| {
            let len = (points - index * BLOCK as u64).min(BLOCK as u64) as usize;
            let pairs: Vec<[T; 2]> = block(function, index, len);
            judge(function, &pairs, kernels, call, &mut tallies);
            progress.inc(len as u64);
            tallies
        })
        .reduce(none, |mut all, more| {
            all.iter_mut().zip(&more).for_each(|(tally, other)| tally.merge(other));
            all
        })
}

/// The truth once, for all kernels.
fn judge<T: Sampled>(
    function: FunctionOfTwo,
    pairs: &[[T; 2]],
    kernels: &[Kernels],
    call: &TwoSlices<T>,
    tallies: &mut [Tally],
) {
    let mut of_all = Tally::default();
    let truths: Vec<_> = pairs
        .iter()
        .map(|&[a, b]| {
            let inputs = [a, b].map(T::widen);
            let truth = function.truth(inputs[0], inputs[1]);
            let rounded = match truth.round::<T>() {
                _ if is_nothing_times_infinity::<T>(function, inputs) => T::narrow(f64::NAN),
                Rounding::Known(number) => number,
                Rounding::Unknown(number) => {
                    of_all.by_arbitrary_precision += 1;
                    function.round_arbitrarily(a, b).unwrap_or_else(|| {
                        of_all.undecided += 1;
                        number
                    })
                }
            };
            (truth, rounded)
        })
        .collect();
    let [first, second] = [0, 1].map(|i| pairs.iter().map(|pair| pair[i]).collect::<Vec<T>>());
    let mut results = vec![T::narrow(f64::NAN); pairs.len()];
    for (kernels, tally) in kernels.iter().zip(tallies) {
        call(kernels, &first, &second, &mut results);
        tally.merge(&of_all);
        let scalar = T::DIGITS == 53 && kernels.selected_backend() == Backend::Scalar;
        for ((pair, result), (truth, rounded)) in pairs.iter().zip(&results).zip(&truths) {
            let inputs = pair.map(T::widen);
            if scalar && is_left_out(function, inputs[0]) {
                continue;
            }
            // The nearest number is half a unit off at the most, however small.
            let right = result.bits() == rounded.bits();
            let error =
                if right { truth.error_in_ulp(*result).min(0.5) } else { truth.error_in_ulp(*result) };
            tally.enter(Judged { inputs, result: result.widen(), rounded: rounded.widen(), error });
        }
    }
}

/// Pairs of every kind. The same index always gives the same block; the first one begins with zeros, infinities, NaN
/// and the ends of the format, each with each.
fn block<T: Sampled>(function: FunctionOfTwo, index: u64, len: usize) -> Vec<[T; 2]> {
    let mut random = Random(index.wrapping_mul(0x9fb2_1c65_1e98_df25).wrapping_add(7));
    let special = if index == 0 { SPECIAL.len() * SPECIAL.len() } else { 0 };
    let pair = |i: usize| {
        let [x, other] = if i < special {
            [SPECIAL[i / SPECIAL.len()], SPECIAL[i % SPECIAL.len()]]
        } else {
            let i = i - special;
            [gate::<T>(i, &mut random), factor::<T>(i / GATES, &mut random)]
        };
        match function {
            FunctionOfTwo::Glu => [other, x],
            FunctionOfTwo::BceWithLogits => [x, label(i, other, &mut random)],
            // What is added to u, 0, makes 0 of -0: what becomes -0 in the format, too.
            FunctionOfTwo::SwiGlu => [x, T::narrow(other).widen() + 0.0],
            _ => [x, other],
        }
        .map(T::narrow)
    };
    (0..len).map(pair).collect()
}

/// How many kinds of gates there are.
const GATES: usize = 8;

/// What goes into the sigmoid.
fn gate<T: Sampled>(kind: usize, random: &mut Random) -> f64 {
    /// Where silu' is 0.
    const ZERO: f64 = -1.278_464_542_761_073_7;
    let single = T::DIGITS == 24;
    // Where results become subnormal, and where they become 0.
    let [subnormal, zero, smallest] =
        if single { [-90.0, -108.0, -149.0] } else { [-713.0, -751.0, -1074.0] };
    match kind % GATES {
        0 => random.between(zero - 2.0, -zero),
        1 => random.between(-20.0, 20.0),
        2 => random.between(-4.0, 4.0),
        3 => random.magnitude(-30.0, 6.0),
        4 => random.magnitude(smallest, 10.0),
        5 => ZERO + random.magnitude(-54.0, 0.0),
        6 => random.between(subnormal - 3.0, subnormal + 3.0),
        _ => random.between(zero - 1.0, zero + 4.0),
    }
}

/// What it is multiplied with: also so large or small that the product is in range where s is not, or the other way
/// round.
fn factor<T: Sampled>(kind: usize, random: &mut Random) -> f64 {
    let range = if T::DIGITS == 24 { 120.0 } else { 1000.0 };
    match kind % 4 {
        0 => random.between(-8.0, 8.0),
        1 => random.magnitude(-4.0, 4.0),
        2 => random.magnitude(-range / 2.0, range / 2.0),
        _ => random.magnitude(-range, range),
    }
}

/// A label: 0, 1, next to 1, next to 0 or in between; nothing is promised of others.
fn label(kind: usize, other: f64, random: &mut Random) -> f64 {
    match kind / GATES % 5 {
        _ if other.is_nan() => other,
        0 => 0.0,
        1 => 1.0,
        2 => 1.0 - random.magnitude(-60.0, 0.0).abs(),
        3 => random.magnitude(-140.0, 0.0).abs().min(1.0),
        _ => random.between(0.0, 1.0),
    }
}
