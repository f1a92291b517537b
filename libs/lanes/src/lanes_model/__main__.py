"""`python -m lanes_model`: explore the rules of a lane."""

import argparse
import json
import os
import sys
from pathlib import Path

from lanes_model.page import filled
from lanes_model.report import Options, run


def main() -> int:
    """Print the report; 0 if every property holds with all rules and every rule is needed."""
    parser = argparse.ArgumentParser(prog="lanes_model", description="Explore the rules of a lane, state by state.")
    parser.add_argument("--deep", action="store_true", help="larger budgets: minutes, and some gigabytes of memory")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="at least so many workers everywhere")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="searches at once")
    parser.add_argument("--page", type=Path, metavar="FILE", help="only write the generated part of this page anew")
    given = parser.parse_args()
    if given.page is not None:
        given.page.write_text(filled(given.page.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    line = "{}"
    for line in run(Options(deep=given.deep, workers=given.workers, processes=given.processes)):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0 if json.loads(line).get("ok") else 1


if __name__ == "__main__":
    sys.exit(main())
