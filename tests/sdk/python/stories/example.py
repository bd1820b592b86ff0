"""The example that people are pointed to."""

import os
import subprocess
import sys
from pathlib import Path

from shop import Shop
from story import Wrong, expect, story

EXAMPLE = Path(__file__).resolve().parents[4] / "examples" / "python" / "first_payment.py"


@story
def the_example_makes_a_first_payment(shop: Shop) -> None:
    """Proves that examples/python works as it is printed, with this SDK."""
    ended = run(shop.profile_path)
    if ended.returncode != 0:
        raise Wrong(f"it ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    for words in ("refund a part", "REFUND", "CANCELLED"):
        expect(f"{words!r} in what it prints", words.lower() in ended.stdout.lower(), True)


@story
def the_example_says_how_to_serve_443(shop: Shop) -> None:
    """Proves that a gateway on another port is told with the command that helps."""
    moved = shop.profile_path.with_name("moved.json")
    moved.write_text(shop.profile_path.read_text(encoding="utf-8").replace(":443", ":8743"), encoding="utf-8")
    try:
        ended = run(moved)
    finally:
        moved.unlink()
    expect("its exit code", ended.returncode, 1)
    expect("the command that helps", "--tls-listen 127.0.0.1:443" in ended.stderr, True)


def run(profile_path: Path) -> subprocess.CompletedProcess:
    """Runs it with the interpreter of these stories, and without their SSL_CERT_FILE: it finds the authority itself."""
    command = [sys.executable, str(EXAMPLE), str(profile_path)]
    environment = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
