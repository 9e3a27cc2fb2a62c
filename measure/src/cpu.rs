//! The CPU that the program runs on, as far as it can be known.

use std::thread;

/// The model's name, and of which generation it is: clouds hide the number that would tell.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub fn model() -> Option<String> {
    let cpu = raw_cpuid::CpuId::new();
    let name = cpu.get_processor_brand_string()?;
    let name = name.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    let vendor = cpu.get_vendor_info()?;
    let numbers = cpu.get_feature_info()?;
    let generation = generation(vendor.as_str(), numbers.family_id(), numbers.model_id());
    (!name.is_empty()).then(|| format!("{name} ({generation})"))
}

/// The generation of an x86 CPU by the numbers of its family and model, or these (the lists of Linux:
/// `arch/x86/kernel/cpu/amd.c`, `arch/x86/include/asm/intel-family.h`).
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn generation(vendor: &str, family: u8, model: u8) -> String {
    let name = match (vendor, family, model) {
        ("AuthenticAMD", 0x19, 0x10..=0x1f | 0x60..=0x7f | 0xa0..=0xaf) => "Zen 4",
        ("AuthenticAMD", 0x19, _) => "Zen 3",
        ("AuthenticAMD", 0x1a, _) => "Zen 5",
        ("GenuineIntel", 0x06, 0x55) => "Skylake or Cascade Lake",
        ("GenuineIntel", 0x06, 0x6a | 0x6c) => "Ice Lake",
        ("GenuineIntel", 0x06, 0x8f) => "Sapphire Rapids",
        ("GenuineIntel", 0x06, 0xcf) => "Emerald Rapids",
        ("GenuineIntel", 0x06, 0xad | 0xae) => "Granite Rapids",
        _ => return format!("family {family}, model {model}"),
    };
    name.to_owned()
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

#[cfg(all(test, any(target_arch = "x86", target_arch = "x86_64")))]
mod tests {
    use super::generation;

    #[test]
    fn generations() {
        assert_eq!(generation("AuthenticAMD", 25, 17), "Zen 4");
        assert_eq!(generation("AuthenticAMD", 26, 2), "Zen 5");
        assert_eq!(generation("GenuineIntel", 6, 143), "Sapphire Rapids");
        assert_eq!(generation("GenuineIntel", 6, 60), "family 6, model 60");
    }
}
