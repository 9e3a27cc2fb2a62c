//! The threads that compute.

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Error;

/// A pool of so many threads. (Where the system has none to give, rayon's own global pool would panic.)
pub fn pool(threads: usize) -> Result<ThreadPool, Error> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|source| Error::Threads { threads, source })
}
