"""How stories are told: a list in the order of the files, a check that names what was wrong, a closing count."""

import time
import traceback
from typing import Callable

STORIES: list[Callable] = []


class Wrong(AssertionError):
    """Something was not as the story has it."""


def story(function: Callable) -> Callable:
    """Adds a story. The function's name is the sentence that it proves; it is given the shop."""
    STORIES.append(function)
    return function


def expect(what: str, actual, wanted) -> None:
    """Fails the story unless the two are equal."""
    if actual != wanted:
        raise Wrong(f"{what}: wanted {wanted!r}, but it is {actual!r}")


def expect_some(what: str, actual):
    """Fails the story when there is nothing; otherwise gives it back."""
    if actual is None or actual == "" or actual == []:
        raise Wrong(f"{what}: wanted something, but there is nothing")
    return actual


def tell_all(shop, only: str = "") -> tuple[int, int]:
    """Tells every story whose sentence has the word `only`, and returns how many passed and how many failed.

    One failing does not stop the others.
    """
    passed = failed = 0
    for one in STORIES:
        sentence = one.__name__.replace("_", " ")
        if only not in sentence:
            continue
        started = time.monotonic()
        try:
            one(shop)
        except Exception as error:  # A story may fail in any way, and the next one is told all the same.
            failed += 1
            print(f"  FAILED  {sentence}", flush=True)
            print("    " + "\n    ".join(failure_lines(error)), flush=True)
            shop.print_last_exchange()
        else:
            passed += 1
            print(f"  ok      {sentence} ({time.monotonic() - started:.2f} s)", flush=True)
    return passed, failed


def failure_lines(error: Exception) -> list[str]:
    """Where it went wrong and why, innermost last."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    lines = [f"{frame.filename}:{frame.lineno} {frame.line}" for frame in frames]
    return [*lines, f"{type(error).__name__}: {error}"]
