#!/usr/bin/env python3
"""Runs each benchmark for two seconds and checks that its last line has the fields that people rely on.

    python3 scripts/bench_smoke.py target/debug/farthing

It looks at no figure beyond "something was done": a build for tests says nothing about speed.
"""

import json
import subprocess
import sys

FIELDS = (
    "requests_per_s",
    "p50_ms",
    "p99_ms",
    "server_cpu_us_per_request",
    "rsa_cpu_us_per_request",
    "rsa_limit_ratio",
)
BENCHES = ("inquiry", "pay")
# Little of everything: preparing ten thousand wallets takes longer than the benchmark itself.
FLAGS = ("--seconds", "2", "--warm-up", "1", "--wallets", "200", "--json")
TIMEOUT_S = 180


def main() -> int:
    """Runs them one after another; the first that fails ends it."""
    if len(sys.argv) != 2:
        print("usage: bench_smoke.py PATH_TO_farthing", file=sys.stderr)
        return 2
    return next((1 for bench in BENCHES if not is_sound(sys.argv[1], bench)), 0)


def is_sound(binary: str, bench: str) -> bool:
    """One benchmark, in short."""
    command = [binary, "bench", bench, *FLAGS]
    print(" ".join(command), flush=True)
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False
    )
    lines = ended.stdout.splitlines() or [""]
    print(lines[-1], flush=True)
    if ended.returncode != 0:
        print(f"it ended with {ended.returncode}", file=sys.stderr)
        return False
    try:
        figures = json.loads(lines[-1])
    except ValueError as error:
        print(f"its last line is not JSON: {error}", file=sys.stderr)
        return False
    missing = [field for field in FIELDS if not isinstance(figures.get(field), (int, float))]
    if missing or figures["requests_per_s"] <= 0:
        print(f"its last line lacks {', '.join(missing) or 'any request'}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
