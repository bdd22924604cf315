"""Completion of a magic's line: its options, what they take, the server's and the notebook's names.

It never raises and waits for the server a moment at most; what is not known is not offered.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as in_url

from .. import namespace
from .arguments import Command, Kind, Parser
from .registry_magics import COMMANDS
from .typed import Fragment, Place, fitting, paths, tokenise, until_cursor

if TYPE_CHECKING:
    from .registry_magics import RegistryMagics

#: Seconds to wait for the server, in all.
_PATIENCE = 0.7
#: Items asked of the server.
_LIMIT = 100

_MAGIC = re.compile(r"\s*(?:[^\s%!=][^%!=]*=\s*)?%%?(\w+)\s(.*)", re.DOTALL)
_MARK = "_is_of_jupyter_registry"


class Completer:
    """Completes the lines of `RegistryMagics`."""

    def __init__(self, magics: RegistryMagics) -> None:
        self._magics = magics

    def matcher(self) -> Any:
        """What IPython's completer takes as a custom matcher."""
        from IPython.core.completer import SimpleCompletion, context_matcher

        def match(context: Any) -> dict[str, Any]:
            fragment = ""
            texts: list[str] = []
            try:
                fragment, texts = self.complete(until_cursor(context))
            except Exception:
                texts = []  # no help is better than an error while typing
            if not texts:
                return {"completions": [], "suppress": False}
            found = [SimpleCompletion(text=text, type="magic argument") for text in texts]
            return {
                "completions": found,
                "matched_fragment": fragment,
                "suppress": True,
                "ordered": True,
            }

        made = context_matcher(identifier="jupyter_registry.magics")(match)
        setattr(made, _MARK, True)
        return made

    def complete(self, text: str) -> tuple[str, list[str]]:
        """For the text before the cursor: its last token, and what it can become."""
        found = _MAGIC.fullmatch(text)
        if found is None or found.group(1) not in COMMANDS:
            return "", []
        tokens, fragment = tokenise(found.group(2))
        asked = _Asked(self._magics, COMMANDS[found.group(1)], tokens, fragment)
        return fragment.raw, asked.completions()


class _Asked:
    """One request for completion."""

    def __init__(
        self, magics: RegistryMagics, command: Command, tokens: list[str], fragment: Fragment
    ) -> None:
        self._magics = magics
        self._command = command
        self._given = tokens
        self._fragment = fragment
        self._names: Mapping[str, Any] = magics.shell.user_ns if magics.shell else {}
        self._texts: Sequence[str] = ()
        self._deadline = time.monotonic() + _PATIENCE

    def completions(self) -> list[str]:
        """All that the fragment can become, quoted where need be, the best first."""
        words = self._command.words()
        if words and not self._given and not self._fragment.text.startswith("-"):
            return fitting(words, self._fragment)
        parser, tokens = self._command.parser_for(self._given)
        positional, options = parser.arguments()
        place = Place.of(tokens, positional, options)
        self._texts = place.texts
        if place.option is not None:
            return self._values(parser, place.option)
        if self._fragment.text.startswith("-") and not self._fragment.quote:
            return self._options(parser, place.used)
        if place.positional is not None:
            found = self._values(parser, place.positional)
            if found or self._fragment.raw:
                return found
        return [] if self._fragment.raw else self._options(parser, place.used)

    def _options(self, parser: Parser, used: set[str]) -> list[str]:
        """Options not used yet, and after ``--option=`` its values."""
        _, options = parser.arguments()
        name, equals, value = self._fragment.text.partition("=")
        if equals and name in options:
            inner = Fragment(value, value)
            known = self._candidates(parser.kinds.get(options[name].dest), inner)
            return [f"{name}={text}" for text in fitting(known, inner)]
        names = [
            name
            for name, action in options.items()
            if name.startswith("--") and (_repeats(action) or action.dest not in used)
        ]
        usual = [name for name in names if name not in ("--help", "--debug")]
        return fitting([*usual, "--debug", "--help"], self._fragment)

    def _values(self, parser: Parser, action: argparse.Action) -> list[str]:
        known = self._candidates(parser.kinds.get(action.dest), self._fragment)
        return fitting(known, self._fragment)

    def _candidates(self, kind: Kind | Sequence[str] | None, fragment: Fragment) -> Iterable[str]:
        if kind is None:
            return []
        if not isinstance(kind, Kind):
            return kind
        if kind is Kind.TABLE:
            tables = namespace.named(self._names, namespace.is_table)
            return [*sorted(tables), *paths(fragment.text, namespace.TABLE_SUFFIXES)]
        if kind is Kind.MODEL:
            models = namespace.named(self._names, namespace.is_fitted)
            return [*sorted(models), *paths(fragment.text, None)]
        if kind is Kind.FILE:
            return paths(fragment.text, None)
        if kind is Kind.COLUMN:
            return self._columns()
        if kind is Kind.METRIC:
            return self._metrics()
        if kind is Kind.FEATURE:
            return self._features()
        if kind is Kind.INPUT:
            return [*self._inputs(), *self._columns()]
        if kind is Kind.SEGMENT_COLUMN:
            return list(self._segments())
        if kind is Kind.SEGMENT:
            return self._segments_with_values(fragment.text)
        if kind is Kind.BOARD:
            return self._boards()
        if kind is Kind.BOARD_MODEL:
            return self._board_models()
        if kind is Kind.FAMILY:
            from ...training.families import FAMILIES

            return list(FAMILIES)
        if kind is Kind.ANY_METRIC:
            return self._metrics_of(None)
        if kind is Kind.DEPLOYMENT:
            return self._deployments(fragment.text)
        if kind is Kind.NAME:
            return [item["name"] for item in self._models(fragment.text)]
        return self._packages(fragment.text)

    def _columns(self) -> list[str]:
        """Columns of the tables named in the line, else of all tables."""
        tables = namespace.named(self._names, namespace.is_table)
        named = [token for token in self._given if token in tables]
        columns = (namespace.columns_of(self._names[name]) for name in named or tables)
        return list(dict.fromkeys(column for some in columns for column in some))

    def _metrics(self) -> list[str]:
        """Metrics of the deployment named in the line, else all."""
        found = self._deployment()
        return self._metrics_of(found["target_type"] if found else None)

    def _metrics_of(self, target_type: str | None) -> list[str]:
        """Metrics of a type of target, else all."""
        from ...domain.metrics import METRICS

        chosen = [target_type] if target_type else list(METRICS)
        return list(dict.fromkeys(metric.name for kind in chosen for metric in METRICS[kind]))

    def _features(self) -> list[str]:
        """Features of the champion of the line's deployment, the most important first."""
        deployment = self._deployment()
        package = self._ask(f"/packages/{deployment['package_id']}") if deployment else None
        features = ((package or {}).get("baseline") or {}).get("features") or {}
        return sorted(features, key=lambda name: -(features[name].get("importance") or 0.0))

    def _deployment(self) -> Any:
        """The deployment named in the line."""
        return self._ask(f"/deployments/{self._first}") if self._first else None

    @property
    def _first(self) -> str:
        """The first argument, such as a label, as it stands in an address; empty if none."""
        return in_url(next(iter(self._texts), ""), safe="")

    def _inputs(self) -> list[str]:
        """Columns of the signature of the package named in the line."""
        reference = next(iter(self._texts), "")
        if not reference:
            return []
        from ...client.references import split_reference

        name, version = split_reference(reference)
        word = "versions" if version == "latest" or version.isdigit() else "aliases"
        found = self._ask(f"/models/{in_url(name, safe='')}/{word}/{in_url(version, safe='')}")
        return [column["name"] for column in found["signature"]] if found else []

    def _segments(self) -> dict[str, list[str]]:
        """Segment columns of the deployment named in the line, with their values."""
        found = self._ask(f"/deployments/{self._first}/segments") if self._first else None
        return {
            column["name"]: [one["value"] for one in column["values"]]
            for column in (found["columns"] if found else [])
        }

    def _segments_with_values(self, text: str) -> list[str]:
        """Columns with ``=`` and, once one stands there, its values."""
        known = self._segments()
        column, equals, _ = text.partition("=")
        if equals:
            return [f"{column}={value}" for value in known.get(column, [])]
        return [f"{name}=" for name in known]

    def _boards(self) -> list[str]:
        """Leaderboards, the newest first."""
        found = self._ask("/leaderboards", sort="-created_at")
        return [str(item["id"]) for item in found["items"]] if found else []

    def _board_models(self) -> list[str]:
        """Labels of the models of the line's leaderboard that are done, the best first."""
        found = self._ask(f"/leaderboards/{self._first}") if self._first else None
        if not found:
            return []
        from ...domain.kinds import TargetType
        from ...domain.ranking import ranked

        done = [model for model in found["models"] if model["state"] == "done"]
        order = ranked(
            ((model, model["validation"]) for model in done),
            TargetType(found["target_type"]),
            found["metric"],
        )
        return [model["label"] for model, _ in order]

    def _deployments(self, text: str) -> list[str]:
        found = self._ask("/deployments", q=text)
        items = found["items"] if found else []
        return [item["label"] for item in items if item["state"] != "archived"]

    def _models(self, text: str) -> list[dict[str, Any]]:
        found = self._ask("/models", q=text)
        return list(found["items"]) if found else []

    def _packages(self, text: str) -> list[str]:
        """Names and aliases; after ``name/`` the versions, newest first."""
        name, slash, _ = text.partition("/")
        if slash:
            found = self._ask("/packages", name=name, sort="-version")
            versions = [f"{name}/{item['version']}" for item in found["items"]] if found else []
            return [*versions, f"{name}/latest"]
        models = self._models(text.partition("@")[0])
        names = [item["name"] for item in models]
        aliases = [f"{item['name']}@{alias}" for item in models for alias in item["aliases"]]
        return [*names, *aliases]

    def _ask(self, path: str, **params: Any) -> Any:
        wanted = {name: value for name, value in params.items() if value}
        if params:
            wanted["limit"] = _LIMIT
        return self._magics.remembered.get(path, wanted, deadline=self._deadline)


def is_matcher(matcher: Any) -> bool:
    """Whether a custom matcher is one of ours."""
    return bool(getattr(matcher, _MARK, False))


def _repeats(action: argparse.Action) -> bool:
    """Whether an option may be given again."""
    return isinstance(action, argparse._AppendAction)
