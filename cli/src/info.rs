//! Shows what this build is and what it found.

use std::process::ExitCode;

use serde::Serialize;
use sigmoid::{Backend, build_info, thresholds};
use sigmoid_measure::{cpu, grouped};

use crate::error::Error;
use crate::options;
use crate::output;

/// Everything that a bug report or a benchmark's label needs.
#[derive(Debug, Serialize)]
struct Info {
    version: &'static str,
    target: &'static str,
    rustc: &'static str,
    profile: &'static str,
    wide: &'static str,
    cpu: Cpu,
    backends: Backends,
    thresholds: Thresholds,
}

#[derive(Debug, Serialize)]
struct Cpu {
    model: Option<String>,
    threads: usize,
    features: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Backends {
    available: Vec<&'static str>,
    picked: &'static str,
}

#[derive(Debug, Serialize)]
struct Thresholds {
    parallel_from_bytes: usize,
    stream_from_bytes: usize,
}

pub fn run(options: &options::Info) -> Result<ExitCode, Error> {
    let info = Info::new();
    let printed = if options.json { output::print_json(&info) } else { output::print(&info.text()) };
    output::status(printed, ExitCode::SUCCESS)
}

impl Info {
    fn new() -> Self {
        Self {
            version: build_info::VERSION,
            target: build_info::TARGET,
            rustc: build_info::RUSTC,
            profile: build_info::PROFILE,
            wide: build_info::WIDE,
            cpu: Cpu { model: cpu::model(), threads: cpu::threads(), features: cpu::features() },
            backends: Backends {
                available: Backend::available().map(Backend::name).collect(),
                picked: Backend::fastest().name(),
            },
            thresholds: Thresholds {
                parallel_from_bytes: thresholds::PARALLEL_FROM_BYTES,
                stream_from_bytes: thresholds::STREAM_FROM_BYTES,
            },
        }
    }

    fn text(&self) -> String {
        let bytes = |count: usize| format!("from {} bytes of output", grouped(count as u64));
        let lines = [
            ("version", self.version.to_owned()),
            ("target", self.target.to_owned()),
            ("compiler", self.rustc.to_owned()),
            ("profile", self.profile.to_owned()),
            ("wide", self.wide.to_owned()),
            ("CPU", self.cpu.model.clone().unwrap_or_else(|| "unknown".to_owned())),
            ("threads", self.cpu.threads.to_string()),
            ("features", self.cpu.features.join(" ")),
            ("backends", self.backends.available.join(" ")),
            ("picked", self.backends.picked.to_owned()),
            ("parallel", bytes(self.thresholds.parallel_from_bytes)),
            ("streaming", bytes(self.thresholds.stream_from_bytes)),
        ];
        lines.iter().map(|(name, value)| format!("{name:<10} {value}\n")).collect()
    }
}
