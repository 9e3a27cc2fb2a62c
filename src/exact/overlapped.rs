//! Blocks that overlap: a long chain of operations that wait for each other becomes two shorter ones beside each other,
//! at the price of registers.

use crate::lanes::Group;
use crate::slices::{Inputs, Outputs};
use crate::walk::{Operation, load, write};

/// An operation on one input, in two parts.
pub(crate) trait InTwoParts<L: Copy> {
    /// What the first part hands to the second.
    type Begun: Copy;

    /// The lanes of each output.
    type Outputs: Copy;

    /// Whether any lane is so far out that all must take the careful path.
    fn is_far(x: L) -> bool;

    /// The first part, on the careful path where `far`.
    fn begin(x: L, far: bool) -> Self::Begun;

    /// The second part: the results. On the careful path they are right for any lanes.
    fn finish(begun: Self::Begun, x: impl Source<L>, far: bool) -> Self::Outputs;
}

/// Lanes that are loaded when somebody asks for them, or have been.
pub(crate) trait Source<L>: Copy {
    /// The lanes.
    fn lanes(self) -> L;
}

/// Lanes that have been loaded.
#[derive(Clone, Copy)]
struct Loaded<L>(L);

impl<L: Copy> Source<L> for Loaded<L> {
    #[inline(always)]
    fn lanes(self) -> L {
        self.0
    }
}

/// Lanes in memory: what is loaded only when a block is finished takes no register meanwhile.
#[derive(Clone, Copy)]
struct Unloaded<In> {
    inputs: In,
    at: usize,
}

impl<In: Copy> Unloaded<In> {
    /// # Safety
    ///
    /// As for [`Inputs::load`] of whichever lanes are asked for, and until then nothing is written there.
    #[inline(always)]
    unsafe fn new(inputs: In, at: usize) -> Self {
        Self { inputs, at }
    }
}

impl<L, In: Inputs<L, Lanes = L>> Source<L> for Unloaded<In> {
    #[inline(always)]
    fn lanes(self) -> L {
        // SAFETY: as the caller of `new` vouched.
        unsafe { self.inputs.load(self.at) }
    }
}

/// Begins a block before it finishes the one before it. Measured.
pub(crate) struct Overlapped<Op>(Op);

impl<L: Group, Op: InTwoParts<L>> Operation<L> for Overlapped<Op> {
    type Prepared = ();
    type Inputs = L;
    type Outputs = Op::Outputs;

    #[cfg_attr(optimised, inline(always))]
    fn apply(_: &(), x: L) -> Op::Outputs {
        // Each path is compiled for itself.
        if Op::is_far(x) {
            Op::finish(Op::begin(x, true), Loaded(x), true)
        } else {
            Op::finish(Op::begin(x, false), Loaded(x), false)
        }
    }

    #[cfg_attr(optimised, inline(always))]
    unsafe fn groups<In, Out, const STREAM: bool>(
        _: &(),
        inputs: In,
        outputs: Out,
        mut done: usize,
        len: usize,
    ) -> usize
    where
        In: Inputs<L, Lanes = L>,
        Out: Outputs<L, Lanes = Op::Outputs>,
    {
        // SAFETY: every step stays below `len`, and what a step writes it has read before.
        unsafe {
            if len - done >= L::LANES {
                let (mut begun, mut far) = begin::<L, Op, In, STREAM>(inputs, done);
                while len - done >= 2 * L::LANES {
                    let (next, next_far) = begin::<L, Op, In, STREAM>(inputs, done + L::LANES);
                    let results = Op::finish(begun, Unloaded::new(inputs, done), far);
                    write::<L, Out, STREAM>(results, outputs, done);
                    (begun, far) = (next, next_far);
                    done += L::LANES;
                }
                let results = Op::finish(begun, Unloaded::new(inputs, done), far);
                write::<L, Out, STREAM>(results, outputs, done);
                done += L::LANES;
            }
        }
        done
    }
}

/// Begins the lanes at `at`, and tells whether they are far out.
///
/// # Safety
///
/// As for [`Inputs::load`].
#[inline(always)]
unsafe fn begin<L, Op, In, const STREAM: bool>(inputs: In, at: usize) -> (Op::Begun, bool)
where
    L: Group,
    Op: InTwoParts<L>,
    In: Inputs<L, Lanes = L>,
{
    // SAFETY: as the caller vouches.
    let x = unsafe { load::<L, In, STREAM>(inputs, at) };
    let far = Op::is_far(x);
    (Op::begin(x, far), far)
}
