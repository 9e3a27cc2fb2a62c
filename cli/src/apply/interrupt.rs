//! Notices when the user wants to stop, so that the temporary file does not stay behind.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on a request to stop is noted; a second one ends the process at once.
pub fn watch() {
    // If it cannot be done, an interruption ends the process as it always does.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            process::exit(130);
        }
    });
}

/// An error if there was a request to stop.
pub fn check() -> Result<(), Error> {
    if INTERRUPTED.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
}
