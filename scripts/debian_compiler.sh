# Debian's newest Rust compiler, which comes with the source of the standard library: what builds for machines that the
# toolchain here has no library for. To be sourced, with `work`, the folder that the compiler is unpacked into, set.

root=()
if [ "$(id -u)" != 0 ]; then root=(sudo -n); fi
toolchain=$(rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu
rust_lld=$toolchain/bin/rust-lld

# Installed, the compiler would come between this machine's own and its user.
unpack_compiler() {
    local library llvm package release needed versions
    needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    library=$(apt-cache depends libstd-rust-web-dev | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p')
    llvm=$(apt-cache depends "$library" | sed -n 's/.*Depends: \(libllvm[0-9]*\)$/\1/p')
    # A library that can do no harm, and that needs others.
    "${root[@]}" apt-get install -o Acquire::Retries=3 --yes --no-install-recommends "$llvm" || return
    versions=$(apt-cache show --no-all-versions rustc-web "$library" libstd-rust-web-dev rust-web-src \
        | sed -n 's/^Filename: //p')
    if [ "$(cat "$work/debian/versions")" = "$versions" ]; then return; fi
    rm -rf "$work/debian" && mkdir "$work/debian" && cd "$work/debian" || return
    apt-get download -o Acquire::Retries=3 rustc-web "$library" libstd-rust-web-dev rust-web-src || return
    for package in *.deb; do
        # (The sources of the compiler and its tools are four fifths of the files.)
        dpkg-deb --fsys-tarfile "$package" | tar --extract --anchored --no-wildcards-match-slash \
            --exclude='./usr/src/*/compiler' --exclude='./usr/src/*/src' --exclude='./usr/share' || return
    done
    rm -- *.deb
    # The path is for the compiler alone, and not for what it calls or what calls it.
    cat >"$work/rustc" <<END
#!/bin/sh
LD_LIBRARY_PATH='$work/debian/usr/lib/x86_64-linux-gnu' exec '$work/debian/usr/bin/rustc' "\$@"
END
    chmod +x "$work/rustc"
    # Whatever the archive calls newest must be new enough.
    release=$("$work/rustc" --version | cut -d' ' -f2) || return
    printf '%s\n' "$needed" "$release" | sort --check --version-sort || return
    echo "$versions" >versions
}

# Cargo with that compiler.
debian_cargo() { RUSTC=$work/rustc RUSTC_BOOTSTRAP=1 cargo "$@"; }
