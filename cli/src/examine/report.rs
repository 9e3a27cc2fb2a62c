//! What `examine` prints.

use std::fmt::Write;

use serde::Serialize;
use sigmoid_conformance::{Claims, Report};

use super::Examine;

/// What was found of a function.
#[derive(Debug, Serialize)]
pub struct Verdict {
    library: String,
    symbol: String,
    /// Whether there are no findings.
    ok: bool,
    /// A sentence for each.
    pub findings: Vec<String>,
    report: Report,
    /// The same in place, if that was asked for.
    in_place: Option<Report>,
}

impl Verdict {
    pub fn new(options: &Examine, claims: &Claims, report: Report, in_place: Option<Report>) -> Self {
        let mut findings = report.findings(claims);
        if let Some(in_place) = &in_place {
            let of_it = in_place.findings(claims);
            // What is found both ways is said once.
            let news = of_it.into_iter().filter(|finding| !findings.contains(finding));
            let news: Vec<_> = news.map(|finding| format!("in place: {finding}")).collect();
            if report.digest != in_place.digest {
                findings.push("in place the results are not those that it has out of place".to_owned());
            }
            findings.extend(news);
        }
        let (library, symbol) = (options.library.display().to_string(), options.symbol.clone());
        Self { library, symbol, ok: findings.is_empty(), findings, report, in_place }
    }

    pub fn text(&self) -> String {
        let Self { library, symbol, report, .. } = self;
        let mut text = format!("{symbol} of {library}: {report}");
        if let Some(in_place) = self.in_place.as_ref().filter(|in_place| *in_place != report) {
            let _ = write!(text, "in place: {in_place}");
        }
        match self.findings.len() {
            0 => text.push_str("no findings\n"),
            1 => text.push_str("1 finding\n"),
            count => {
                let _ = writeln!(text, "{count} findings");
            }
        }
        for (i, finding) in self.findings.iter().enumerate() {
            let _ = writeln!(text, "  {}. {finding}", i + 1);
        }
        text
    }
}
