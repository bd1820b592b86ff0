#!/usr/bin/env python3
"""Tells the stories with the vendor's Python SDK against the real binary, once for each interpreter given.

    python3 tests/sdk/python/run.py --binary target/debug/farthing PYTHON...

Each PYTHON has one version of `global-open-sdk-python` installed; it gets a gateway and a data directory of its
own. SSL_CERT_FILE has to stand before an interpreter starts, so the stories run in a child of this program.
The last line is `N passed, N failed`; the exit code is 0 only when nothing failed.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from gateway import Gateway, NotStarted

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Runs everything and counts."""
    parser = argparse.ArgumentParser(description="Stories with the vendor's Python SDK over TLS on port 443.")
    parser.add_argument("--binary", type=Path, required=True, help="the farthing program")
    parser.add_argument("--only", default="", metavar="WORD", help="tell only stories whose sentence has this word")
    parser.add_argument("pythons", nargs="+", metavar="PYTHON", help="an interpreter with the SDK installed")
    arguments = parser.parse_args()
    # SIGTERM ends this program as Ctrl-C does, so that the gateway is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    passed = failed = 0
    for python in arguments.pythons:
        counts = run_with(arguments.binary.resolve(), Path(python).absolute(), arguments.only)
        passed, failed = passed + counts[0], failed + counts[1]
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


def run_with(binary: Path, python: Path, only: str) -> tuple[int, int]:
    """One gateway, one SDK."""
    print(f"global-open-sdk-python {sdk_version(python)}, {python_version(python)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="farthing-sdk-") as directory:
        gateway = Gateway(binary, Path(directory) / "data")
        try:
            gateway.start()
            passed, failed = tell(python, gateway, only)
            ends = [verify_books(gateway), stops_when_told(gateway)]
        except NotStarted as error:
            print(error, file=sys.stderr)
            return 0, 1
        finally:
            gateway.stop()
        if failed or not all(ends):
            print(f"  the end of the gateway's log:\n{gateway.log_end()}", flush=True)
    return passed + ends.count(True), failed + ends.count(False)


def tell(python: Path, gateway: Gateway, only: str) -> tuple[int, int]:
    """Runs the stories in an interpreter that trusts the gateway's local authority."""
    counts = gateway.data.parent / "counts"
    files = ["--data", str(gateway.data), "--counts", str(counts)]
    command = [str(python), str(HERE / "tell.py"), *files, "--only", only]
    environment = dict(os.environ, SSL_CERT_FILE=str(gateway.data / "dev" / "ca.pem"), PYTHONDONTWRITEBYTECODE="1")
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, check=False)
    if not counts.exists():
        print(f"  FAILED  the stories ended with {ended.returncode} before they were told to the end", flush=True)
        return 0, 1
    passed, failed = counts.read_text(encoding="utf-8").split()
    return int(passed), int(failed)


def verify_books(gateway: Gateway) -> bool:
    """Everything that the stories did leaves books that replay without a finding, beside the running server."""
    command = [str(gateway.binary), "verify", "--data", str(gateway.data)]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    is_clean = ended.returncode == 0
    print(f"  {'ok    ' if is_clean else 'FAILED'}  farthing verify finds the books in order", flush=True)
    if not is_clean:
        print(ended.stdout + ended.stderr, flush=True)
    return is_clean


def stops_when_told(gateway: Gateway) -> bool:
    """SIGTERM drains and ends with 0."""
    code = gateway.stop()
    print(f"  {'ok    ' if code == 0 else 'FAILED'}  the gateway ends with 0 when it is told to stop", flush=True)
    if code != 0:
        print(f"    its exit code is {code}", flush=True)
    return code == 0


def sdk_version(python: Path) -> str:
    """The version of the SDK that is really installed there."""
    question = "import importlib.metadata as m; print(m.version('global-open-sdk-python'))"
    return answer_of(python, question)


def python_version(python: Path) -> str:
    """The interpreter's version."""
    return answer_of(python, "import platform; print('Python ' + platform.python_version())")


def answer_of(python: Path, question: str) -> str:
    """What an interpreter prints."""
    return subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
