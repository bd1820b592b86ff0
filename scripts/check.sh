#!/usr/bin/env bash
# The quick part of the tests: form and lints.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
. scripts/steps.sh

find_cargo
find_cargo_parts
step "format" cargo fmt --all --check
step "clippy" cargo clippy --locked --workspace --all-targets -- -D warnings
