//! What the tests share: the formats, the operations behind one face, and inputs in which
//! something could go wrong.

#![allow(dead_code)] // every test binary uses a part of it

pub mod docs;
pub mod errors;
pub mod family;

use std::mem::MaybeUninit;

use sigmoid::{Accuracy, Backend, Element, Kernels, reference};

/// A format, with what a test must know about it.
pub trait Format:
    Copy + Default + Into<f64> + std::fmt::Display + std::fmt::LowerExp + Send + Sync + 'static
{
    const NAME: &'static str;

    /// Negative inputs from the first of a pair to the second have subnormal results.
    const SUBNORMAL_RESULTS: (f64, f64);

    /// Values at and around which the kernels change their way, or the results their kind.
    const BOUNDARIES: &'static [f64];

    fn of_bits(bits: u64) -> Self;

    fn bits(self) -> u64;

    fn nearest(x: f64) -> Self;

    /// The bit pattern of +infinity: those above it are NaN, up to the sign bit.
    const INFINITY_BITS: u64;

    const SIGN_BIT: u64;

    /// Digits after the leading one.
    const FRACTION_BITS: i32;

    const SMALLEST_NORMAL_EXPONENT: i32;

    /// The unit in the last place of a number in this format.
    fn unit(number: f64) -> f64 {
        let exponent = if number == 0.0 { i32::MIN } else { number.abs().log2().floor() as i32 };
        // The logarithm may have been rounded up.
        let exponent = exponent - i32::from(exponent > -1000 && number.abs() < 2_f64.powi(exponent));
        two_to(exponent.max(Self::SMALLEST_NORMAL_EXPONENT) - Self::FRACTION_BITS)
    }
}

/// 2^n, subnormal too (`powi` may go by way of the reciprocal, which overflows).
fn two_to(n: i32) -> f64 {
    if n >= -1022 { 2_f64.powi(n) } else { f64::MIN_POSITIVE * 2_f64.powi(n + 1022) }
}

/// A format that the library has kernels of everything for, Exact ones too.
pub trait Float: Format + Element {}

impl<T: Format + Element> Float for T {}

impl Format for f32 {
    const NAME: &'static str = "f32";
    const SUBNORMAL_RESULTS: (f64, f64) = (-104.6, -87.3);
    const BOUNDARIES: &'static [f64] = &[
        1.0, 16.6, 17.0, 17.33, 40.0, 80.0, 87.3, 87.33, 87.336_54, 87.34, 87.4, 88.0, 88.72, 103.9, 103.97,
        104.0, 104.5, 104.6, 110.0, 128.0, 1e9, 4e26,
    ];
    const INFINITY_BITS: u64 = 0x7f80_0000;
    const SIGN_BIT: u64 = 1 << 31;
    const FRACTION_BITS: i32 = 23;
    const SMALLEST_NORMAL_EXPONENT: i32 = -126;

    fn of_bits(bits: u64) -> Self {
        Self::from_bits(bits as u32)
    }

    fn bits(self) -> u64 {
        self.to_bits().into()
    }

    fn nearest(x: f64) -> Self {
        x as f32
    }
}

impl Format for f64 {
    const NAME: &'static str = "f64";
    const SUBNORMAL_RESULTS: (f64, f64) = (-745.2, -708.3);
    const BOUNDARIES: &'static [f64] = &[
        1.0, 36.04, 36.74, 37.0, 40.0, 80.0, 87.34, 104.5, 690.0, 708.0, 708.39, 708.4, 709.0, 709.78, 744.4,
        745.13, 745.2, 746.0, 760.0, 1024.0, 1e9, 1e300,
    ];
    const INFINITY_BITS: u64 = 0x7ff0_0000_0000_0000;
    const SIGN_BIT: u64 = 1 << 63;
    const FRACTION_BITS: i32 = 52;
    const SMALLEST_NORMAL_EXPONENT: i32 = -1022;

    fn of_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }

    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn nearest(x: f64) -> Self {
        x
    }
}

/// Expands to a format of half precision.
#[cfg(feature = "half")]
macro_rules! half {
    ($format:ident, $subnormal_results:expr, $infinity_bits:expr, $fraction_bits:expr, $smallest_normal:expr,
        $boundaries:expr) => {
        impl Format for half::$format {
            const NAME: &'static str = stringify!($format);
            const SUBNORMAL_RESULTS: (f64, f64) = $subnormal_results;
            const BOUNDARIES: &'static [f64] = &$boundaries;
            const INFINITY_BITS: u64 = $infinity_bits;
            const SIGN_BIT: u64 = 1 << 15;
            const FRACTION_BITS: i32 = $fraction_bits;
            const SMALLEST_NORMAL_EXPONENT: i32 = $smallest_normal;

            fn of_bits(bits: u64) -> Self {
                Self::from_bits(bits as u16)
            }

            fn bits(self) -> u64 {
                self.to_bits().into()
            }

            fn nearest(x: f64) -> Self {
                // (The crate's `from_f64` looks at a part of the digits only.)
                Self::from_f32(x as f32)
            }
        }
    };
}

#[cfg(feature = "half")]
half!(
    bf16,
    (-92.9, -87.3),
    0x7f80,
    7,
    -126,
    [1.0, 5.0, 17.0, 24.0, 40.0, 47.0, 80.0, 87.5, 92.5, 104.0, 110.0, 128.0, 1e9, 4e26]
);
#[cfg(feature = "half")]
half!(f16, (-17.4, -9.7), 0x7c00, 10, -14, [1.0, 5.0, 9.7, 17.3, 20.0, 24.0, 47.0, 80.0, 110.0, 60_000.0]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Forward,
    Derivative,
    ForwardWithDerivative,
    Backward,
}

impl Operation {
    pub const ALL: [Self; 4] = [Self::Forward, Self::Derivative, Self::ForwardWithDerivative, Self::Backward];

    /// The operations on one input.
    pub const OF_X: [Self; 3] = [Self::Forward, Self::Derivative, Self::ForwardWithDerivative];

    pub fn outputs(self) -> usize {
        if self == Self::ForwardWithDerivative { 2 } else { 1 }
    }
}

/// Where the results go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    OutOfPlace,
    InPlace,
    Uninitialised,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::OutOfPlace, Self::InPlace, Self::Uninitialised];
}

/// One call. `x` stands for s in [`Operation::Backward`], which alone reads `grad`; only
/// [`Operation::ForwardWithDerivative`] writes `second`. In place, the input is copied to `first`
/// beforehand.
pub fn run<T: Float>(
    kernels: Kernels,
    operation: Operation,
    way: Way,
    [x, grad]: [&[T]; 2],
    [first, second]: [&mut [T]; 2],
) {
    match (operation, way) {
        (Operation::Forward, Way::OutOfPlace) => kernels.forward(x, first),
        (Operation::Forward, Way::InPlace) => {
            first.copy_from_slice(x);
            kernels.forward_in_place(first);
        }
        (Operation::Forward, Way::Uninitialised) => {
            returned(x, kernels.forward_uninit(x, uninitialised(first)));
        }
        (Operation::Derivative, Way::OutOfPlace) => kernels.derivative(x, first),
        (Operation::Derivative, Way::InPlace) => {
            first.copy_from_slice(x);
            kernels.derivative_in_place(first);
        }
        (Operation::Derivative, Way::Uninitialised) => {
            returned(x, kernels.derivative_uninit(x, uninitialised(first)));
        }
        (Operation::ForwardWithDerivative, Way::OutOfPlace) => {
            kernels.forward_with_derivative(x, first, second);
        }
        (Operation::ForwardWithDerivative, Way::InPlace) => {
            first.copy_from_slice(x);
            kernels.forward_with_derivative_in_place(first, second);
        }
        (Operation::ForwardWithDerivative, Way::Uninitialised) => {
            let (first, second) =
                kernels.forward_with_derivative_uninit(x, uninitialised(first), uninitialised(second));
            returned(x, first);
            returned(x, second);
        }
        (Operation::Backward, Way::OutOfPlace) => kernels.backward(x, grad, first),
        (Operation::Backward, Way::InPlace) => {
            first.copy_from_slice(grad);
            kernels.backward_in_place(x, first);
        }
        (Operation::Backward, Way::Uninitialised) => {
            returned(x, kernels.backward_uninit(x, grad, uninitialised(first)));
        }
    }
}

/// The slice that an `_uninit` method returns is all of what it was given.
fn returned<T>(x: &[T], results: &[T]) {
    assert_eq!(x.len(), results.len());
}

fn uninitialised<T: Copy>(slice: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: the layouts are the same, and the kernels, for which alone this is made, write
    // nothing but results to it.
    unsafe { &mut *(slice as *mut [T] as *mut [MaybeUninit<T>]) }
}

/// The results of a call, in memory of their own: `[first, second]`, the second empty if the
/// operation has one output.
pub fn results<T: Float>(
    kernels: Kernels,
    operation: Operation,
    way: Way,
    [x, grad]: [&[T]; 2],
) -> [Vec<T>; 2] {
    let mut first = vec![T::default(); x.len()];
    let mut second = vec![T::default(); if operation.outputs() == 2 { x.len() } else { 0 }];
    run(kernels, operation, way, [x, grad], [&mut first, &mut second]);
    [first, second]
}

/// The results of calls with one element each.
pub fn results_alone<T: Float>(kernels: Kernels, operation: Operation, [x, grad]: [&[T]; 2]) -> [Vec<T>; 2] {
    let mut all = [Vec::with_capacity(x.len()), Vec::with_capacity(x.len())];
    for i in 0..x.len() {
        let one = [&x[i..=i], grad.get(i..=i).unwrap_or_default()];
        let (mut first, mut second) = ([T::default()], [T::default()]);
        run(kernels, operation, Way::OutOfPlace, one, [&mut first, &mut second]);
        all[0].extend(first);
        if operation.outputs() == 2 {
            all[1].extend(second);
        }
    }
    all
}

/// Every way in which this CPU can compute.
pub fn engines() -> impl Iterator<Item = Kernels> {
    Kernels::engines()
}

/// Every accuracy that is built.
pub fn accuracies() -> impl Iterator<Item = Accuracy> + Clone {
    Accuracy::ALL.into_iter().filter(|&accuracy| accuracy == Accuracy::Fast || cfg!(feature = "exact"))
}

/// The same, correctly rounded, if that is built.
pub fn exact_engines() -> impl Iterator<Item = Kernels> {
    engines().filter(|_| cfg!(feature = "exact")).map(|kernels| kernels.accuracy(Accuracy::Exact))
}

/// Those that use registers.
pub fn vector_engines() -> impl Iterator<Item = Kernels> {
    engines().filter(|kernels| kernels.selected_backend() != Backend::Scalar)
}

/// Those that have fused multiply-add, and promise to agree.
pub fn fused_engines() -> impl Iterator<Item = Kernels> {
    vector_engines().filter(|kernels| kernels.selected_backend().has_fma())
}

/// The bytes of floats, to compare and to look at bit for bit.
pub fn bytes<T: Format>(slice: &[T]) -> &[u8] {
    // SAFETY: an `f32` or `f64` has no padding, and any byte may be looked at.
    unsafe { std::slice::from_raw_parts(slice.as_ptr().cast(), size_of_val(slice)) }
}

/// Panics, with the first element that differs, if two slices do not have the same bits. Any NaN
/// is as good as another here: `nan.rs` looks at them.
#[track_caller]
pub fn assert_same_bits<T: Format>(got: &[T], expected: &[T], context: impl FnOnce() -> String) {
    let differ = |a: T, b: T| a.bits() != b.bits() && !(is_nan(a) && is_nan(b));
    assert_all_same(got, expected, differ, context);
}

/// The same with the bits of NaN.
#[track_caller]
pub fn assert_same_bits_and_nan<T: Format>(got: &[T], expected: &[T], context: impl FnOnce() -> String) {
    assert_all_same(got, expected, |a, b| a.bits() != b.bits(), context);
}

#[track_caller]
fn assert_all_same<T: Format>(
    got: &[T],
    expected: &[T],
    differ: impl Fn(T, T) -> bool,
    context: impl FnOnce() -> String,
) {
    assert_eq!(got.len(), expected.len());
    if bytes(got) == bytes(expected) {
        return;
    }
    let Some(i) = (0..got.len()).find(|&i| differ(got[i], expected[i])) else { return };
    panic!(
        "{} {}: element {i} of {} is {} ({:#x}) and not {} ({:#x})",
        T::NAME,
        context(),
        got.len(),
        got[i],
        got[i].bits(),
        expected[i],
        expected[i].bits()
    );
}

pub fn is_nan<T: Format>(x: T) -> bool {
    x.bits() & !T::SIGN_BIT > T::INFINITY_BITS
}

/// The inputs of an operation: x and nothing, or s and a gradient.
pub struct Inputs<T> {
    pub x: Vec<T>,
    pub grad: Vec<T>,
}

impl<T: Float> Inputs<T> {
    /// A [`mixture`]; for [`Operation::Backward`] two, the first through the reference.
    pub fn mixed(operation: Operation, len: usize, seed: u64) -> Self {
        let x = mixture(len, seed);
        if operation != Operation::Backward {
            return Self { x, grad: Vec::new() };
        }
        Self { x: x.into_iter().map(reference::sigmoid).collect(), grad: mixture(len, seed ^ 0xbac4) }
    }

    pub fn slices(&self) -> [&[T]; 2] {
        [&self.x, &self.grad]
    }

    pub fn part(&self, range: std::ops::Range<usize>) -> [&[T]; 2] {
        [&self.x[range.clone()], self.grad.get(range).unwrap_or_default()]
    }
}

/// Runs of ordinary inputs, of far-out ones, of such with subnormal results, of infinities and of
/// NaN, and single strangers in the runs: blocks of every kind, and next to each other.
pub fn mixture<T: Format>(len: usize, seed: u64) -> Vec<T> {
    let mut random = Random(seed);
    let mut all = Vec::with_capacity(len);
    while all.len() < len {
        // Half of all runs are ordinary and clean, for otherwise hardly a block would be.
        let run = 1 + random.below(if all.len() % 2 == 0 { 24 } else { 90 });
        let kind = if random.below(2) == 0 { 0 } else { random.below(KINDS) };
        let strangers = kind != 0 && random.below(2) == 0;
        for _ in 0..run.min((len - all.len()) as u64) {
            let stranger = strangers && random.below(16) == 0;
            let kind = if stranger { random.below(KINDS) } else { kind };
            all.push(draw(kind, &mut random));
        }
    }
    all
}

const KINDS: u64 = 9;

fn draw<T: Format>(kind: u64, random: &mut Random) -> T {
    let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
    let (lowest, highest) = T::SUBNORMAL_RESULTS;
    match kind {
        0 => T::nearest(random.between(-10.0, 10.0)),
        1 => T::nearest(random.between(0.92 * highest, -0.92 * highest)),
        2 => T::nearest(random.between(1.02 * lowest, -1.02 * lowest)),
        3 => T::nearest(random.between(lowest, highest)),
        4 => T::nearest(sign * random.between(-highest, -lowest)),
        5 => T::nearest(sign * f64::INFINITY),
        6 => {
            let payload = 1 + random.below(T::SIGN_BIT - T::INFINITY_BITS - 1);
            T::of_bits((T::INFINITY_BITS + payload) | (random.next() & T::SIGN_BIT))
        }
        7 => T::nearest(sign * 1e9),
        _ => T::of_bits(random.next() & (T::SIGN_BIT | (T::SIGN_BIT - 1))),
    }
}

/// Every value to which something special belongs, with its neighbours and both signs: zeros,
/// subnormal numbers, [`Float::BOUNDARIES`], infinities, quiet and signalling NaN with payloads, the
/// ends of the format.
pub fn specials<T: Format>() -> Vec<T> {
    let quiet = (T::SIGN_BIT - T::INFINITY_BITS) / 2;
    let mut positive = vec![0, 1, 2, 3, 12345];
    positive.extend((0..7).map(|step| (1 << T::FRACTION_BITS) - 3 + step));
    positive.extend([T::INFINITY_BITS - 2, T::INFINITY_BITS - 1, T::INFINITY_BITS]);
    positive
        .extend([1, 2, 0x1234, quiet - 1, quiet, quiet + 1, quiet + 0x1234].map(|n| T::INFINITY_BITS + n));
    positive.push(T::SIGN_BIT - 1);
    for &boundary in T::BOUNDARIES {
        let bits = T::nearest(boundary).bits();
        positive.extend(bits - 40..=bits + 40);
    }
    positive.iter().flat_map(|&bits| [T::of_bits(bits), T::of_bits(bits | T::SIGN_BIT)]).collect()
}

/// Inputs whose -x log2 e is nearly halfway between two integers, so that its rounding is a tie or
/// nearly so, and what is left after the reduction is largest.
pub fn near_ties<T: Format>() -> Vec<T> {
    let (lowest, _) = T::SUBNORMAL_RESULTS;
    let tie = |k: i32| (f64::from(k) + 0.5) * std::f64::consts::LN_2;
    (0..)
        .map(tie)
        .take_while(|&x| x < -lowest)
        .flat_map(|x| {
            let bits = T::nearest(x).bits();
            (bits - 8..=bits + 8).flat_map(|bits| [T::of_bits(bits), T::of_bits(bits | T::SIGN_BIT)])
        })
        .collect()
}

/// Emulators take a hundred times as long: where `SIGMOID_TESTS_THINNED` is set, long tests take only one of so many
/// inputs.
pub fn thinned() -> u64 {
    let Ok(factor) = std::env::var("SIGMOID_TESTS_THINNED") else { return 1 };
    factor.parse().ok().filter(|&factor| factor > 0).expect("SIGMOID_TESTS_THINNED is a number above 0")
}

/// Every `stride`-th `f32` in the order of bit patterns, in blocks; fewer where the tests are [`thinned`].
pub fn every_f32(stride: u64, mut look: impl FnMut(&[f32])) {
    let stride = match thinned() {
        1 => stride,
        // Odd, so that every value of the low bits comes up.
        factor => (stride * factor) | 1,
    };
    let mut block = Vec::with_capacity(1 << 14);
    let mut next = 0;
    while next < 1 << 32 {
        block.clear();
        while block.len() < block.capacity() && next < 1 << 32 {
            block.push(f32::from_bits(next as u32));
            next += stride;
        }
        look(&block);
    }
}

/// Points of `f64` from every region in which something could go wrong, in blocks; fewer where the tests are
/// [`thinned`].
pub fn sample_f64(points: usize, mut look: impl FnMut(&[f64])) {
    let points = points / thinned() as usize;
    let mut random = Random(1);
    let mut block = specials::<f64>();
    let mut done = 0;
    while done < points {
        look(&block);
        done += block.len();
        block.clear();
        for i in 0..1 << 14 {
            block.push(match i % 8 {
                0 => random.between(-760.0, 760.0),
                1 => random.between(-40.0, 40.0),
                2 => random.between(-1.0, 1.0),
                3 => random.between(-1.0, 1.0) * random.between(-1074.0, 9.0).exp2(),
                4 => random.between(-38.0, 38.0),
                5 => random.between(-746.5, -707.0),
                6 => random.between(689.0, 747.0),
                _ => f64::from_bits(random.next()),
            });
        }
    }
}

/// A random number generator (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (self.next() >> 11) as f64 / (1_u64 << 53) as f64 * (high - low)
    }
}
