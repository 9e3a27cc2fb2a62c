//! The name by which programs ask for the shared library when they start.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The number is that of the binary interface: a program that was linked to it runs with every library that has it.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsigmoid.so.0");
    }
}
