//! Says what this build is: the registers `wide` compiles to on this target, the target, the
//! compiler and the profile. `src/build_info.rs` is the only reader.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(wide_bits, values(\"128\", \"256\", \"512\"))");

    // `wide` has no way to ask which registers it uses: it follows these target features.
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let has = |name: &str| features.split(',').any(|feature| feature == name);
    let bits = match () {
        _ if has("avx512f") => "512",
        _ if has("avx2") => "256",
        _ => "128",
    };
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let (registers, fused) = match architecture.as_str() {
        "x86" | "x86_64" => match bits {
            "512" => ("AVX-512", has("fma")),
            "256" => ("AVX2", has("fma")),
            _ if has("sse2") => ("SSE2", has("fma")),
            _ => ("plain arrays", false),
        },
        "aarch64" if has("neon") => ("NEON", true),
        "wasm32" | "wasm64" if has("simd128") => ("simd128", false),
        _ => ("plain arrays", false),
    };
    let fused = if fused { "with FMA" } else { "without FMA" };
    // An x86-64 build without SSE2 has no vector registers at all, because it runs where nobody saves them (in a
    // kernel): the compiler dies of functions that use them.
    println!("cargo:rustc-check-cfg=cfg(native_registers)");
    if architecture == "x86_64" && has("sse2") {
        println!("cargo:rustc-cfg=native_registers");
    }
    println!("cargo:rustc-cfg=wide_bits=\"{bits}\"");
    println!("cargo:rustc-env=SIGMOID_WIDE={registers}, {bits} bits, {fused}");

    // Without optimisation every function that is inlined adds to the stack of its caller: the kernels stay apart then.
    println!("cargo:rustc-check-cfg=cfg(optimised)");
    if env::var("OPT_LEVEL").is_ok_and(|level| level != "0") {
        println!("cargo:rustc-cfg=optimised");
    }

    for (name, variable) in [("TARGET", "TARGET"), ("PROFILE", "PROFILE")] {
        let value = env::var(variable).unwrap_or_else(|_| "unknown".into());
        println!("cargo:rustc-env=SIGMOID_{name}={value}");
    }
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version = Command::new(compiler)
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .unwrap_or_else(|| "unknown".into());
    println!("cargo:rustc-env=SIGMOID_RUSTC={}", version.trim());
}
