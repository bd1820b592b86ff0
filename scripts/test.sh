#!/usr/bin/env bash
# Everything that CI runs. Installs what is missing, stops at the first step that fails, and names it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
. scripts/steps.sh

rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked --workspace --no-fail-fast
    else
        say "cargo-nextest is not installed; cargo test runs the same tests, one program after another"
        cargo test --locked --workspace --all-targets --no-fail-fast
    fi
}

rust_docs() {
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
}

# A server of the tests' own. Its connection string is kept in a file, because a step cannot set variables.
POSTGRES_DIR="$(mktemp -u /var/tmp/farthing-test-XXXXXX)"
POSTGRES_CONNECTION="$(mktemp)"

start_postgres() {
    bash scripts/postgres.sh start "$POSTGRES_DIR" >"$POSTGRES_CONNECTION"
}

stop_postgres() {
    rm -f -- "$POSTGRES_CONNECTION"
    [ ! -e "$POSTGRES_DIR" ] || bash scripts/postgres.sh stop "$POSTGRES_DIR"
}

sdk_stories() {
    local version pythons=()
    for version in "${SDK_VERSIONS[@]}"; do
        pythons+=("$(sdk_python "$version")")
    done
    python3 tests/sdk/python/run.py --binary "$TARGET/debug/farthing" "${pythons[@]}"
}

# Incremental builds help the next build of the same tree; CI has no next one.
[ "${CI:-}" != true ] || export CARGO_INCREMENTAL=0

step "tools" bash scripts/prepare.sh
find_cargo >/dev/null
step "format" cargo fmt --all --check
step "clippy" cargo clippy --locked --workspace --all-targets -- -D warnings
step "build" cargo build --locked --workspace
STEPS_CLEANUP=stop_postgres
step "postgresql" start_postgres
export FARTHING_TEST_POSTGRES="$(cat -- "$POSTGRES_CONNECTION")"
step "tests" rust_tests
step "doc tests" cargo test --locked --workspace --doc
step "docs" rust_docs
step "python sdk stories" sdk_stories
step "bench smoke" python3 scripts/bench_smoke.py "$TARGET/debug/farthing"
