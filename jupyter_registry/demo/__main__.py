"""``python -m jupyter_registry.demo``: run the flights job, or open JupyterLab on its result."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ..domain.errors import RegistryError
from .folder import DemoFolder
from .lab import open_lab
from .live_server import LiveServer
from .outside import OutsideScorer
from .replay import Plan, Replay
from .terminal import Terminal

#: How much of a log is shown when something failed.
TAIL_LINES = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job; the exit code is 0 only when everything went through."""
    options, rest = _parser().parse_known_args(arguments)
    terminal = Terminal()
    try:
        if options.lab:
            return open_lab(DemoFolder(Path(options.folder).resolve()), rest)
        if rest:
            _parser().error(f"unrecognised arguments: {' '.join(rest)}")
        plan = Plan(options.days, options.every)
        folder = DemoFolder.fresh(options.folder)
    except (RegistryError, ValueError) as error:
        terminal.say(f"{error}")
        return 2
    signal.signal(signal.SIGTERM, _terminated)
    try:
        run(folder, plan, terminal, keep_serving=options.keep_serving)
    except KeyboardInterrupt:
        terminal.say("\nStopped before the end.")
        return 130
    except Exception as error:
        _explain(error, folder, terminal)
        return 1
    return 0


def run(folder: DemoFolder, plan: Plan, terminal: Terminal, *, keep_serving: bool = False) -> None:
    """Run the job in a fresh folder: start the server, replay, write the results, stop."""
    from ..client import Registry
    from .notebook import write_notebook
    from .picture import draw
    from .summary import summarise, table, write_summary

    started = time.monotonic()
    with LiveServer(folder) as server, OutsideScorer(folder.outside, plan.every) as outside:
        terminal.say(f"Server at {server.url}, its log in {folder.server_log}")
        registry = Registry(server.url, server.token)
        deployments = Replay(registry, outside, plan, terminal).run()
        with terminal.step("Read accuracy over time"):
            summary = summarise(registry, deployments)
            draw(deployments, folder.picture)
            write_notebook(folder.notebook)
            write_summary(summary, folder.summary)
        terminal.say()
        terminal.say(table(summary))
        terminal.say()
        terminal.say(f"Done in {time.monotonic() - started:.0f} s.")
        terminal.say(f"Numbers   {folder.summary}")
        terminal.say(f"Picture   {folder.picture}")
        if keep_serving:
            _serve_on(server, terminal)
    terminal.say("See it in JupyterLab:   make lab")


def _serve_on(server: LiveServer, terminal: Terminal) -> None:
    terminal.say(f"Serving at {server.url}?token={server.token} until Ctrl-C.")
    try:
        while True:
            server.check()
            time.sleep(1)
    except KeyboardInterrupt:
        terminal.say()


def _explain(error: Exception, folder: DemoFolder, terminal: Terminal) -> None:
    """Say what failed and show the end of the logs."""
    terminal.say()
    for log in (folder.outside / "outside.log", folder.server_log):
        lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
        if lines:
            terminal.say(f"--- the end of {log}")
            for line in lines[-TAIL_LINES:]:
                terminal.say(line)
    terminal.say("--- what failed")
    if not isinstance(error, RegistryError):
        terminal.say("".join(traceback.format_exception(error)).rstrip())
    terminal.say(f"The flights job failed: {error}")


def _terminated(number: int, frame: object) -> NoReturn:
    """Leave through the same door as Ctrl-C, so that the server is stopped."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jupyter_registry.demo",
        description="Replay the flights of 2013 through a custom and an external deployment.",
    )
    parser.add_argument(
        "--folder", default=".demo", help="where everything goes; cleared when the job made it"
    )
    parser.add_argument(
        "--days",
        type=int,
        default=Plan.days,
        help="how many days to replay, from 1 March on (default: all, to 31 December)",
    )
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="take every N-th flight only"
    )
    parser.add_argument(
        "--keep-serving", action="store_true", help="leave the server running until Ctrl-C"
    )
    parser.add_argument(
        "--lab",
        action="store_true",
        help="open JupyterLab on the result of the last run; further arguments go to it",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
