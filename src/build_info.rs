//! What this build is, as `build.rs` found it: for bug reports and for labels on benchmarks.
//!
//! ```
//! println!("wide compiles to {}", sigmoid::build_info::WIDE);
//! ```

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The registers that the `wide` backend uses in this build, such as `SSE2, 128 bits, without
/// FMA`. They follow the target features of the build, not the CPU.
pub const WIDE: &str = env!("SIGMOID_WIDE");

/// The target triple.
pub const TARGET: &str = env!("SIGMOID_TARGET");

/// The compiler, as `rustc --version` prints it.
pub const RUSTC: &str = env!("SIGMOID_RUSTC");

/// The cargo profile: `debug` or `release`.
pub const PROFILE: &str = env!("SIGMOID_PROFILE");
