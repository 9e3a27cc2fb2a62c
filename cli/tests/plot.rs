//! `sigmoid plot`, run as a user runs it.

use std::collections::HashSet;
use std::fs;
use std::io::BufReader;
use std::path::Path;

use assert_cmd::Command;

/// The figures, each with some texts that stand in it.
const FIGURES: [(&str, &[&str]); 6] = [
    ("sigmoid", &["The sigmoid", "s(x)", "s(x) = 1 / (1 + e⁻ˣ)", "−10", "0.8"]),
    ("sigmoid-and-derivative", &["The sigmoid and its derivative", "s(x), s′(x)", "s′(x) = s(x) (1 − s(x))"]),
    ("derivative-forms", &["Two forms of the derivative", "quotient form", "product form", "0.25"]),
    ("errors", &["How far from the truth", "units in the last place", "s′ by this crate", "10⁻¹", "−100"]),
    (
        "family",
        &[
            "What is made of the sigmoid",
            "SiLU",
            "GELU, tanh form",
            "x Φ(x)",
            "log-sigmoid",
            "ln(p / (1 − p))",
            "the function",
            "its derivative, where this crate has it",
        ],
    ),
    (
        "family-errors",
        &["What textbook forms lose", "softplus", "cross entropy, label z = 1", "∞", "this crate", "10⁸"],
    ),
];

fn plot(directory: &Path) -> Command {
    let mut command = Command::cargo_bin("sigmoid").unwrap();
    // A font of the system would be looked for in these.
    command.env_remove("HOME").env("FONTCONFIG_PATH", "/nowhere");
    command.args(["plot", "--out"]).arg(directory);
    command
}

#[test]
fn draws_every_figure_in_both_formats() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("not/there/yet");
    let assert = plot(&directory).assert().success();
    let report = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    for (name, texts) in FIGURES {
        assert!(report.contains(&format!("{name}.svg")), "{report}");
        document(&directory.join(name).with_extension("svg"), texts);
        image(&directory.join(name).with_extension("png"));
    }
}

fn document(path: &Path, texts: &[&str]) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with(r#"<svg width="1600" height="1000" viewBox="#), "{}", &text[..100]);
    assert!(text.trim_end().ends_with("</svg>"));
    assert!(text.contains(r#"font-family="sans-serif""#));
    for expected in texts {
        assert!(text.contains(expected), "{expected} in {}", path.display());
    }
}

fn image(path: &Path) {
    let file = BufReader::new(fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (1600, 1000));
    let (width, rows) = (1600 * 3, 1000);
    assert_eq!(pixels.len(), width * rows);

    // Smooth edges have many colours, and a title is black at the top.
    let colours: HashSet<_> = pixels.chunks_exact(3).collect();
    assert!(colours.len() > 100, "{} colours in {}", colours.len(), path.display());
    let black = pixels[..width * 70].chunks_exact(3).filter(|pixel| pixel.iter().all(|&part| part < 32));
    assert!(black.count() > 500, "no title in {}", path.display());
    // Nothing is cut off at the edges.
    let white = |row: &[u8]| row.iter().all(|&part| part == 255);
    assert!(white(&pixels[..width]) && white(&pixels[width * (rows - 1)..]));
    for row in pixels.chunks_exact(width) {
        assert!(white(&row[..3]) && white(&row[width - 3..]), "{}", path.display());
    }
}

#[test]
fn a_directory_that_cannot_be_made_is_one_line_that_names_it() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let assert = plot(&file.join("plots")).assert().code(1);
    let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.starts_with("error: cannot write ") && error.contains("plots"), "{error}");
}
