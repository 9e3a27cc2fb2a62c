//! Finds out what the report must say of this build: the versions of the contenders, as Cargo.lock has
//! them, and the flags. `versions.rs` is the only reader.

use std::env;
use std::path::Path;

use cargo_lock::Lockfile;

/// The packages that contenders are made of.
const PACKAGES: [&str; 8] =
    ["burn-flex", "candle-nn", "libm", "ndarray", "rten-vecmath", "sigmoid", "tract-linalg", "wide"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let manifest = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let path = Path::new(&manifest).join("../Cargo.lock");
    println!("cargo:rerun-if-changed={}", path.display());
    let lock = Lockfile::load(&path).expect("the workspace has a Cargo.lock");
    for name in PACKAGES {
        // Some are there in several versions, for others' sake: the one this package uses counts.
        let version = direct(&lock, name).expect("a dependency of this package");
        println!("cargo:rustc-env=VERSION_{}={version}", name.to_uppercase().replace('-', "_"));
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().replace('\x1f', " ");
    println!("cargo:rustc-env=PEERS_RUSTFLAGS={flags}");
    let features =
        env::vars().filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_lowercase()));
    println!("cargo:rustc-env=PEERS_FEATURES={}", features.collect::<Vec<_>>().join(" "));
}

fn direct(lock: &Lockfile, name: &str) -> Option<String> {
    let ours = lock.packages.iter().find(|package| package.name.as_str() == "sigmoid-peers")?;
    let dependency = ours.dependencies.iter().find(|dependency| dependency.name.as_str() == name)?;
    Some(dependency.version.to_string())
}
