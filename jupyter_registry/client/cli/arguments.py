"""What can be said on the command line."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ... import formats
from ...domain.kinds import (
    Bucket,
    DeploymentState,
    Importance,
    LeaderboardState,
    ModelEnvironment,
    PackageKind,
    ReplacementReason,
    Status,
    TargetType,
)

_PACKAGE = "a package: name (its latest), name/version or name@alias"
_DEPLOYMENT = "a deployment's label or id"
_TABLE = "a CSV, Parquet or Arrow file"


def _values(kind: Iterable[Any]) -> list[str]:
    """An enumeration's values, as they are typed."""
    return [str(member.value) for member in kind]


def _positive(text: str) -> int:
    """A whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; ``run`` of its result carries one out."""
    top = argparse.ArgumentParser(
        prog="jupyter registry",
        description="Register, deploy and assess models; ask for and report predictions.",
        epilog="Exit codes: 0 done, 1 refused by the registry, 2 wrong usage, 3 cannot connect. "
        "Without --url the server is found: by JUPYTER_REGISTRY_URL and JUPYTER_REGISTRY_TOKEN, "
        "else the one that runs on this machine.",
    )
    top.add_argument("--version", action=_Version)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in _COMMANDS:
        add(commands)
    return top


class _Version(argparse.Action):
    """Print the version, looked up only when asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, help="print the version", **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from ... import __version__

        print(__version__)
        parser.exit()


def _command(
    commands: Any, name: str, module: str, help: str, *, connects: bool = True, **options: Any
) -> argparse.ArgumentParser:
    """A command carried out by the function of its name in a module beside, imported then."""
    made: argparse.ArgumentParser = commands.add_parser(
        name, allow_abbrev=False, help=help, description=help[0].upper() + help[1:] + ".", **options
    )
    run = name.replace("-", "_")
    made.set_defaults(run=partial(_run, module, run), takes_rest=False, may_follow=None)
    if connects:
        made.add_argument("--url", help="the server's address")
        made.add_argument("--token", help="the server's token")
        made.add_argument("--json", action="store_true", help="print JSON")
    return made


def _may_follow(made: argparse.ArgumentParser, name: str, **options: Any) -> None:
    """A last argument that may be left out, or come after options as well (see `main`)."""
    made.add_argument(name, **{"nargs": "?"} | options)
    made.set_defaults(may_follow=name)


def _run(module: str, name: str, options: argparse.Namespace) -> int | None:
    function: Callable[[argparse.Namespace], int | None] = getattr(
        importlib.import_module(f".{module}", __package__), name
    )
    return function(options)


def _serve(commands: Any) -> None:
    made = _command(
        commands,
        "serve",
        "server",
        "run a Jupyter server with the registry in the foreground",
        connects=False,
        epilog="All other arguments go to jupyter server.",
    )
    made.set_defaults(takes_rest=True)
    made.add_argument("--port", type=int, help="where to listen (default: 8888 or the next free)")
    made.add_argument("--ip", help="which address to listen on (default: localhost)")
    made.add_argument("--database-url", help="SQLite or PostgreSQL URL of the registry's database")
    made.add_argument("--artifact-url", help="folder or fsspec URL of the artifacts")


def _list(commands: Any) -> None:
    made = _command(commands, "list", "reading", "list packages")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--name", help="of this registered model alone")
    made.add_argument("--kind", choices=_values(PackageKind))
    made.add_argument("--target")
    made.add_argument("--target-type", choices=_values(TargetType))
    made.add_argument("--tag", action="append", metavar="KEY[:VALUE]")
    made.add_argument("--alias")
    made.add_argument("--creator")
    made.add_argument("--deployed", action=argparse.BooleanOptionalAction, default=None)
    made.add_argument("--archived", action="store_true", help="archived ones alone")
    made.add_argument("--latest", action="store_true", help="the newest version of each model")
    made.add_argument("--sort", default="-created_at", help="for instance name, or -created_at")
    made.add_argument("--limit", type=_positive, default=50, help="how many (default: 50)")


def _models(commands: Any) -> None:
    made = _command(commands, "models", "reading", "list registered models")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--limit", type=_positive, default=50, help="how many (default: 50)")


def _deployments(commands: Any) -> None:
    made = _command(commands, "deployments", "reading", "list deployments")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--state", choices=_values(DeploymentState))
    made.add_argument("--importance", choices=_values(Importance))
    made.add_argument("--model", help="with a package of this registered model in service")
    for name, what in (("service", "service health"), ("drift",) * 2, ("accuracy",) * 2):
        made.add_argument(f"--{name}", choices=_values(Status), help=f"with this status of {what}")
    made.add_argument("--status", action="store_true", help="say how each does")
    made.add_argument("--sort", default="-created_at", help="label, importance, champion, …")
    made.add_argument("--limit", type=_positive, default=50, help="how many (default: 50)")


def _leaderboards(commands: Any) -> None:
    made = _command(commands, "leaderboards", "boards", "list leaderboards")
    made.add_argument("q", nargs="?", metavar="TEXT", help="words to find in them")
    made.add_argument("--state", choices=_values(LeaderboardState))
    made.add_argument("--name", help="whose models become packages of this name")
    made.add_argument("--sort", default="-created_at", help="created_at, name, target")
    made.add_argument("--limit", type=_positive, default=50, help="how many (default: 50)")


def _leaderboard(commands: Any) -> None:
    made = _command(commands, "leaderboard", "boards", "show a leaderboard's models, ranked")
    made.add_argument("id", type=_positive, help="the leaderboard's id")
    made.add_argument("--metric", help="what ranks (default: the leaderboard's own)")
    made.add_argument("-o", "--output", help="write the models to a .csv, .parquet or .json file")


def _show(commands: Any) -> None:
    made = _command(commands, "show", "reading", "show a package, or a deployment")
    which = made.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "package", nargs="?", metavar="PACKAGE", help=f"{_PACKAGE}; else a deployment's label"
    )
    which.add_argument("-d", "--deployment", help=_DEPLOYMENT)


def _register(commands: Any) -> None:
    made = _command(commands, "register", "registering", "register a model package")
    made.add_argument("name", help="the registered model's name")
    _may_follow(
        made,
        "path",
        nargs="*",
        help="the model's files, folder or archive, with custom.py or without; none for an "
        "external package",
    )
    made.add_argument(
        "--target", help="the name of what is predicted; anomaly and unstructured need none"
    )
    made.add_argument("--kind", choices=_values(PackageKind))
    made.add_argument("--target-type", choices=_values(TargetType))
    made.add_argument("--class-labels", nargs="+", metavar="LABEL")
    made.add_argument("--positive-class", metavar="LABEL")
    made.add_argument("--threshold", type=float, help="least probability of the positive class")
    made.add_argument("--training", help=f"training data: {_TABLE}")
    made.add_argument("--holdout", help=f"holdout data: {_TABLE}")
    made.add_argument("--predictions", metavar="COLUMN", help="the holdout's predictions")
    made.add_argument(
        "--importance",
        action="append",
        metavar="FEATURE=NUMBER",
        help="how much a feature matters, for drift (default: measured); may be repeated, or a "
        ".json file with a number by feature",
    )
    made.add_argument("--format", help=f"{', '.join(formats.FORMAT_NAMES)} (default: by content)")
    made.add_argument("--description", default="")
    made.add_argument("--tag", action="append", default=[], metavar="KEY[:VALUE]")
    made.add_argument("--alias", action="append", default=[])
    made.add_argument("--location", help="where an external model is")
    made.add_argument("--build-environment", help="what built it")
    own = "the code in the files' pickles is mine: classes of a notebook, modules of my own"
    made.add_argument("--own-code", action="store_true", help=own)
    made.add_argument("--sign-with", metavar="KEY", help="sign the files with this private key")


def _deploy(commands: Any) -> None:
    made = _command(commands, "deploy", "deploying", "create a deployment from a package")
    made.add_argument("package", help=_PACKAGE)
    made.add_argument("label", help="the deployment's label")
    made.add_argument("--description", default="")
    made.add_argument("--importance", choices=_values(Importance), default="moderate")
    made.add_argument(
        "--association-id-column",
        metavar="COLUMN",
        help="the input column with your key of each row, by which actuals find predictions",
    )
    made.add_argument(
        "--association-id-required", action="store_true", help="refuse rows without one"
    )
    made.add_argument("--threshold", type=float, help="least probability of the positive class")
    made.add_argument("--store-features", action="store_true", help="keep input values as well")
    made.add_argument("--kernelspec", help="whose Python the model runs in")
    made.add_argument(
        "--environment",
        choices=_values(ModelEnvironment),
        default="kernelspec",
        help="run with the kernelspec's libraries, or build what the package needs (default: "
        "%(default)s)",
    )
    _add_predict_seconds(made)
    made.add_argument(
        "--segment",
        action="append",
        default=[],
        metavar="COLUMN",
        help="keep accuracy by this column's values too; up to 5 times",
    )


def _add_predict_seconds(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--predict-seconds",
        type=float,
        metavar="SECONDS",
        help="what the model may take for one call before its worker is ended",
    )


def _update(commands: Any) -> None:
    made = _command(
        commands, "update", "deploying", "change a deployment's settings or state; others stay"
    )
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("--state", choices=_values(DeploymentState))
    made.add_argument("--label", help="another label")
    made.add_argument("--description")
    made.add_argument("--importance", choices=_values(Importance))
    made.add_argument("--association-id-column", metavar="COLUMN", help="see deploy")
    made.add_argument("--association-id-required", action=argparse.BooleanOptionalAction)
    made.add_argument("--threshold", type=float, help="least probability of the positive class")
    made.add_argument("--store-features", action=argparse.BooleanOptionalAction)
    _add_predict_seconds(made)
    made.add_argument(
        "--segment",
        action="append",
        metavar="COLUMN",
        help="keep accuracy by this column's values too, and by no other than those named here",
    )


def _replace(commands: Any) -> None:
    made = _command(commands, "replace", "deploying", "put another package in service")
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("package", help=_PACKAGE)
    made.add_argument("--reason", choices=_values(ReplacementReason), default="other")
    made.add_argument("--note", default="")
    made.add_argument("--dry-run", action="store_true", help="only check")
    made.add_argument(
        "--environment",
        choices=_values(ModelEnvironment),
        help="whose libraries it runs with, see deploy (default: as it is)",
    )


def _rollback(commands: Any) -> None:
    made = _command(commands, "rollback", "deploying", "put the previous package back in service")
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("--note", default="")


def _predict(commands: Any) -> None:
    made = _command(commands, "predict", "rows", "predict a file's rows; they are recorded")
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("data", help=f"{_TABLE}; of an unstructured model any file, sent as it is")
    made.add_argument(
        "-o",
        "--output",
        help="a .csv, .parquet, .arrow or .json file (default: CSV to standard output)",
    )
    made.add_argument(
        "--mimetype", help="of a file for an unstructured model (default: as its name tells)"
    )
    _id_and_time(made, "when each row is predicted (default: now)")
    made.add_argument(
        "--passthrough",
        action="append",
        default=[],
        metavar="COLUMN",
        help="an input column to repeat in the answer; may be repeated",
    )


def _report(commands: Any) -> None:
    made = _command(commands, "report", "rows", "report predictions that were made outside")
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("data", help=_TABLE)
    _id_and_time(made, "when each row was predicted (default: timestamp, else now)")
    made.add_argument(
        "--package",
        help=f"{_PACKAGE}; who made them (default: which was in service at each row's time)",
    )


def _actuals(commands: Any) -> None:
    made = _command(commands, "actuals", "rows", "upload what really happened")
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("data", help=_TABLE)
    _id_and_time(made, "when it happened (default: timestamp, else not kept)")
    made.add_argument(
        "--value-column",
        metavar="COLUMN",
        help="what happened (default: value, or the target's name)",
    )


def _id_and_time(made: argparse.ArgumentParser, when: str) -> None:
    """The columns that all rows have."""
    made.add_argument(
        "--association-id-column",
        metavar="COLUMN",
        help="your key of each row, by which actuals find predictions (default: association_id, "
        "or the deployment's column)",
    )
    made.add_argument("--timestamp-column", metavar="COLUMN", help=when)


def _accuracy(commands: Any) -> None:
    made = _command(commands, "accuracy", "rows", "accuracy overall and over time")
    _range(made, f"{_PACKAGE}; its predictions alone")
    made.add_argument("--metric", action="append", help="this metric alone; may be repeated")
    made.add_argument("--segment", metavar="COLUMN=VALUE", help="predictions with this value alone")


def _segments(commands: Any) -> None:
    made = _command(
        commands, "segments", "rows", "segment columns and their values, or one's values compared"
    )
    made.add_argument("deployment", help=_DEPLOYMENT)
    _may_follow(made, "column", help="compare the accuracy of this column's values")
    made.add_argument("--start", help="from then on (ISO 8601)")
    made.add_argument("--end", help="before then (ISO 8601)")
    made.add_argument("--package", help=f"{_PACKAGE}; its predictions alone")
    made.add_argument("--metric", action="append", help="this metric alone; may be repeated")
    made.add_argument("-o", "--output", help="write the values to a .csv, .parquet or .json file")


def _drift(commands: Any) -> None:
    made = _command(commands, "drift", "rows", "drift of inputs and predictions from the baseline")
    _range(made, f"{_PACKAGE}, in service now or once (default: now)")


def _health(commands: Any) -> None:
    made = _command(commands, "health", "rows", "service health: requests, errors and times")
    _range(made, f"{_PACKAGE}, in service now or once; its requests alone")


def _range(made: argparse.ArgumentParser, package: str) -> None:
    """What is read of a deployment's rows: by what, from when to when, of which package."""
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("--by", "--bucket", dest="bucket", choices=_values(Bucket))
    made.add_argument("--start", help="from then on (ISO 8601)")
    made.add_argument("--end", help="before then (ISO 8601)")
    made.add_argument("--package", help=package)
    made.add_argument("-o", "--output", help="write the buckets to a .csv, .parquet or .json file")


def _rebuild(commands: Any) -> None:
    made = _command(
        commands,
        "rebuild-accuracy",
        "deploying",
        "compute what accuracy is read from anew, from the recorded rows; drift stays as it is",
    )
    made.add_argument("deployment", nargs="?", help=f"{_DEPLOYMENT} (default: all)")


def _key(commands: Any) -> None:
    made = _command(commands, "key", "deploying", "make a prediction key; it is shown once")
    made.add_argument("deployment", help=_DEPLOYMENT)
    _may_follow(made, "name", default="", help="what the key is for")


def _keys(commands: Any) -> None:
    made = _command(commands, "keys", "deploying", "list prediction keys, or revoke one")
    made.add_argument("deployment", help=_DEPLOYMENT)
    made.add_argument("--revoke", type=int, metavar="ID", help="make this key useless, at once")


def _upgrade(commands: Any) -> None:
    made = _command(
        commands,
        "upgrade",
        "server",
        "bring a database's schema up to date, without a server",
        connects=False,
    )
    made.add_argument("--database-url", help="default: as the server's own default")
    made.add_argument("--json", action="store_true", help="print JSON")


_COMMANDS: tuple[Callable[[Any], None], ...] = (
    _serve, _list, _models, _deployments, _leaderboards, _leaderboard, _show, _register, _deploy,
    _update, _replace, _rollback, _predict, _report, _actuals, _accuracy, _segments, _drift,
    _health, _rebuild, _key, _keys, _upgrade,
)  # fmt: skip
