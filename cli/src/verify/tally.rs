//! What came of results of two numbers.

/// A result and what it should be, all of it as `f64`, which has the numbers of every format.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The inputs; the second one is 0 if there is none.
    pub inputs: [f64; 2],
    pub result: f64,
    /// The truth, correctly rounded.
    pub rounded: f64,
    /// |result - truth| in units in the last place, where both are numbers.
    pub error: f64,
}

/// Errors and faults so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub inputs: u64,
    /// The largest error, and where.
    pub worst: Option<(f64, [f64; 2])>,
    pub not_correctly_rounded: u64,
    /// Inputs whose correctly rounded result was told by nothing less than arbitrary precision.
    pub by_arbitrary_precision: u64,
    /// Inputs whose correctly rounded result even that did not tell.
    pub undecided: u64,
    /// NaN where there is a value, or a number where there is none.
    pub nan_faults: u64,
    /// Results other than the limit where an input is an infinity.
    pub infinity_faults: u64,
    /// Zeros of another sign than the truth has.
    pub wrong_zeros: u64,
    /// A sum over inputs and results: equal if and (all but certainly) only if all results have the same bits.
    pub digest: u64,
}

impl Tally {
    pub fn enter(&mut self, judged: Judged) {
        let Judged { inputs, result, rounded, error } = judged;
        self.inputs += 1;
        let nan_fault = result.is_nan() != rounded.is_nan();
        let error = match (nan_fault, result.is_nan()) {
            (true, _) => f64::INFINITY,
            (false, true) => 0.0,
            (false, false) => error,
        };
        let differs = !result.is_nan() && result.to_bits() != rounded.to_bits();
        self.nan_faults += u64::from(nan_fault);
        self.not_correctly_rounded += u64::from(nan_fault || differs);
        self.infinity_faults += u64::from(differs && inputs.iter().any(|x| x.is_infinite()));
        self.wrong_zeros += u64::from(differs && result == 0.0 && rounded == 0.0);
        self.digest = self.digest.wrapping_add(digest(inputs, result));
        if error > 0.0 {
            self.show((error, inputs));
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.inputs += other.inputs;
        self.not_correctly_rounded += other.not_correctly_rounded;
        self.by_arbitrary_precision += other.by_arbitrary_precision;
        self.undecided += other.undecided;
        self.nan_faults += other.nan_faults;
        self.infinity_faults += other.infinity_faults;
        self.wrong_zeros += other.wrong_zeros;
        self.digest = self.digest.wrapping_add(other.digest);
        if let Some(worst) = other.worst {
            self.show(worst);
        }
    }

    /// Of equal errors the one with the smallest inputs stays, so that the order of blocks does not matter.
    fn show(&mut self, (error, inputs): (f64, [f64; 2])) {
        let larger = |(kept, at): &(f64, [f64; 2])| {
            let order = |[a, b]: [f64; 2]| [a.abs(), a, b.abs(), b];
            let nearer = || order(inputs).iter().partial_cmp(order(*at).iter());
            error > *kept || error == *kept && nearer().is_some_and(|order| order.is_lt())
        };
        if self.worst.as_ref().is_none_or(larger) {
            self.worst = Some((error, inputs));
        }
    }

    /// NaN, infinities and the signs of zeros are all as they should be.
    pub fn is_sound(&self) -> bool {
        self.nan_faults == 0 && self.infinity_faults == 0 && self.wrong_zeros == 0
    }
}

/// Every NaN counts as the same one.
fn digest([a, b]: [f64; 2], result: f64) -> u64 {
    let bits = |x: f64| if x.is_nan() { u64::MAX } else { x.to_bits() };
    let mix = |state: u64, x: f64| {
        let mixed = (state ^ bits(x)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
    };
    let mixed = mix(mix(mix(0, a), b), result);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(result: f64, rounded: f64, x: f64) -> Tally {
        let mut tally = Tally::default();
        tally.enter(Judged { inputs: [x, 1.0], result, rounded, error: (result - rounded).abs() });
        tally
    }

    #[test]
    fn faults_are_told_apart() {
        assert!(of(1.0, 1.0, 3.0).is_sound() && of(f64::NAN, f64::NAN, 3.0).is_sound());
        assert_eq!(of(f64::NAN, 1.0, 3.0).nan_faults, 1);
        assert_eq!(of(1.0, f64::NAN, 3.0).worst, Some((f64::INFINITY, [3.0, 1.0])));
        assert_eq!(of(2.0, 1.0, f64::INFINITY).infinity_faults, 1);
        assert_eq!((of(-0.0, 0.0, 3.0).wrong_zeros, of(-0.0, -0.0, 3.0).wrong_zeros), (1, 0));
        assert_eq!((of(2.0, 1.0, 3.0).not_correctly_rounded, of(1.0, 1.0, 3.0).worst), (1, None));
    }

    #[test]
    fn the_order_does_not_matter() {
        let parts = [of(1.0, 2.0, 3.0), of(1.0, 2.0, -3.0), of(5.0, 5.0, 1.0), of(4.0, 4.5, 0.0)];
        let sum = |order: [usize; 4]| {
            order.iter().fold(Tally::default(), |mut sum, &part| {
                sum.merge(&parts[part]);
                sum
            })
        };
        assert_eq!(sum([0, 1, 2, 3]), sum([3, 1, 0, 2]));
        assert_ne!(of(1.0, 1.0, 3.0).digest, of(1.0_f64.next_up(), 1.0, 3.0).digest);
    }
}
