//! What this build is made of, as `build.rs` found it.

/// The version of a package that a contender is made of, with its name.
macro_rules! version_of {
    ($name:literal, $variable:literal) => {
        concat!($name, " ", env!($variable)).to_owned()
    };
}
pub(crate) use version_of;

/// The compiler's flags, from RUSTFLAGS or cargo's configuration.
pub const RUSTFLAGS: &str = env!("PEERS_RUSTFLAGS");

/// The cargo features of this package.
pub const FEATURES: &str = env!("PEERS_FEATURES");

/// The compiler and its version, without the commit.
pub fn compiler() -> String {
    sigmoid::build_info::RUSTC.split(" (").next().unwrap_or_default().to_owned()
}
