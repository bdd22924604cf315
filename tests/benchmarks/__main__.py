"""Run every benchmark, or those named: ``python -m tests.benchmarks [predict reports …]``.

Each prints its figures beside a yardstick measured in the same run, and the target.
"""

from __future__ import annotations

import argparse
import importlib

NAMES = (
    "startup", "search", "deployments", "predict", "reports", "accuracy", "notebook", "sidebar",
    "leaderboard",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="NAME", default=[])
    names = parser.parse_args().names or NAMES
    lines: list[str] = []
    for name in names:
        print(f"== {name}", flush=True)
        for figure in importlib.import_module(f"tests.benchmarks.{name}").run():
            print(f"  {figure}", flush=True)
            lines.append(f"{name:9} {figure}")
    print("\n".join(["", "== all figures", *lines]))


if __name__ == "__main__":
    main()
