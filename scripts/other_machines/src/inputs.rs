//! Inputs that are the same on every machine: bit patterns, and products and sums that IEEE 754 defines.

use core::fmt;

use crate::number::Number;

/// The most numbers that are handed over at a time. A prime: walks end in tails of every kind.
pub const BLOCK: usize = 1021;

/// Which inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Zeros, subnormal numbers, infinities, NaN, and the neighbours of numbers where something changes.
    Edges,
    /// 2^16 of either format: bit patterns at a stride in `f32`, in `f64` from all regions and at random.
    Sparse,
    /// 2^21 of `f32`, 2^19 of `f64`, likewise.
    Dense,
}

impl Inputs {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Edges, Self::Sparse, Self::Dense];

    /// How many there are, but for the edges.
    fn count<T: Number>(self) -> u64 {
        if self == Self::Dense { T::DENSE } else { 1 << 16 }
    }

    /// Hands over all x, in blocks.
    pub fn blocks<T: Number>(self, mut take: impl FnMut(&[T])) {
        let mut block = Block::new(|[x, _]: [&[T]; 2]| take(x));
        if self == Self::Edges {
            edges(|x| block.push([x, T::default()]));
        } else {
            let (count, mut random) = (self.count::<T>(), Random(1));
            for index in 0..count {
                block.push([T::spread(index, count, [random.next(), random.next()]), T::default()]);
            }
        }
        block.end();
    }

    /// Hands over all s with their gradients, in blocks.
    pub fn pairs<T: Number>(self, mut take: impl FnMut(&[T], &[T])) {
        let mut block = Block::new(|[s, grad]: [&[T]; 2]| take(s, grad));
        let mut random = Random(2);
        let any = |random: &mut Random| T::of_bits(random.next() & (T::SIGN | (T::SIGN - 1)));
        if self == Self::Edges {
            edges(|s| {
                block.push([s, T::nearest(1.5)]);
                block.push([s, any(&mut random)]);
            });
        } else {
            for index in 0..self.count::<T>() / 4 {
                let fraction = T::nearest((random.next() >> 11) as f64 / (1_u64 << 53) as f64);
                block.push(match index % 4 {
                    0 | 1 => [fraction, T::nearest((index % 1000) as f64 / 1000.0 - 0.5)],
                    2 => [fraction, any(&mut random)],
                    _ => [any(&mut random), any(&mut random)],
                });
            }
        }
        block.end();
    }
}

impl fmt::Display for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Edges => "edges",
            Self::Sparse => "sparse",
            Self::Dense => "dense",
        })
    }
}

fn edges<T: Number>(mut take: impl FnMut(T)) {
    let quiet = T::INFINITY | ((T::SIGN - T::INFINITY) / 2);
    let smallest_normal = T::SIGN - T::INFINITY;
    let mut around = |bits: u64| {
        for bits in bits.saturating_sub(40)..=bits + 40 {
            take(T::of_bits(bits));
            take(T::of_bits(bits | T::SIGN));
        }
    };
    for bits in [0, smallest_normal, T::INFINITY, quiet, T::SIGN - 41] {
        around(bits);
    }
    for &edge in T::EDGES {
        around(T::nearest(edge).bits());
    }
    // There 1/2 + x/4 lies on the middle between two numbers, or next to it.
    for ties in 1..64 {
        around(T::nearest(f64::from(ties) / (1_u64 << 24) as f64).bits());
        around(T::nearest(f64::from(ties) / (1_u64 << 53) as f64).bits());
    }
}

/// Numbers, until there are enough of them.
struct Block<T, F> {
    numbers: [[T; BLOCK]; 2],
    filled: usize,
    take: F,
}

impl<T: Number, F: FnMut([&[T]; 2])> Block<T, F> {
    fn new(take: F) -> Self {
        Self { numbers: [[T::default(); BLOCK]; 2], filled: 0, take }
    }

    fn push(&mut self, pair: [T; 2]) {
        for (numbers, number) in self.numbers.iter_mut().zip(pair) {
            numbers[self.filled] = number;
        }
        self.filled += 1;
        if self.filled == BLOCK {
            self.end();
        }
    }

    fn end(&mut self) {
        (self.take)(self.numbers.each_ref().map(|numbers| &numbers[..self.filled]));
        self.filled = 0;
    }
}

/// A random number generator (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
