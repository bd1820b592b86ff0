#!/usr/bin/env bash
# How many durable payments a second the PostgreSQL store takes, in turn with pgbench on the same server.
#
#   scripts/bench-postgres.sh [CONNECTION] [SECONDS] [ROUNDS]
#
# Without a connection string (or with an empty one) a private server is started, and removed afterwards. SECONDS is the
# length of each half of a round (5), ROUNDS is how many there are (5).
set -euo pipefail
SCRIPTS="$(cd "$(dirname "$0")" && pwd)"
. "$SCRIPTS/tools.sh"

CONNECTION="${1:-}"
SECONDS_EACH="${2:-5}"
ROUNDS="${3:-5}"

cd "$SCRIPTS/.."
cargo build --release -p farthing-store-postgres --example bench_postgres
if [ -z "$CONNECTION" ]; then
    DIR="$(mktemp -u /var/tmp/farthing-bench-XXXXXX)"
    trap '"$SCRIPTS/postgres.sh" stop "$DIR"' EXIT
    CONNECTION="$("$SCRIPTS/postgres.sh" start "$DIR")"
fi
command -v pgbench >/dev/null || say "pgbench is not on the PATH: there will be nothing to compare with"
SUBMITTERS="$(for _ in $(seq "$ROUNDS"); do printf '64,'; done)"
"$TARGET/release/examples/bench_postgres" "$CONNECTION" "$SECONDS_EACH" "$SUBMITTERS"
