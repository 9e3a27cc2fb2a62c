#!/usr/bin/env python3
"""THIRD-PARTY.txt: what is linked into the library beside this project's own code, and under which licences.

    scripts/third_party.py sigmoid-capi capi            writes capi/THIRD-PARTY.txt, of that package
    scripts/third_party.py sigmoid-capi capi --check    fails if it no longer says what Cargo.lock says

The packages are those that cargo links on x86-64 Linux; their texts are taken from the packages themselves."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = """What is linked into the library beside the code of this project (MIT OR Apache-2.0), and the licences that
come with it.

The Rust standard library, MIT OR Apache-2.0, Copyright (c) The Rust Project Contributors, with the licences of its own
parts: https://www.rust-lang.org/policies/licenses
"""


def cargo(*arguments):
    return subprocess.run(("cargo",) + arguments, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def linked(package):
    """Names and versions, without what only runs when building."""
    tree = cargo("tree", "--locked", "-p", package, "-e", "normal,no-proc-macro", "--prefix", "none",
                 "--target", "x86_64-unknown-linux-gnu")
    lines = {tuple(line.split()[:2]) for line in tree.splitlines() if "(/" not in line and line.strip()}
    return sorted((name, version.removeprefix("v")) for name, version in lines)


def texts(folder):
    """The licence that we take where there is a choice: MIT, or else all that there are."""
    files = sorted(file for file in folder.iterdir()
                   if file.is_file() and file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE")))
    mit = [file for file in files if "MIT" in file.name.upper() or file.name.upper().startswith("NOTICE")]
    return [file.read_text().strip() for file in (mit or files)]


def main(package, folder, *options):
    file = ROOT / folder / "THIRD-PARTY.txt"
    metadata = json.loads(cargo("metadata", "--locked", "--format-version", "1"))
    packages = {(package["name"], package["version"]): package for package in metadata["packages"]}
    written = [HEAD]
    said = {}
    for name, version in linked(package):
        dependency = packages[name, version]
        written.append(f"{'=' * 100}\n{name} {version}, {dependency['license']}, {dependency['repository']}\n")
        for text in texts(pathlib.Path(dependency["manifest_path"]).parent):
            if text in said:
                written.append(f"The same text as that of {said[text]}.\n")
            else:
                said[text] = name
                written.append(text + "\n")
    text = "\n".join(written)
    if "--check" not in options:
        file.write_text(text)
    elif file.read_text() != text:
        sys.exit(f"{file} is out of date: {__file__} writes it")


main(*sys.argv[1:])
