//! The CPU that the program runs on, as far as it can be known.

use std::thread;

/// The model's name.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub fn model() -> Option<String> {
    let name = raw_cpuid::CpuId::new().get_processor_brand_string()?;
    Some(name.as_str().split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

/// The model's name, which Linux tells on some other architectures too.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
pub fn model() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let (_, name) = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| {
        matches!(key.trim().to_lowercase().as_str(), "model name" | "cpu model" | "hardware")
    })?;
    Some(name.trim().to_owned())
}

/// How many threads can run at once.
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Pairs each feature's name with whether the CPU has it.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
macro_rules! detect {
    ($($name:tt),*) => { [$(($name, std::arch::is_x86_feature_detected!($name))),*] };
}

/// Those instruction sets of the CPU that the kernels know.
pub fn features() -> Vec<&'static str> {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let all = detect!("sse2", "avx", "avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl");
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    let all = [("neon", cfg!(target_feature = "neon")), ("simd128", cfg!(target_feature = "simd128"))];
    all.into_iter().filter(|&(_, has)| has).map(|(name, _)| name).collect()
}
