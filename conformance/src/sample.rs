//! Which inputs to try: every n-th `f32`, all numbers of half precision, and for `f64`, where nobody can try them all,
//! points from every region in which something could go wrong.

use crate::expected::Judged;
use crate::format::Format;
use crate::function::Function;

/// How many `f32` bit patterns there are.
pub const SINGLES: u64 = 1 << 32;

/// How many bit patterns of `bf16` or of `f16` there are.
#[cfg(feature = "half")]
const HALVES: u64 = 1 << 16;

/// The regions that [`double`] draws from in turn.
pub const REGIONS: [Region; 12] = [
    Region { what: "uniform, the whole range", draw: |random| random.between(-760.0, 760.0) },
    Region { what: "uniform, the middle", draw: |random| random.between(-40.0, 40.0) },
    Region { what: "uniform, around 0", draw: |random| random.between(-1.0, 1.0) },
    Region { what: "log-uniform, all magnitudes", draw: |random| random.magnitude(-1074.0, 10.0) },
    Region { what: "log-uniform, moderate magnitudes", draw: |random| random.magnitude(-60.0, 6.0) },
    Region { what: "near -36.7: from here on s = e^x", draw: |random| random.between(-38.0, -35.5) },
    Region { what: "near 37.4: from here on s = 1", draw: |random| random.between(35.5, 38.0) },
    Region { what: "near -708: results become subnormal", draw: |random| random.between(-709.5, -707.0) },
    Region { what: "near 708", draw: |random| random.between(707.0, 709.5) },
    Region { what: "near -745: results become 0", draw: |random| random.between(-746.5, -743.5) },
    Region { what: "near 745", draw: |random| random.between(743.5, 746.5) },
    Region { what: "bit patterns at random", draw: |random| f64::from_bits(random.bits()) },
];

/// Inputs with something in common.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// What they have in common.
    pub what: &'static str,
    /// Draws one.
    pub draw: fn(&mut Random) -> f64,
}

/// Inputs that every sample has first: zeros, infinities, NaN, the ends of the format.
pub const SPECIAL: [f64; 24] = {
    let positive = [
        0.0,
        f64::INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        1.0,
        36.736_800_569_677_1,
        708.396_418_532_264_1,
        745.133_219_101_941_1,
        745.133_219_101_941_2,
        1e9,
    ];
    let mut all = [0.0; 24];
    let mut i = 0;
    while i < positive.len() {
        all[2 * i] = positive[i];
        all[2 * i + 1] = -positive[i];
        i += 1;
    }
    all
};

/// Fills a block with every `stride`-th `f32`, in the order of bit patterns from the `first` on.
/// Returns how many there were before the patterns ended.
pub fn single(first: u64, stride: u64, block: &mut [f32]) -> usize {
    patterns(SINGLES, first, stride, block)
}

/// The same of a format with so many bit patterns.
fn patterns<T: Format>(count: u64, first: u64, stride: u64, block: &mut [T]) -> usize {
    let left = (count.saturating_sub(first)).div_ceil(stride);
    let len = block.len().min(left as usize);
    for (i, x) in block[..len].iter_mut().enumerate() {
        *x = T::from_bits(first + i as u64 * stride);
    }
    len
}

/// Fills a block of the `f64` sample. The same index always gives the same block.
pub fn double(index: u64, block: &mut [f64]) {
    let mut random = Random(index.wrapping_mul(0xd134_2543_de82_ef95));
    for (i, x) in block.iter_mut().enumerate() {
        *x = (REGIONS[i % REGIONS.len()].draw)(&mut random);
    }
    if index == 0 {
        for (x, special) in block.iter_mut().zip(SPECIAL) {
            *x = special;
        }
    }
}

/// Puts numbers that are hard for the function in place of half of them, but for the special ones.
fn own_doubles(function: Function, index: u64, block: &mut [f64]) {
    let mut random = Random(index.wrapping_mul(0x5896_36b7_e2f1_4a5d).wrapping_add(4));
    let special = if index == 0 { SPECIAL.len() } else { 0 };
    put_own(regions_of::<f64>(function), &mut random, special, block);
}

/// Puts numbers from these regions in place of every other dozen, from the `first` on: all regions stay in the rest.
fn put_own<T: Sampled>(own: &[Region], random: &mut Random, first: usize, block: &mut [T]) {
    if own.is_empty() {
        return;
    }
    for (i, x) in block.iter_mut().enumerate().skip(first).filter(|(i, _)| i / 12 % 2 == 1) {
        *x = T::narrow((own[i % own.len()].draw)(random));
    }
}

/// As many regions for `f32`: the same, where its own results change their nature.
pub const SINGLE_REGIONS: [Region; 12] = [
    Region { what: "uniform, the whole range", draw: |random| random.between(-110.0, 110.0) },
    Region { what: "uniform, the middle", draw: |random| random.between(-20.0, 20.0) },
    Region { what: "uniform, around 0", draw: |random| random.between(-1.0, 1.0) },
    Region { what: "log-uniform, all magnitudes", draw: |random| random.magnitude(-149.0, 8.0) },
    Region { what: "log-uniform, moderate magnitudes", draw: |random| random.magnitude(-30.0, 5.0) },
    Region { what: "near -16.6: from here on s = e^x", draw: |random| random.between(-18.0, -15.5) },
    Region { what: "near 17.3: from here on s = 1", draw: |random| random.between(15.5, 18.0) },
    Region { what: "near -87.3: results become subnormal", draw: |random| random.between(-88.5, -86.5) },
    Region { what: "near 87.3", draw: |random| random.between(86.5, 88.5) },
    Region { what: "near -104: results become 0", draw: |random| random.between(-105.0, -103.0) },
    Region { what: "near 104", draw: |random| random.between(103.0, 105.0) },
    Region { what: "bit patterns at random", draw: |random| f32::from_bits(random.bits() as u32).into() },
];

/// The same for `f16`. (`bf16` has those of `f32`.)
#[cfg(feature = "half")]
const HALF_REGIONS: [Region; 12] = [
    Region { what: "uniform, the whole range", draw: |random| random.between(-20.0, 20.0) },
    Region { what: "uniform, the middle", draw: |random| random.between(-8.0, 8.0) },
    Region { what: "uniform, around 0", draw: |random| random.between(-1.0, 1.0) },
    Region { what: "log-uniform, all magnitudes", draw: |random| random.magnitude(-24.0, 16.0) },
    Region { what: "log-uniform, moderate magnitudes", draw: |random| random.magnitude(-14.0, 4.0) },
    Region { what: "near -7.6: from here on s = e^x", draw: |random| random.between(-9.0, -6.5) },
    Region { what: "near 8.3: from here on s = 1", draw: |random| random.between(6.5, 9.0) },
    Region { what: "near -9.7: results become subnormal", draw: |random| random.between(-11.0, -9.0) },
    Region { what: "near 9.7", draw: |random| random.between(9.0, 11.0) },
    Region { what: "near -17.3: results become 0", draw: |random| random.between(-18.0, -16.5) },
    Region { what: "near 17.3", draw: |random| random.between(16.5, 18.0) },
    Region {
        what: "bit patterns at random",
        draw: |random| half::f16::from_bits(random.bits() as u16).into(),
    },
];

/// Fills a block with numbers of every kind side by side, the special ones first. The same index
/// always gives the same block.
///
/// They are chosen for the sigmoid and its derivative; see [`mixed_of`].
pub fn mixed<T: Sampled>(index: u64, block: &mut [T]) {
    let mut random = Random(index.wrapping_mul(0xa076_1d64_78bd_642f).wrapping_add(1));
    for (i, x) in block.iter_mut().enumerate() {
        *x = T::narrow((T::REGIONS[i % T::REGIONS.len()].draw)(&mut random));
    }
    for (x, special) in block.iter_mut().zip(SPECIAL) {
        *x = T::narrow(special);
    }
}

/// The same, but half of the numbers are where the function is hard in its own way, if it is.
pub fn mixed_of<T: Sampled>(function: Function, index: u64, block: &mut [T]) {
    mixed(index, block);
    let mut random = Random(index.wrapping_mul(0x8ebc_6af0_9c88_c6e3).wrapping_add(3));
    put_own(regions_of::<T>(function), &mut random, SPECIAL.len(), block);
}

/// Fills a block with runs of consecutive numbers, `run` of them in each, that start anywhere: what
/// the slightest fall of a rising function shows on. The same index always gives the same block.
pub fn neighbours<T: Sampled>(index: u64, run: usize, block: &mut [T]) {
    runs(&[], index, run, block);
}

/// The same, but every other run is where the function is hard in its own way, if it is.
pub fn neighbours_of<T: Sampled>(function: Function, index: u64, run: usize, block: &mut [T]) {
    runs(regions_of::<T>(function), index, run, block);
}

fn runs<T: Sampled>(own: &[Region], index: u64, run: usize, block: &mut [T]) {
    let mut random = Random(index.wrapping_mul(0xe703_7ed1_a0b4_28db).wrapping_add(2));
    for (i, part) in block.chunks_mut(run).enumerate() {
        let region = match own.len() {
            0 => &T::REGIONS[i % T::REGIONS.len()],
            // i / 2, so that all of both have their turn.
            len if i % 2 == 1 => &own[i / 2 % len],
            _ => &T::REGIONS[i / 2 % T::REGIONS.len()],
        };
        let mut next = T::narrow((region.draw)(&mut random));
        for x in part {
            *x = next;
            next = next.next_up();
        }
    }
}

/// Where a function is hard in its own way: its zero, where its results become subnormal, 0 or another function's.
/// Empty for those that are hard where the sigmoid is.
pub fn regions_of<T: Sampled>(function: Function) -> &'static [Region] {
    // (Of half precision all numbers are tried.)
    let single = T::DIGITS <= 24;
    match function {
        Function::Sigmoid | Function::Derivative | Function::Softplus | Function::LogSigmoid => &[],
        Function::Silu | Function::SiluDerivative => {
            if single {
                &[
                    Region { what: "near -92: results become subnormal", draw: |r| r.between(-93.0, -90.0) },
                    Region { what: "near -108: results become 0", draw: |r| r.between(-110.0, -106.0) },
                    Region { what: "near the zero of silu'", draw: |r| ZERO + r.magnitude(-26.0, -2.0) },
                    Region { what: "uniform, where it turns", draw: |r| r.between(-4.0, 4.0) },
                ]
            } else {
                &[
                    Region {
                        what: "near -715: results become subnormal",
                        draw: |r| r.between(-717.0, -713.0),
                    },
                    Region { what: "near -751: results become 0", draw: |r| r.between(-754.0, -749.0) },
                    Region { what: "near the zero of silu'", draw: |r| ZERO + r.magnitude(-54.0, -2.0) },
                    Region { what: "uniform, where it turns", draw: |r| r.between(-4.0, 4.0) },
                ]
            }
        }
        Function::QuickGelu if single => &[
            Region { what: "near -54: results become subnormal", draw: |r| r.between(-55.0, -52.5) },
            Region { what: "near -63: results become 0", draw: |r| r.between(-65.0, -62.0) },
            Region { what: "uniform, where it turns", draw: |r| r.between(-3.0, 3.0) },
        ],
        Function::QuickGelu => &[
            Region { what: "near -420: results become subnormal", draw: |r| r.between(-422.0, -418.0) },
            Region { what: "near -441: results become 0", draw: |r| r.between(-444.0, -439.0) },
            Region { what: "uniform, where it turns", draw: |r| r.between(-3.0, 3.0) },
        ],
        Function::Tanh => &[
            Region { what: "where it is not 1", draw: |r| r.between(-20.0, 20.0) },
            Region { what: "moderate magnitudes", draw: |r| r.magnitude(-30.0, 5.0) },
        ],
        Function::TanhDerivative if single => &[
            Region { what: "where it is not 0", draw: |r| r.between(-55.0, 55.0) },
            Region { what: "near 44: results become subnormal", draw: |r| r.between(43.0, 45.5) },
            Region { what: "near -52: results become 0", draw: |r| r.between(-53.5, -51.5) },
        ],
        Function::TanhDerivative => &[
            Region { what: "where it is not 0", draw: |r| r.between(-375.0, 375.0) },
            Region { what: "near 355: results become subnormal", draw: |r| r.between(353.0, 357.0) },
            Region { what: "near -373: results become 0", draw: |r| r.between(-375.0, -371.0) },
        ],
        Function::Logit if single => &[
            Region { what: "uniform", draw: |r| r.between(0.0, 1.0) },
            Region { what: "near 1/2", draw: |r| 0.5 + r.magnitude(-25.0, -2.0) },
            Region { what: "near 1", draw: |r| 1.0 - r.magnitude(-24.0, -2.0).abs() },
            Region { what: "near 0", draw: |r| r.magnitude(-149.0, -1.0).abs() },
        ],
        Function::Logit => &[
            Region { what: "uniform", draw: |r| r.between(0.0, 1.0) },
            Region { what: "near 1/2", draw: |r| 0.5 + r.magnitude(-54.0, -2.0) },
            Region { what: "near 1", draw: |r| 1.0 - r.magnitude(-53.0, -2.0).abs() },
            Region { what: "near 0", draw: |r| r.magnitude(-1074.0, -1.0).abs() },
        ],
        Function::GeluTanh if single => &[
            Region { what: "near -10: results become subnormal", draw: |r| r.between(-10.2, -9.9) },
            Region { what: "near -10.7: results become 0", draw: |r| r.between(-10.9, -10.5) },
            Region { what: "uniform, where it is not x or 0", draw: |r| r.between(-11.0, 6.0) },
        ],
        Function::GeluTanh => &[
            Region { what: "near -21.2: results become subnormal", draw: |r| r.between(-21.3, -21.0) },
            Region { what: "near -21.6: results become 0", draw: |r| r.between(-21.7, -21.4) },
            Region { what: "uniform, where it is not x or 0", draw: |r| r.between(-22.0, 9.0) },
        ],
        Function::Gelu if single => &[
            Region { what: "near -13.1: results become subnormal", draw: |r| r.between(-13.3, -13.0) },
            Region { what: "near -14.3: results become 0", draw: |r| r.between(-14.5, -14.0) },
            Region { what: "uniform, where it is not x or 0", draw: |r| r.between(-15.0, 6.0) },
        ],
        Function::Gelu => &[
            Region { what: "near -37.6: results become subnormal", draw: |r| r.between(-37.8, -37.4) },
            Region { what: "near -38.6: results become 0", draw: |r| r.between(-38.8, -38.3) },
            Region { what: "uniform, where it is not x or 0", draw: |r| r.between(-40.0, 9.0) },
        ],
    }
}

/// The zero of silu'.
const ZERO: f64 = -1.278_464_542_761_073_7;

/// A format with inputs to try.
pub trait Sampled: Judged {
    /// The regions that [`mixed`] and [`neighbours`] draw from in turn.
    const REGIONS: &'static [Region];

    /// How many inputs a [`Conformance`](crate::Conformance) tries.
    #[doc(hidden)]
    fn inputs(plan: &Plan) -> u64;

    /// Fills a block of them, the `index`-th of its length, and says how many there were.
    #[doc(hidden)]
    fn fill(plan: &Plan, index: u64, length: usize, block: &mut [Self]) -> usize;

    /// Whether the inputs of a block come in the order of bit patterns: those of one sign lie between the
    /// first and the last of them.
    #[doc(hidden)]
    const ORDERED: bool;

    /// Whether each block goes on where the one before it ended, all numbers of the format in between
    /// included.
    #[doc(hidden)]
    fn consecutive(plan: &Plan) -> bool;

    /// -x
    #[doc(hidden)]
    fn negated(self) -> Self;

    /// The number of this format that is nearest.
    #[doc(hidden)]
    fn narrow(x: f64) -> Self;
}

/// Which inputs are to be tried.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub(crate) function: Function,
    pub(crate) stride: u64,
    pub(crate) points: u64,
}

impl Sampled for f32 {
    const REGIONS: &'static [Region] = &SINGLE_REGIONS;

    fn inputs(plan: &Plan) -> u64 {
        SINGLES.div_ceil(plan.stride)
    }

    fn fill(plan: &Plan, index: u64, length: usize, block: &mut [f32]) -> usize {
        single(index * length as u64 * plan.stride, plan.stride, block)
    }

    const ORDERED: bool = true;

    fn negated(self) -> f32 {
        -self
    }

    fn consecutive(plan: &Plan) -> bool {
        plan.stride == 1
    }

    fn narrow(x: f64) -> f32 {
        x as f32
    }
}

impl Sampled for f64 {
    const REGIONS: &'static [Region] = &REGIONS;

    fn inputs(plan: &Plan) -> u64 {
        plan.points
    }

    fn fill(plan: &Plan, index: u64, length: usize, block: &mut [f64]) -> usize {
        let left = plan.points - index * length as u64;
        let len = (length.min(block.len()) as u64).min(left) as usize;
        double(index, &mut block[..len]);
        own_doubles(plan.function, index, &mut block[..len]);
        len
    }

    const ORDERED: bool = false;

    fn negated(self) -> f64 {
        -self
    }

    fn consecutive(_: &Plan) -> bool {
        false
    }

    fn narrow(x: f64) -> f64 {
        x
    }
}

/// Expands to a format of half precision, of which all numbers are tried.
#[cfg(feature = "half")]
macro_rules! half {
    ($format:ty, $regions:expr) => {
        impl Sampled for $format {
            const REGIONS: &'static [Region] = &$regions;

            fn inputs(_: &Plan) -> u64 {
                HALVES
            }

            fn fill(_: &Plan, index: u64, length: usize, block: &mut [Self]) -> usize {
                patterns(HALVES, index * length as u64, 1, block)
            }

            const ORDERED: bool = true;

            fn negated(self) -> Self {
                -self
            }

            fn consecutive(_: &Plan) -> bool {
                true
            }

            fn narrow(x: f64) -> Self {
                // (The crate's `from_f64` looks at a part of the digits only.)
                Self::from_f32(x as f32)
            }
        }
    };
}

#[cfg(feature = "half")]
half!(half::bf16, SINGLE_REGIONS);
#[cfg(feature = "half")]
half!(half::f16, HALF_REGIONS);

/// A random number generator (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in an interval.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let fraction = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        low + fraction * (high - low)
    }

    /// ±2^e, e uniform in an interval.
    pub fn magnitude(&mut self, low: f64, high: f64) -> f64 {
        let magnitude = self.between(low, high).exp2();
        if self.bits() & 1 == 0 { magnitude } else { -magnitude }
    }
}
