"""``%registry`` and ``%deployments``: what there is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, TypeVar

from ...domain.kinds import DeploymentState, Importance, PackageKind, TargetType
from . import arguments
from .arguments import Command, Group, Kind, Parser

if TYPE_CHECKING:
    from ...client.deployments import DeploymentList
    from ...client.models import ModelList
    from ...client.packages import PackageList
    from ...client.pages import Pages
    from .context import Context

    Listed = TypeVar("Listed", bound=Pages[Any])

#: Items that a display shows, and one more that tells whether there are more.
_DISPLAYED = 21


def list_packages(context: Context, options: argparse.Namespace) -> PackageList:
    """``%registry list`` and ``%registry search``: packages."""
    words = options.text if isinstance(options.text, list) else [options.text or ""]
    found = context.registry.packages(
        " ".join(words) or None,
        name=options.name,
        kind=options.kind,
        target=options.target,
        target_type=options.target_type,
        tag=options.tag,
        alias=options.alias,
        creator=options.creator,
        deployed=options.deployed,
        archived=options.archived,
        sort=options.sort,
        page_size=context.settings.page_size,
    )
    return _looked_at(found)


def models(context: Context, options: argparse.Namespace) -> ModelList:
    """``%registry models``: registered models."""
    text = " ".join(options.text) or None
    return _looked_at(context.registry.models(text, page_size=context.settings.page_size))


def show(context: Context, options: argparse.Namespace) -> Any:
    """``%registry show``: a package, or a deployment."""
    if options.deployment is not None:
        return context.registry.deployment(options.deployment)
    if options.package is None:
        raise arguments.Misused(
            "%registry show: give a PACKAGE, or --deployment and a label.",
            advice="%registry show --help tells more.",
        )
    return context.registry.package(options.package)


def info(context: Context, options: argparse.Namespace) -> Any:
    """``%registry info``: the server."""
    return context.registry.info()


def deployments(context: Context, options: argparse.Namespace) -> DeploymentList:
    """``%deployments``."""
    found = context.registry.deployments(
        " ".join(options.text) or None,
        state=options.state,
        importance=options.importance,
        package=options.package,
        model=options.model,
        page_size=context.settings.page_size,
    )
    return _looked_at(found)


def _looked_at(pages: Listed) -> Listed:
    """The list, as much of it read as a display shows: what fails, fails here."""
    pages[:_DISPLAYED]
    return pages


# --- parsers --------------------------------------------------------------------------------


def _packages(word: str, description: str, **text: Any) -> Parser:
    made = Parser(f"registry {word}", list_packages, description)
    made.add("text", metavar="TEXT", help="words to find anywhere in them", **text)
    made.add("--name", completes=Kind.NAME, help="of this registered model alone")
    made.choose("--kind", PackageKind)
    made.add("--target", completes=Kind.COLUMN, metavar="COLUMN", help="what is predicted")
    made.choose("--type", TargetType, dest="target_type", help="of the target")
    made.add("--tag", action="append", metavar="KEY[:VALUE]", help="may be repeated")
    made.add("--alias")
    made.add("--creator", metavar="USER")
    made.add("--deployed", action=argparse.BooleanOptionalAction, default=None)
    made.add("--archived", action="store_true", help="archived ones alone")
    made.add("--sort", default="-created_at", help="for instance name, or --sort=-created_at")
    return made


def _show() -> Parser:
    made = Parser("registry show", show, "Show a package, or a deployment.")
    made.add(
        "package", nargs="?", metavar="PACKAGE", completes=Kind.PACKAGE, help=arguments.PACKAGE
    )
    made.add(
        "-d", "--deployment", metavar="LABEL", completes=Kind.DEPLOYMENT, help=arguments.DEPLOYMENT
    )
    return made


def _models() -> Parser:
    made = Parser("registry models", models, "List registered models.")
    made.add("text", nargs="*", metavar="TEXT", help="words to find in them")
    return made


def _deployments() -> Parser:
    made = Parser("deployments", deployments, "List deployments; the value is the list.")
    made.add("text", nargs="*", metavar="TEXT", help="words to find in them")
    made.choose("--state", DeploymentState)
    made.choose("--importance", Importance)
    made.add("--package", completes=Kind.PACKAGE, help="with this package in service")
    made.add("--model", completes=Kind.NAME, metavar="NAME", help="with a package of it in service")
    return made


REGISTRY = Group(
    "registry",
    "Look into the registry.",
    [
        _packages("list", "List packages, newest first.", nargs="*"),
        _packages("search", "Find packages by words anywhere in them.", nargs="+"),
        _show(),
        _models(),
        Parser("registry info", info, "Show the server's version, user and limits."),
    ],
    usual="list",
)
DEPLOYMENTS = Command(_deployments())
