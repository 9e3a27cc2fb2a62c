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
    #[cfg(feature = "foreign")]
    foreign::build();
}

fn direct(lock: &Lockfile, name: &str) -> Option<String> {
    let ours = lock.packages.iter().find(|package| package.name.as_str() == "sigmoid-peers")?;
    let dependency = ours.dependencies.iter().find(|dependency| dependency.name.as_str() == name)?;
    Some(dependency.version.to_string())
}

/// Compiles the shims in `foreign/` and says what to link.
#[cfg(feature = "foreign")]
mod foreign {
    use std::fs;
    use std::process::Command;

    const _: () = assert!(
        cfg!(all(target_arch = "x86_64", target_os = "linux")),
        "the feature `foreign` is for x86-64 and Linux: AVX in its shims, Debian's libraries"
    );

    /// The flags of what is compiled for the machine that builds it: Eigen, which is all headers, and the
    /// plain loops.
    const NATIVE: [&str; 2] = ["-O3", "-march=native"];

    pub fn build() {
        println!("cargo:rerun-if-changed=foreign");
        println!("cargo:rustc-env=PEERS_NATIVE_FLAGS={}", NATIVE.join(" "));
        println!("cargo:rustc-env=VERSION_XNNPACK={}", package_version("libxnnpack-dev"));

        let mut xnnpack = shim(&["-O2"]);
        println!("cargo:rustc-check-cfg=cfg(xnnpack_multiplies)");
        if has("/usr/include/xnnpack.h", "xnn_create_unary_elementwise_nc") {
            xnnpack.define("PEERS_XNNPACK_UNARY", None);
        } else {
            println!("cargo:rustc-cfg=xnnpack_multiplies");
        }
        xnnpack.file("foreign/xnnpack.c").compile("peers_xnnpack");
        shim(&["-O2", "-mavx2", "-mfma"]).file("foreign/sleef_avx2.c").compile("peers_sleef_avx2");
        shim(&["-O2", "-mavx512f"]).file("foreign/sleef_avx512.c").compile("peers_sleef_avx512");
        let mut plain = shim(&NATIVE);
        plain.flag("-ffast-math").file("foreign/loop.c");
        plain.clone().compile("peers_loop");
        plain.flag("-mprefer-vector-width=512").define("PEERS_LOOP_WIDE", None).compile("peers_loop_wide");
        shim(&["-O2"]).cpp(true).compiler("g++").file("foreign/onednn.cpp").compile("peers_onednn");
        let mut eigen = shim(&NATIVE);
        eigen.cpp(true).compiler("g++").file("foreign/eigen.cpp");
        // What gcc 12 says of its own header, where Eigen inlines it.
        eigen.flag("-Wno-maybe-uninitialized").flag("-Wno-uninitialized");
        eigen.flag("-isystem").flag("/usr/include/eigen3").compile("peers_eigen");

        for library in ["XNNPACK", "pthreadpool", "sleef", "dnnl", "gomp", "mvec", "m"] {
            println!("cargo:rustc-link-lib=dylib={library}");
        }
    }

    /// gcc with these flags and no others that change what it makes, whatever cargo's profile.
    fn shim(flags: &[&str]) -> cc::Build {
        let mut build = cc::Build::new();
        build.compiler("gcc").no_default_flags(true).warnings(true).extra_warnings(true);
        build.flag("-fPIC").flag("-ffunction-sections");
        for flag in flags {
            build.flag(flag);
        }
        build
    }

    fn has(header: &str, word: &str) -> bool {
        let text = fs::read_to_string(header)
            .unwrap_or_else(|error| panic!("{header}: {error}; run peers/foreign/install.sh"));
        text.contains(word)
    }

    fn package_version(package: &str) -> String {
        let asked = Command::new("dpkg-query").args(["--show", "--showformat=${Version}", package]).output();
        match asked {
            Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
            _ => panic!("the package {package} is not installed; run peers/foreign/install.sh"),
        }
    }
}
