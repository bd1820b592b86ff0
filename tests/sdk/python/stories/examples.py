"""The examples that people are pointed to, run as they are printed."""

import os
import subprocess
import sys
from pathlib import Path

from shop import Shop
from story import Wrong, expect, story

EXAMPLES = Path(__file__).resolve().parents[4] / "examples" / "python"


@story
def the_example_makes_a_first_payment(shop: Shop) -> None:
    """Proves that the example of the SDK works, with this SDK."""
    prints("first_payment.py", shop.profile_path, "refund a part", "refund         SUCCESS", "status         CANCELLED")


@story
def the_example_pays_in_the_legacy_edition_too(shop: Shop) -> None:
    """Proves that the other profile for the SDK works like the first."""
    prints("first_payment.py", shop.profile_path.with_name("alipay.json"), "DEMO_ALIPAY", "status         CANCELLED")


@story
def the_example_says_how_to_serve_443(shop: Shop) -> None:
    """Proves that a gateway on another port is told with the command that helps."""
    moved = shop.profile_path.with_name("moved.json")
    moved.write_text(shop.profile_path.read_text(encoding="utf-8").replace(":443", ":8743"), encoding="utf-8")
    try:
        ended = run("first_payment.py", moved)
    finally:
        moved.unlink()
    expect("its exit code", ended.returncode, 1)
    expect("the command that helps", "--tls-listen 127.0.0.1:443" in ended.stderr, True)


@story
def the_example_of_alphapay_pays_hears_and_refunds(shop: Shop) -> None:
    """Proves: ALPHAPAY-FACTS §5, §6, §8, §9, §14, with a second implementation of signing and verifying."""
    states = ("PAYMENT_IN_PROCESS", "notification", "SUCCESS", "PARTIAL_REFUND", "each signature was verified")
    prints("alphapay.py", shop.profile_path.with_name("alphapay.json"), *states)


@story
def the_example_of_alipayhk_pays_hears_refunds_and_cancels(shop: Shop) -> None:
    """Proves: ALIPAYHK-FACTS §5.5 to §5.10, §6, with a second implementation of signing and verifying."""
    states = ("notification", "ask for that refund", "status         SUCCESS", "status         CLOSED")
    prints("alipayhk.py", shop.profile_path.with_name("alipayhk.json"), *states)


@story
def an_example_without_a_profile_says_how_it_is_used(_shop: Shop) -> None:
    """Proves that wrong usage ends with 2 and one line."""
    for name in ("first_payment.py", "alphapay.py", "alipayhk.py"):
        ended = run(name)
        told = (ended.returncode, ended.stderr.startswith(f"usage: {name}"), len(ended.stderr.splitlines()))
        expect(name, told, (2, True, 1))


def prints(name: str, profile_path: Path, *words: str) -> None:
    """Runs an example; fails unless it ends well and has printed all of these, whatever the letters' case."""
    ended = run(name, profile_path)
    if ended.returncode != 0:
        raise Wrong(f"it ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    for word in words:
        expect(f"{word!r} in what it prints", word.lower() in ended.stdout.lower(), True)


def run(name: str, *arguments: Path) -> subprocess.CompletedProcess:
    """Runs it with the interpreter of these stories, and without their SSL_CERT_FILE: it finds the authority itself."""
    command = [sys.executable, str(EXAMPLES / name), *(str(argument) for argument in arguments)]
    environment = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
