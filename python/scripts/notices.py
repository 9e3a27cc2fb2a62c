"""Writes LICENSES.txt: the licences of all that is linked into a wheel, word for word, as they ask for.

    python scripts/notices.py           # writes it
    python scripts/notices.py --check   # fails if it is not what it should be

Needs cargo, and the sources that it has fetched.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent.parent
NOTICES = HERE / "LICENSES.txt"
BEGINNINGS = ("license", "licence", "copying", "copyright", "notice", "unlicense")

HEAD = """Licences

The Python package `sigmoid` may be used under the MIT licence or the Apache licence 2.0, as you prefer. Both stand here
beneath its name. A wheel has the packages below linked into it (some of them on some machines only), and Rust's
standard library (MIT or Apache-2.0, the Rust project developers, https://github.com/rust-lang/rust). Each file stands
here as its package has it; where a package may be used under several licences, all are given.
"""


def linked():
    """The packages that are linked into the library, procedural macros and build scripts apart."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", HERE / "Cargo.toml"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

    def is_macro(package):
        return any("proc-macro" in target["kind"] for target in package["targets"])

    found, open_ = set(), [metadata["resolve"]["root"]]
    while open_:
        this = open_.pop()
        if this in found or is_macro(packages[this]):
            continue
        found.add(this)
        for dependency in nodes[this]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                open_.append(dependency["pkg"])
    return sorted((packages[this] for this in found), key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licence files of a package: its own, or those of the folder above, where it is part of this repository."""
    folder = pathlib.Path(package["manifest_path"]).parent
    folders = [folder] if package["source"] else [folder, folder.parent]
    for folder in folders:
        files = sorted(
            file for file in folder.iterdir() if file.is_file() and file.name.lower().startswith(BEGINNINGS)
        )
        files = [file for file in files if file != NOTICES]
        if files:
            return [file.read_text(encoding="utf-8").strip() for file in files]
    return []


def notices():
    own, parts, standard = [], [], {}
    for package in linked():
        head = f"{package['name']} {package['version']} ({package['license']})"
        if not package["source"]:
            own.append((head, texts(package)))
            continue
        found = texts(package)
        if not found:
            # Some packages name their licence and bring no file.
            authors = ", ".join(package["authors"]) or package["repository"]
            found = [f"It brings no file; the licence is {package['license']}, the authors are {authors}."]
        parts.append((head, found))
    sections = []
    for head, found in own[:1] + parts:
        body = []
        for text in found:
            # Many bring the Apache licence, word for word the same.
            key = " ".join(text.split())
            if key in standard:
                body.append(f"[The same text as under {standard[key]}.]")
            else:
                standard[key] = head.split(" (")[0]
                body.append(text)
        sections.append(f"{'=' * 100}\n{head}\n\n" + "\n\n----\n\n".join(body) + "\n")
    return HEAD + "\n" + "\n".join(sections)


def main():
    text = notices()
    if "--check" not in sys.argv:
        NOTICES.write_text(text, encoding="utf-8")
    elif NOTICES.read_text(encoding="utf-8") != text:
        sys.exit("LICENSES.txt is not what scripts/notices.py writes: run it")


if __name__ == "__main__":
    main()
