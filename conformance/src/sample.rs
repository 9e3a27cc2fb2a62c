//! Which inputs to try: every n-th `f32`, and for `f64`, where nobody can try them all, points from
//! every region in which something could go wrong.

use crate::expected::Judged;

/// How many `f32` bit patterns there are.
pub const SINGLES: u64 = 1 << 32;

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
    let left = (SINGLES.saturating_sub(first)).div_ceil(stride);
    let len = block.len().min(left as usize);
    for (i, x) in block[..len].iter_mut().enumerate() {
        *x = f32::from_bits((first + i as u64 * stride) as u32);
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

/// Fills a block with numbers of every kind side by side, the special ones first. The same index
/// always gives the same block.
pub fn mixed<T: Sampled>(index: u64, block: &mut [T]) {
    let mut random = Random(index.wrapping_mul(0xa076_1d64_78bd_642f).wrapping_add(1));
    for (i, x) in block.iter_mut().enumerate() {
        *x = T::narrow((T::REGIONS[i % T::REGIONS.len()].draw)(&mut random));
    }
    for (x, special) in block.iter_mut().zip(SPECIAL) {
        *x = T::narrow(special);
    }
}

/// Fills a block with runs of consecutive numbers, `run` of them in each, that start anywhere: what
/// the slightest fall of a rising function shows on. The same index always gives the same block.
pub fn neighbours<T: Sampled>(index: u64, run: usize, block: &mut [T]) {
    let mut random = Random(index.wrapping_mul(0xe703_7ed1_a0b4_28db).wrapping_add(2));
    for (i, part) in block.chunks_mut(run).enumerate() {
        let mut next = T::narrow((T::REGIONS[i % T::REGIONS.len()].draw)(&mut random));
        for x in part {
            *x = next;
            next = next.next_up();
        }
    }
}

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
