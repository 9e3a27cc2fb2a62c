//! What [`crate::drive`] walks slices with.

/// What is done to the lanes of `I` inputs to get those of `O` outputs. Lane `i` of each result
/// depends on lane `i` of the inputs only.
pub(crate) trait Operation<L, const I: usize, const O: usize> {
    /// The results for any lanes.
    fn apply(inputs: [L; I]) -> [L; O];
}
