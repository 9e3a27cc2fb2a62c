//! The header, made by cbindgen. It does not see through macros, and so it is shown what the table says in plain Rust.

use std::{env, fs};

use crate::functions::{DECLARATIONS, Declaration};

/// A declaration, with `T` put in for what it is in C.
fn plain(declaration: &Declaration, doc: &str) -> String {
    let number = match declaration.format {
        "bf16" | "f16" => "u16",
        number => number,
    };
    let parameters = declaration.parameters.split_whitespace().collect::<Vec<_>>().join(" ");
    let parameters =
        parameters.trim_matches(['(', ')']).replace("* const T", "*const T").replace("* mut T", "*mut T");
    let parameters =
        parameters.replace("const T", &format!("const {number}")).replace("mut T", &format!("mut {number}"));
    let (operands, more) = parameters.split_once('|').unwrap_or((&parameters, ""));
    let [operands, more] = [operands, more].map(|parameters| parameters.replace(';', ",").trim().to_string());
    let all = [operands.as_str(), &more, "options: *const Options"].map(str::trim);
    let all = all.into_iter().filter(|some| !some.is_empty()).collect::<Vec<_>>().join(", ");
    let [name, name_ex] = declaration.names;
    format!(
        "{doc}#[unsafe(no_mangle)] unsafe extern \"C\" fn {name}({operands}) -> Status {{}}\n\
         #[unsafe(no_mangle)] unsafe extern \"C\" fn {name_ex}({all}) -> Status {{}}\n"
    )
}

/// What cbindgen makes of all that is exported.
fn header() -> String {
    let mut said = "";
    let mut functions = String::new();
    for declaration in DECLARATIONS {
        // What stands above the first of several stands for all of them.
        let doc = if declaration.doc == said { String::new() } else { format!("/// {}\n", declaration.doc) };
        said = declaration.doc;
        functions += &plain(declaration, &doc);
    }
    let folder = env!("CARGO_MANIFEST_DIR");
    let source = env::temp_dir().join(format!("sigmoid-functions-{}.rs", std::process::id()));
    fs::write(&source, functions).unwrap();
    let mut builder = cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(format!("{folder}/cbindgen.toml")).unwrap());
    for file in ["status.rs", "options.rs", "exact.rs"] {
        builder = builder.with_src(format!("{folder}/src/{file}"));
    }
    let bindings = builder.with_src(&source).generate().unwrap();
    fs::remove_file(source).unwrap();
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).unwrap()
}

/// With SIGMOID_WRITE_HEADER set it is written.
#[test]
fn the_header_says_what_the_library_exports() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/include/sigmoid.h");
    let header = header();
    if env::var_os("SIGMOID_WRITE_HEADER").is_some() {
        fs::write(path, &header).unwrap();
    }
    let there = fs::read_to_string(path).unwrap();
    assert!(
        there == header,
        "{path} has drifted from the table: SIGMOID_WRITE_HEADER=1 cargo test -p sigmoid-capi --lib writes it"
    );
}
