//! What [`crate::drive`] walks slices with.

/// What is done to the lanes of `I` inputs to get those of `O` outputs, in two parts. Lane `i` of each
/// result depends on lane `i` of the inputs only.
pub(crate) trait Operation<L: Copy, const I: usize, const O: usize> {
    /// What the first part hands to the second.
    type Begun: Copy;

    /// Whether the walk begins the next lanes before it finishes these: a long chain of operations that wait
    /// for each other becomes two shorter ones beside each other, at the price of registers. Measured.
    const OVERLAPS: bool = false;

    /// Whether any lane is so far out that all must take the careful path.
    fn is_far(inputs: [L; I]) -> bool;

    /// The first part, on the careful path where `far`.
    fn begin(inputs: [L; I], far: bool) -> Self::Begun;

    /// The second part: the results, from the same inputs. On the careful path they are right for any lanes.
    fn finish(begun: Self::Begun, inputs: impl Inputs<L, I>, far: bool) -> [L; O];

    /// Both parts.
    #[inline(always)]
    fn apply(inputs: [L; I]) -> [L; O] {
        // Each path is compiled for itself.
        if Self::is_far(inputs) {
            Self::finish(Self::begin(inputs, true), inputs, true)
        } else {
            Self::finish(Self::begin(inputs, false), inputs, false)
        }
    }
}

/// Inputs that are loaded when somebody asks for them, or have been.
pub(crate) trait Inputs<L, const I: usize>: Copy {
    /// The lanes.
    fn lanes(self) -> [L; I];
}

impl<L: Copy, const I: usize> Inputs<L, I> for [L; I] {
    #[inline(always)]
    fn lanes(self) -> [L; I] {
        self
    }
}
