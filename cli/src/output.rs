//! What goes to the terminal: reports to standard output, one line for what went wrong to
//! standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use serde::Serialize;

use crate::error::Error;

/// Prints a report, which ends its own last line.
pub fn print(report: &str) -> Result<(), Error> {
    let mut output = io::stdout().lock();
    output.write_all(report.as_bytes())?;
    output.flush()?;
    Ok(())
}

/// Prints a report as JSON.
pub fn print_json(report: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_string_pretty(report).map_err(io::Error::from)?;
    text.push('\n');
    print(&text)
}

/// Says in one line what stopped the command.
pub fn explain(error: &Error) -> ExitCode {
    match error {
        // Whoever read the report has read enough.
        Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        _ => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the help if that was asked for, and says in one line what is wrong with the command line
/// otherwise.
pub fn explain_usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => explain(&error.into()),
        },
        _ => {
            eprintln!("{}", one_line(&error.to_string()));
            ExitCode::from(2)
        }
    }
}

/// The paragraphs of clap's message as one line, without the usage that it closes with.
fn one_line(message: &str) -> String {
    let closing = |paragraph: &&str| !["Usage:", "For more"].iter().any(|start| paragraph.starts_with(start));
    let paragraph = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    message.trim().split("\n\n").filter(closing).map(paragraph).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn usage_is_left_out() {
        let message =
            "error: this is wrong\n  <INPUT>\n\n  tip: do that\n\nUsage: sigmoid\n\nFor more, see\n";
        assert_eq!(one_line(message), "error: this is wrong <INPUT>; tip: do that");
    }
}
