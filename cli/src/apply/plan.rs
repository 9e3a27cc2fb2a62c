//! What becomes of the bytes of a file: the header and some parts go on as they are, others are computed.

use crate::operations::DataType;

pub struct Plan {
    /// From the first byte to the last before the parts.
    pub header: Vec<u8>,
    /// All that follows, in its order.
    pub parts: Vec<Part>,
}

pub struct Part {
    pub bytes: u64,
    /// None: they are copied.
    pub computed: Option<Computed>,
}

/// Of elements that are computed
pub struct Computed {
    pub format: DataType,
    /// Whether those of the first and the second input are big-endian.
    pub big_endian: [bool; 2],
    /// Where those of the second input begin, if there is one, counted from its header on.
    pub second: u64,
}

impl Plan {
    /// What there is after the header.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}
