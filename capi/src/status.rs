//! What a call answers.

use std::ffi::{CStr, c_char};

/// What became of a call. But for SIGMOID_STATUS_OK and SIGMOID_STATUS_INTERNAL_ERROR, nothing was written.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The results are there.
    Ok = 0,
    /// A pointer is null, and n is not 0.
    NullPointer = 1,
    /// A pointer is not a multiple of its elements' alignment.
    MisalignedPointer = 2,
    /// An output overlaps an input or the other output. (It may be an input: the same pointer, as many bytes.)
    Overlap = 3,
    /// So many elements do not fit into memory.
    TooLong = 4,
    /// The size that the options carry is smaller than any version of them had, or they ask for something that this
    /// version of the library does not know.
    InvalidOptions = 5,
    /// The accuracy is none of sigmoid_accuracy.
    UnknownAccuracy = 6,
    /// The backend is none of sigmoid_backend.
    UnknownBackend = 7,
    /// This CPU does not have the backend's instructions.
    UnavailableBackend = 8,
    /// SIGMOID_ACCURACY_EXACT was asked of an operation that has no proof for it.
    NotExact = 9,
    /// A parameter is not in the range that its operation is made for.
    InvalidParameter = 10,
    /// A defect of the library, and the only status after which outputs may have been written. Please report it.
    InternalError = 11,
}

impl Status {
    /// Every status there is, in the order of their numbers.
    const ALL: [Self; 12] = [
        Self::Ok,
        Self::NullPointer,
        Self::MisalignedPointer,
        Self::Overlap,
        Self::TooLong,
        Self::InvalidOptions,
        Self::UnknownAccuracy,
        Self::UnknownBackend,
        Self::UnavailableBackend,
        Self::NotExact,
        Self::InvalidParameter,
        Self::InternalError,
    ];

    const fn sentence(self) -> &'static CStr {
        match self {
            Self::Ok => c"no error",
            Self::NullPointer => c"a pointer is null",
            Self::MisalignedPointer => c"a pointer is not aligned to its elements",
            Self::Overlap => c"an output overlaps an input or the other output, and is not exactly an input",
            Self::TooLong => c"so many elements do not fit into memory",
            Self::InvalidOptions => c"the size of the options is wrong, or this library is too old for them",
            Self::UnknownAccuracy => c"no such accuracy: there are fast and exact",
            Self::UnknownBackend => c"no such backend: there are fastest, scalar, wide, avx2 and avx512",
            Self::UnavailableBackend => c"this CPU does not have the instructions of the backend",
            Self::NotExact => c"there is no proof for this operation, and so it cannot be exact",
            Self::InvalidParameter => c"a parameter is out of the range that the operation is made for",
            Self::InternalError => c"a defect of the library",
        }
    }
}

/// The status in English: a string that is never freed, of any number.
#[unsafe(no_mangle)]
pub extern "C" fn sigmoid_status_string(status: u32) -> *const c_char {
    let known = Status::ALL.get(status as usize).map(|status| status.sentence());
    known.unwrap_or(c"no such status").as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_sentence() {
        for (number, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(status as usize, number);
            assert_eq!(sigmoid_status_string(status as u32), status.sentence().as_ptr());
        }
        for unknown in [Status::ALL.len() as u32, u32::MAX] {
            // SAFETY: a string that ends in a zero and is never freed.
            let sentence = unsafe { CStr::from_ptr(sigmoid_status_string(unknown)) };
            assert_eq!(sentence, c"no such status");
        }
    }
}
