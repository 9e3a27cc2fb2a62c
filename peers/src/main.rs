//! The comparison as a command: measure, judge, report.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use sigmoid_peers::peer::Peer;
use sigmoid_peers::record::Run;
use sigmoid_peers::session::{self, Effort, WORKS};
use sigmoid_peers::{Failure, data, questions, registry, report};

/// Compare the crate `sigmoid` with everything else that computes sigmoids of slices: speed and error,
/// same data, same run, same machine. Writes peers/report/<CPU>/.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// A first look: a tenth of the samples
    #[arg(long, global = true)]
    quick: bool,
    /// The folder to write to
    #[arg(long, global = true, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Make the report again from all JSON files in the folder: those of other languages too
    Merge,
    /// Judge the Rust contenders' results again, and keep the times
    Judge,
    /// Write what other languages read, to peers/data/: the inputs that are timed, those that are judged
    Data,
    /// Write the tables of the project's README, from the folder that it names
    Readme,
    /// Say which folder is this machine's
    Folder,
    /// Time one contender in a process of its own
    #[command(hide = true)]
    Alone {
        /// Its name
        #[arg(long)]
        peer: String,
    },
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let effort = if options.quick { Effort::QUICK } else { Effort::FULL };
    let folder = options.out.clone().unwrap_or_else(|| data::folder("report").join(report::machine()));
    match &options.command {
        None => {
            if cfg!(debug_assertions) {
                return Err("this is a debug build, whose times mean nothing: use --release".into());
            }
            fs::create_dir_all(&folder)?;
            // What took quiet minutes is kept, whatever happens to the verdicts.
            measure(effort, options.quick)?.write(&folder.join("rust.json"))?;
            judge(&folder)
        }
        Some(Command::Judge) => judge(&folder),
        Some(Command::Merge) => {
            report::judge(&folder)?;
            finish(&folder)
        }
        Some(Command::Readme) => {
            for path in report::readme::write()? {
                println!("{}", path.display());
            }
            Ok(())
        }
        Some(Command::Folder) => {
            println!("{}", folder.display());
            Ok(())
        }
        Some(Command::Data) => write_data(),
        Some(Command::Alone { peer }) => {
            let peer = registry::find(peer).ok_or("no such contender")?;
            println!("{}", serde_json::to_string(&session::alone(peer, effort)?)?);
            Ok(())
        }
    }
}

fn measure(effort: Effort, quick: bool) -> Result<Run, Failure> {
    let contenders = registry::all();
    let both: Vec<Box<dyn Peer>> = registry::all().into_iter().chain(registry::yardsticks()).collect();
    let steps = WORKS.iter().map(|&work| session::sizes(work).len()).sum::<usize>()
        + session::KEY_SIZES.len()
        + contenders.len();
    let progress = progress(steps)?;

    write_data()?;
    let mut run = Run { source: "Rust".into(), facts: report::facts(quick), ..Run::default() };
    for work in WORKS {
        run.measurements.extend(session::measure(&both, work, &session::sizes(work), effort, &progress)?);
    }
    run.measurements.extend(session::unclean(&contenders, effort, &progress)?);
    run.measurements.extend(session::each_alone(&contenders, quick, &progress)?);
    progress.finish_and_clear();
    Ok(run)
}

/// Judges all contenders, whose times are there, and makes the report.
fn judge(folder: &Path) -> Result<(), Failure> {
    let path = folder.join("rust.json");
    let mut run: Run = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let contenders = registry::all();
    let progress = progress(contenders.len())?;
    run.errors = session::judge(&contenders, &progress);
    run.errors_in_half = session::judge_in_half(&contenders);
    progress.finish_and_clear();
    run.write(&path)?;
    finish(folder)
}

fn progress(steps: usize) -> Result<ProgressBar, Failure> {
    let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {pos}/{len} {msg}")?;
    Ok(ProgressBar::new(steps as u64).with_style(style))
}

fn write_data() -> Result<(), Failure> {
    let folder = data::folder("data");
    data::write(&folder)?;
    questions::write(&folder)
}

fn finish(folder: &Path) -> Result<(), Failure> {
    let written = report::write(folder)?;
    for path in written {
        println!("{}", path.display());
    }
    Ok(())
}
