# Sourced by the other scripts: what a machine must have, and how it gets it. Nothing runs by being sourced.

TARGET="${CARGO_TARGET_DIR:-target}"
# The version of the example comes last: `make run` installs that one alone.
SDK_VERSIONS=(1.5.5 1.7.1)

say() { printf '%s\n' "$*"; }

die() {
    printf 'ERROR: %s\n' "$@" >&2
    exit 1
}

# Rust is often installed for one user and not on the PATH of a bare shell.
find_cargo() {
    command -v cargo >/dev/null || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    if ! command -v cargo >/dev/null; then
        die "cargo is missing. Install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer with rustup, and start again."
    fi
    say "$(cargo --version)"
}

find_cargo_parts() {
    local part
    for part in fmt clippy; do
        cargo "$part" --version >/dev/null 2>&1 && continue
        command -v rustup >/dev/null || die "cargo $part is missing, and so is rustup, which could install it."
        say "installing cargo $part with rustup"
        rustup component add "${part/fmt/rustfmt}"
    done
}

# Installs the Debian packages given, for which only root has the right.
install_packages() {
    command -v apt-get >/dev/null || die "missing: $*. Install them with this system's package manager, and start again."
    [ "$(id -u)" = 0 ] || die "missing: $*. Install them, for example with: sudo apt-get install $*"
    say "installing with apt-get: $*"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# C is needed for the embedded database and the cryptography, and nothing else of it.
find_compiler() {
    command -v cc >/dev/null || command -v gcc >/dev/null || install_packages gcc libc6-dev
    say "$(cc --version 2>/dev/null | sed -n 1p || gcc --version | sed -n 1p)"
}

python_is_complete() { python3 -c 'import venv, ensurepip, ssl' >/dev/null 2>&1; }

find_python() {
    python_is_complete || install_packages python3 python3-venv ca-certificates
    python_is_complete || die "python3 cannot make virtual environments: its modules venv and ensurepip are missing."
    say "$(python3 --version)"
}

find_test_programs() {
    local program missing=()
    for program in openssl curl; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
    say "$(openssl version)"
    say "$(curl --version | sed -n 1p)"
}

sdk_python() { say "$TARGET/.venv-sdk-$1/bin/python"; }

sdk_is_installed() {
    [ -x "$(sdk_python "$1")" ] || return 1
    [ "$("$(sdk_python "$1")" -c 'import importlib.metadata as m; print(m.version("global-open-sdk-python"))' 2>/dev/null)" = "$1" ]
}

# One version of the vendor's SDK, in a virtual environment of its own under the target directory.
install_sdk() {
    if sdk_is_installed "$1"; then
        say "global-open-sdk-python $1 is installed"
        return
    fi
    say "installing global-open-sdk-python $1 into $TARGET/.venv-sdk-$1"
    mkdir -p "$TARGET"
    python3 -m venv --clear "$TARGET/.venv-sdk-$1"
    "$(sdk_python "$1")" -m pip install --quiet --disable-pip-version-check --no-input \
        --constraint tests/sdk/python/constraints.txt "global-open-sdk-python==$1"
    sdk_is_installed "$1" || die "global-open-sdk-python $1 was installed, but it cannot be found."
}
