#!/usr/bin/env bash
# Looks for everything that the tests need, and installs what is missing. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

find_cargo
find_cargo_parts
find_compiler
find_python
find_test_programs
bash scripts/postgres.sh install
for version in "${SDK_VERSIONS[@]}"; do
    install_sdk "$version"
done
