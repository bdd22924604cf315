"""``%leaderboard`` trains models of a table; ``%board`` shows what was trained, and uses it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ...domain.kinds import LEARNED, ReplacementReason
from . import arguments
from .arguments import Command, Kind, Misused, Parser
from .deploying import add_deployment, settings_of

if TYPE_CHECKING:
    from ...client.leaderboards import Board
    from .context import Context

_PARTITIONS = ("auto", "random", "time", "group")
#: What `%leaderboard` hands to `training.Leaderboard` under the same name.
_OPTIONS = (
    "target_type", "positive_class", "metric", "partition", "date_column", "group_column",
    "folds", "holdout_share", "tune", "seed", "memory_limit_mb", "name", "description",
)  # fmt: skip
_LISTS = ("class_labels", "drop", "families")
#: What `%board` can do with a leaderboard; one at a time.
_ACTIONS = ("deploy", "register", "replace", "compare", "unlock", "stop", "delete")


def leaderboard(context: Context, options: argparse.Namespace) -> Board | None:
    """``%leaderboard``."""
    from ...training import Leaderboard

    given = {name: getattr(options, name) for name in _OPTIONS}
    given |= {name: arguments.several(getattr(options, name)) for name in _LISTS}
    wanted = {name: value for name, value in given.items() if value is not None}
    table = context.table(options.data)
    if not isinstance(table, str) and options.data.isidentifier():
        wanted["source"] = options.data
    if options.output:
        context.check_name(options.output)  # before the time is spent
    registry = context.registry
    board: Board
    if options.like is None:
        if options.target is None:
            raise Misused(
                "%leaderboard: name the column to predict with --target.",
                advice="Or a leaderboard whose recipe is used again, with --like.",
            )
        made = Leaderboard(table, options.target, **wanted)
        budget = {} if options.time_budget is None else {"time_budget": options.time_budget}
        board = made.run(registry=registry, progress=not options.quiet, **budget)
    else:
        if options.target is not None:
            wanted["target"] = options.target
        source = wanted.pop("source", None)
        board = Leaderboard.rerun(
            registry.leaderboard(options.like),
            table,
            time_budget=options.time_budget,
            registry=registry,
            progress=not options.quiet,
            **wanted,
            **({} if source is None else {"source": source}),
        )
    if options.output:
        context.assign(options.output, board)
        return None
    return board


def board(context: Context, options: argparse.Namespace) -> Any:
    """``%board``."""
    chosen = [action for action in _ACTIONS if getattr(options, action) not in (None, False)]
    if options.id is None:
        if chosen:
            raise Misused(f"%board: which one is to be used with --{chosen[0]}? Give its id.")
        found = context.registry.leaderboards(
            name=options.name, page_size=context.settings.page_size
        )
        found[:1]  # what fails, fails here
        return found
    if len(chosen) > 1:
        raise Misused(f"%board: one thing at a time, not --{' and --'.join(chosen)}.")
    found = context.registry.leaderboard(options.id)
    if chosen == ["compare"]:
        result = _compared(context, found, options)
    else:
        result = _done(found, options, chosen[0]) if chosen else _looked_at(found, options)
    if options.output:
        context.assign(options.output, result)
        return None
    return result


def _looked_at(found: Board, options: argparse.Namespace) -> Any:
    if options.model is not None:
        return found.model(_rank(options.model), options.metric)
    return found if options.metric is None else found.models(options.metric)


def _done(found: Board, options: argparse.Namespace, action: str) -> Any:
    if action == "stop":
        return found.stop()
    if action == "delete":
        if not options.yes:
            raise Misused(
                f"%board: leaderboard {found.id} ({found.name}) has {found.models_done} models, "
                "which are deleted with it.",
                advice="Say --delete --yes if that is meant; packages made of them stay.",
            )
        found.delete()
        return None
    by = {"metric": options.metric}
    package = {"name": options.name, "aliases": options.aliases or []}
    package |= {"tags": arguments.tags(options.tags)}
    if action == "unlock":
        return found.unlock(_rank(options.unlock), **by)
    if action == "register":
        model = _rank(options.register)
        return found.register(model, description=options.description, **by, **package)
    if action == "replace":
        if options.model is None:
            raise Misused("%board: say which model replaces, with --model.")
        if options.reason is None and not options.dry_run:
            raise Misused(f"%board: give a --reason: {', '.join(ReplacementReason)}.")
        reason = options.reason or ReplacementReason.OTHER
        model = _rank(options.model)
        return found.replace(
            options.replace,
            model,
            reason,
            options.note,
            options.dry_run,
            environment=options.environment,
            kernelspec=options.kernelspec,
            **by,
            **package,
        )
    if options.label is None:
        raise Misused("%board: give the deployment's label with --as.")
    return found.deploy(
        _rank(options.deploy),
        options.label,
        **settings_of(options),
        **by,
        **package,
    )


def _compared(context: Context, found: Board, options: argparse.Namespace) -> Any:
    """A model beside an older one: on the holdout, or on the rows given."""
    new = 1 if options.model is None else _rank(options.model)
    if options.on is None:
        old = None if options.beside is None else _rank(options.beside)
        return found.compare(new, old, metric=options.metric)
    from ...training import compare

    beside = options.beside or found.predecessor_id
    if beside is None:
        raise Misused(
            "%board: name what is compared with, with --with.",
            advice="A leaderboard's id (its best model), or a package.",
        )
    registry = context.registry
    is_board = isinstance(beside, int) or beside.isdigit()
    old = registry.leaderboard(int(beside)) if is_board else registry.package(beside)
    return compare(old, found.model(new, options.metric), context.table(options.on))


def _rank(text: str) -> int | str:
    """A rank, or a model's label."""
    return int(text) if text.isdigit() else text


# --- parsers --------------------------------------------------------------------------------


def _leaderboard() -> Parser:
    made = Parser(
        "leaderboard",
        leaderboard,
        "Train models of a table and rank them, within a time budget. The value is the board.\n"
        "Interrupting the kernel ends it early; what is finished stays.",
        "examples:\n"
        "  %leaderboard visits --target left --budget 60\n"
        "  %leaderboard flights.parquet --target arrival --date date --drop dep_delay -o board\n"
        "  %%leaderboard visits --target left\n"
        "  --metric log_loss --positive yes   # options over several lines, with comments",
    )
    made.add("data", metavar="DATAFRAME", completes=Kind.TABLE, help=arguments.TABLE)
    made.add("--target", metavar="COLUMN", completes=Kind.COLUMN, help="the column to predict")
    made.add(
        "--budget", type=float, metavar="SECONDS", dest="time_budget", help="for all (default: 60)"
    )
    made.add(
        "--metric", completes=Kind.ANY_METRIC, help="what ranks (default: auc, log_loss or rmse)"
    )
    made.choose("--type", LEARNED, dest="target_type", help="of the target")
    made.add("--labels", action="append", metavar="LABEL,…", dest="class_labels")
    made.add("--positive", metavar="LABEL", dest="positive_class", help="the positive class")
    made.choose("--partition", _PARTITIONS, help="how the rows are divided (default: auto)")
    made.add("--date", metavar="COLUMN", dest="date_column", completes=Kind.COLUMN,
             help="divide by time: the latest rows are the holdout")  # fmt: skip
    made.add("--group", metavar="COLUMN", dest="group_column", completes=Kind.COLUMN,
             help="keep the rows of one value together")  # fmt: skip
    made.add("--folds", type=int, help="of cross-validation; 1 for one validation part")
    made.add("--holdout", type=float, metavar="SHARE", dest="holdout_share",
             help="the share of the rows that is held out, 0.05 to 0.5")  # fmt: skip
    made.add("--drop", action="append", metavar="COLUMN,…", completes=Kind.COLUMN,
             help="columns not to train on; may be repeated")  # fmt: skip
    made.add("--family", action="append", metavar="NAME,…", dest="families",
             completes=Kind.FAMILY, help="of models (default: all that are installed)")  # fmt: skip
    made.add("--tune", action=argparse.BooleanOptionalAction, default=None,
             help="whether to search for good settings")  # fmt: skip
    made.add("--seed", type=int, help="the same seed divides and trains alike (default: 0)")
    made.add("--memory", type=float, metavar="MB", dest="memory_limit_mb",
             help="what models may use")  # fmt: skip
    made.add("--name", completes=Kind.NAME, help="of the packages that models become")
    made.add("--description", metavar="TEXT")
    made.add("--like", type=int, metavar="ID", completes=Kind.BOARD,
             help="use this leaderboard's recipe again, with these data")  # fmt: skip
    made.add("--quiet", action="store_true", help="print no line per model")
    made.add("-o", "--output", metavar="VAR", help="put the board into this variable")
    return made


def _board() -> Parser:
    made = Parser(
        "board",
        board,
        "Show a leaderboard, or use one of its models; without an id: list leaderboards.",
        "examples:\n"
        "  %board 7 --metric log_loss\n"
        "  %board 7 --deploy 1 --as churn --id visit\n"
        "  %board 7 --replace churn --model 2 --reason scheduled_refresh\n"
        "  %board 9 --compare   # the best of it, and of the one that it was trained again from\n"
        "  %board 9 --compare --on april --with churn@champion",
    )
    made.add("id", nargs="?", type=int, metavar="ID", completes=Kind.BOARD)
    made.add("--metric", completes=Kind.ANY_METRIC, help="rank by this metric")
    what = "its rank (1 is the best) or label"
    made.add("--model", metavar="MODEL", completes=Kind.BOARD_MODEL, help=f"show one: {what}")
    made.add("--deploy", metavar="MODEL", completes=Kind.BOARD_MODEL, help=f"deploy one: {what}")
    made.add("--as", metavar="LABEL", dest="label", help="with --deploy: the deployment's label")
    made.add("--register", metavar="MODEL", completes=Kind.BOARD_MODEL, help="make it a package")
    made.add("--replace", metavar="LABEL", completes=Kind.DEPLOYMENT,
             help="put --model in service of this deployment")  # fmt: skip
    made.choose("--reason", ReplacementReason, help="with --replace")
    made.add("--note", default="", metavar="TEXT", help="with --replace")
    made.add("--dry-run", action="store_true", help="with --replace: only check")
    made.add("--unlock", metavar="MODEL", completes=Kind.BOARD_MODEL,
             help="show for good what it scored on the holdout")  # fmt: skip
    made.add("--compare", action="store_true",
             help="set --model (or the best) beside its predecessor's, on the holdout")  # fmt: skip
    made.add("--on", metavar="DATAFRAME", completes=Kind.TABLE,
             help="with --compare: on these rows instead, with their outcomes")  # fmt: skip
    made.add("--with", metavar="OLD", dest="beside", completes=Kind.PACKAGE,
             help="with --compare: the predecessor's model, or with --on a leaderboard's id or a "
             "package")  # fmt: skip
    made.add("--delete", action="store_true", help="delete it with its models, with --yes")
    made.add("--yes", action="store_true", help="with --delete: that is meant")
    made.add("--stop", action="store_true", help="end its training; what is finished stays")
    made.add("--name", completes=Kind.NAME, help="of the package; in the list: of this name alone")
    made.add("--tag", action="append", default=[], metavar="KEY[:VALUE]", dest="tags")
    made.add("--alias", action="append", metavar="ALIAS", dest="aliases")
    for action in add_deployment(made, "with --deploy: "):
        if action.dest in ("environment", "kernelspec"):
            action.help = f"with --replace too, where it stays unless given; {action.help}"
    made.add(
        "--threshold", type=float, help="with --deploy: least probability of the positive class"
    )
    made.add("--description", default="", metavar="TEXT")
    made.add("-o", "--output", metavar="VAR", help="put the value into this variable")
    return made


LEADERBOARD = Command(_leaderboard())
BOARD = Command(_board())
