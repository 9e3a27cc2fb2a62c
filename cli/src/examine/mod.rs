//! Judges a function of a shared library.

mod library;
mod options;
mod report;

use std::process::ExitCode;

use half::{bf16, f16};
use sigmoid_conformance::{Claims, Conformance, ForeignKernel, Sampled, foreign, foreign_in_place};

use self::library::Loaded;
pub use self::library::Unloadable;
pub use self::options::Examine;
use self::report::Verdict;
use crate::error::Error;
use crate::operations::DataType;
use crate::output;

/// Of an examination that could not be: 1 says that there are findings.
const NOTHING_EXAMINED: u8 = 2;

pub fn run(options: &Examine) -> Result<ExitCode, Error> {
    let verdict = match examine(options) {
        Ok(verdict) => verdict,
        Err(error) => {
            output::explain(&error.into());
            return Ok(ExitCode::from(NOTHING_EXAMINED));
        }
    };
    let printed = if options.json { output::print_json(&verdict) } else { output::print(&verdict.text()) };
    output::status(printed, if verdict.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn examine(options: &Examine) -> Result<Verdict, Unloadable> {
    // SAFETY: the user has named the library.
    let library = unsafe { Loaded::open(&options.library)? };
    // SAFETY: the user has named the function, whose arguments the help states; the library lives on.
    Ok(unsafe {
        match options.dtype {
            DataType::F32 => judge::<f32>(options, library.function(&options.symbol)?),
            DataType::F64 => judge::<f64>(options, library.function(&options.symbol)?),
            DataType::Bf16 => judge::<bf16>(options, library.function(&options.symbol)?),
            DataType::F16 => judge::<f16>(options, library.function(&options.symbol)?),
        }
    })
}

/// # Safety
///
/// The function is as [`foreign`] says; with `--in-place` as [`foreign_in_place`] says, too.
unsafe fn judge<T: Sampled>(options: &Examine, function: ForeignKernel<T>) -> Verdict {
    let conformance = Conformance::<T>::new(options.op)
        .stride(options.stride.get())
        .points(options.points.get())
        .longest(options.longest);
    // SAFETY: the caller's.
    let report = conformance.check_on(options.threads, unsafe { foreign(function) });
    let in_place = options.in_place.then(|| {
        // SAFETY: the caller's.
        conformance.check_on(options.threads, unsafe { foreign_in_place(function) })
    });
    Verdict::new(options, &claims(options), report, in_place)
}

fn claims(options: &Examine) -> Claims {
    let claims = match options.bound {
        _ if options.exact => Claims::correctly_rounded(),
        Some(ulp) => Claims::within(ulp),
        None => Claims::within(f64::INFINITY),
    };
    options.without.iter().fold(claims, |claims, &rule| claims.without(rule))
}
