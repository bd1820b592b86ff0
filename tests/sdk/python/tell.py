"""Tells the stories with the SDK of the interpreter that runs this file. `run.py` starts it."""

import argparse
import json
from pathlib import Path

from admin import Admin
from shop import Shop
from story import tell_all

# The order of the stories; the last ones move the clock.
import stories.auto_debit  # noqa: F401
import stories.refusals  # noqa: F401
import stories.cancels  # noqa: F401
import stories.notifications  # noqa: F401
import stories.signatures  # noqa: F401
import stories.cashier  # noqa: F401
import stories.cards  # noqa: F401
import stories.captures  # noqa: F401
import stories.settlement  # noqa: F401
import stories.customs  # noqa: F401
import stories.legacy  # noqa: F401
import stories.outcomes  # noqa: F401
import stories.schemes  # noqa: F401
import stories.examples  # noqa: F401
import stories.expiry  # noqa: F401


def main() -> int:
    """Tells them and writes the counts for `run.py`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--counts", type=Path, required=True)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    profile_path = arguments.data / "dev" / "antom.json"
    profile = json.loads(profile_path.read_text(encoding="utf-8"))
    admin = Admin.of_data_directory(arguments.data)
    passed, failed = tell_all(Shop(profile, profile_path, admin), arguments.only)
    arguments.counts.write_text(f"{passed} {failed}", encoding="utf-8")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
