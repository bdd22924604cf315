"""The summary of pytest's run, joined with that of the second run of what had failed.

``summary.py may-run-again LOG`` succeeds if few tests failed. ``summary.py print LOG AGAIN`` prints
one line in pytest's form, such as ``= 1 failed, 4510 passed, 2 rerun in 1500.00s =``; those that
passed in the second run alone are ``rerun``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_LINE = re.compile(r"^=+ (.*(?:passed|failed|errors?|skipped|no tests ran).*) in ([\d.]+)s.* =+$")
#: More that fail are no accident.
_MOST = 12


def counts_of(log: str) -> tuple[dict[str, int], float] | None:
    """Outcomes and seconds of the last summary in a log; ``None`` where there is none."""
    found = [match for line in log.splitlines() if (match := _LINE.match(line))]
    if not found:
        return None
    counts = {
        name.rstrip("s") if name.startswith("error") else name: int(number)
        for number, name in re.findall(r"(\d+) (\w+)", found[-1][1])
    }
    return counts, float(found[-1][2])


def failed(counts: dict[str, int]) -> int:
    """Tests that failed, or could not be set up or taken down."""
    return counts.get("failed", 0) + counts.get("error", 0)


def joined(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    """Outcomes after both runs."""
    passed = second.get("passed", 0)
    kept = {name: n for name, n in first.items() if name not in ("failed", "error", "passed")}
    left = {"failed": second.get("failed", 0), "error": second.get("error", 0)}
    told = left | {"passed": first.get("passed", 0) + passed} | kept | {"rerun": passed}
    return {name: n for name, n in told.items() if n}


def main(arguments: list[str]) -> int:
    """What the module says; the exit code."""
    first = counts_of(Path(arguments[1]).read_text(errors="replace"))
    if arguments[0] == "may-run-again":
        return int(first is None or not 0 < failed(first[0]) <= _MOST)
    second = counts_of(Path(arguments[2]).read_text(errors="replace"))
    if first is None:
        return 1
    counts, seconds = first
    if second is not None:
        counts, seconds = joined(counts, second[0]), seconds + second[1]
    print(f"= {', '.join(f'{n} {name}' for name, n in counts.items())} in {seconds:.2f}s =")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
