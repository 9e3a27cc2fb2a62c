//! Which machine and which kernels the tour speaks of.

use sigmoid::{Backend, build_info};

use sigmoid_measure::cpu;

pub fn report() -> String {
    let names: Vec<_> = Backend::available().map(Backend::name).collect();
    let cores = match cpu::threads() {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads"),
    };
    let lines = [
        ("CPU", format!("{}, {cores}", cpu::model().unwrap_or_else(|| "unknown".to_owned()))),
        ("backend", format!("{}, the fastest of {}", Backend::fastest(), names.join(", "))),
        ("wide", build_info::WIDE.to_owned()),
    ];
    let lines: String = lines.iter().map(|(name, value)| format!("{name:<8} {value}\n")).collect();
    format!("sigmoid {}: s(x) = 1 / (1 + e^-x) and s'(x) over slices\n\n{lines}", build_info::VERSION)
}
