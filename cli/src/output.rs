//! What goes to the terminal: reports to standard output, one line for what went wrong to
//! standard error.
//!
//! A report that cannot be written is an error. A reader that has read enough (`| head -1`) is none, and
//! what cannot be said on standard error is left unsaid: the status says it too.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use serde::Serialize;

use crate::error::Error;

/// Prints a report, which ends its own last line.
pub fn print(report: &str) -> Result<(), Error> {
    let mut output = standard_output()?;
    output.write_all(report.as_bytes())?;
    output.flush()?;
    Ok(())
}

/// Standard output without the standard library's courtesies: its own handle takes writes that the system
/// refuses (EBADF) for written.
#[cfg(unix)]
pub fn standard_output() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;

    if closed::was_closed() {
        return Err(nix::errno::Errno::EBADF.into());
    }
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
pub fn standard_output() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Whether standard output was closed when the process began (`>&-`). It can be asked before `main` only:
/// the standard library begins with opening /dev/null in the place of streams that are closed.
#[cfg(target_os = "linux")]
mod closed {
    use std::sync::atomic::{AtomicBool, Ordering};

    use nix::libc;

    static CLOSED: AtomicBool = AtomicBool::new(false);

    // SAFETY: this section holds pointers to functions that the loader calls, which need no standard library.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static BEFORE_MAIN: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: it asks for the flags of a descriptor, open or not.
        let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
        CLOSED.store(flags == -1, Ordering::Relaxed);
    }

    pub fn was_closed() -> bool {
        CLOSED.load(Ordering::Relaxed)
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
mod closed {
    pub fn was_closed() -> bool {
        false
    }
}

/// Prints a report as JSON.
pub fn print_json(report: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_string_pretty(report).map_err(io::Error::from)?;
    text.push('\n');
    print(&text)
}

/// Whether reports may have colours.
pub fn has_colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// The status that the command has found, now that it has printed its report. Whoever read the report may
/// have read enough; that makes no good status of a bad one.
pub fn status(printed: Result<(), Error>, found: ExitCode) -> Result<ExitCode, Error> {
    match printed {
        Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(found),
        printed => printed.map(|()| found),
    }
}

/// Says in one line what stopped the command.
pub fn explain(error: &Error) -> ExitCode {
    say("error", error);
    ExitCode::FAILURE
}

/// Says in one line what the reader of a report should know.
pub fn warn(warning: &str) {
    say("warning", &warning);
}

fn say(kind: &str, what: &dyn fmt::Display) {
    let _ = writeln!(io::stderr(), "{}", printable(&format!("{kind}: {what}")));
}

/// Names and headers of files may hold anything: what would break the line, or move a terminal's cursor, is
/// written as an escape.
fn printable(text: &str) -> String {
    let escaped = |character: char| match character {
        // Line separators, and what turns the direction of writing or takes no room.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            character.escape_default().to_string()
        }
        _ if character.is_control() => character.escape_default().to_string(),
        _ => character.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// Prints the help if that was asked for, and says in one line what is wrong with the command line
/// otherwise.
pub fn explain_usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let text = if has_colours() { text.ansi().to_string() } else { text.to_string() };
            status(print(&text), ExitCode::SUCCESS).unwrap_or_else(|error| explain(&error))
        }
        _ => {
            let _ = writeln!(io::stderr(), "{}", printable(&one_line(&error.to_string())));
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
    use super::{one_line, printable};

    #[test]
    fn usage_is_left_out() {
        let message =
            "error: this is wrong\n  <INPUT>\n\n  tip: do that\n\nUsage: sigmoid\n\nFor more, see\n";
        assert_eq!(one_line(message), "error: this is wrong <INPUT>; tip: do that");
    }

    #[test]
    fn nothing_breaks_the_line() {
        assert_eq!(printable("a\nb\u{1b}[2Jc\u{9b}é"), "a\\nb\\u{1b}[2Jc\\u{9b}é");
        assert_eq!(printable("a\u{2028}b\u{202e}c\u{200b}"), "a\\u{2028}b\\u{202e}c\\u{200b}");
    }
}
