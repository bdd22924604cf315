"""The families of models that are trained, and which libraries they need; nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from ..domain.errors import InvalidInput, nearest


@dataclass(frozen=True)
class Family:
    """A kind of model."""

    name: str
    title: str
    #: The module it needs beside scikit-learn.
    module: str | None = None
    #: The most rows that it is trained on, a sample of those that there are.
    most_rows: int | None = None
    #: Whether it is trained with its library's own settings, before any tuning.
    is_plain: bool = True
    #: A family that is trained before it, and how many times as long this one takes, about: one
    #: that would not be ready in time is not begun.
    slower_than: tuple[str, float] | None = None


#: In the order in which they are trained: what is quick and good comes first.
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family("baseline", "Constant"),
        Family("linear", "Linear model"),
        Family("lightgbm", "LightGBM", "lightgbm"),
        Family("xgboost", "XGBoost", "xgboost"),
        Family("hist_gradient_boosting", "Histogram gradient boosting"),
        Family("forest", "Random forest"),
        Family("extra_trees", "Extra trees", is_plain=False),
        Family("nearest_neighbours", "Nearest neighbours", most_rows=10_000),
        Family("catboost", "CatBoost", "catboost", slower_than=("hist_gradient_boosting", 3.0)),
        Family("blend", "Blend", is_plain=False),
    )
}

#: FLAML's names of learners → families.
LEARNERS: Mapping[str, str] = {
    "lgbm": "lightgbm",
    "xgboost": "xgboost",
    "xgb_limitdepth": "xgboost",
    "extra_tree": "extra_trees",
    "rf": "forest",
}


def chosen(names: Sequence[str] | None) -> list[Family]:
    """The families of these names, or all, as far as their libraries are installed.

    Raises
    ------
    InvalidInput
        when a name is of no family, or the library of one that was named is absent.

    """
    if names is None:
        return [family for family in FAMILIES.values() if is_installed(family)]
    for name in names:
        if name not in FAMILIES:
            raise InvalidInput(
                f"There is no family of models {name!r}. {nearest(name, list(FAMILIES))}".strip(),
                advice=f"Choose from: {', '.join(FAMILIES)}.",
                fields={"families": f"unknown: {name}"},
            )
        if not is_installed(FAMILIES[name]):
            raise InvalidInput(
                f"{FAMILIES[name].title} needs the module {FAMILIES[name].module!r}, which is not "
                "installed here.",
                advice=f"Install it, or leave {name!r} out.",
                fields={"families": f"not installed: {name}"},
            )
    if not names:
        raise InvalidInput(
            "No family of models was chosen.",
            advice=f"Choose from: {', '.join(FAMILIES)}; or leave families out for all.",
            fields={"families": "none"},
        )
    return [family for family in FAMILIES.values() if family.name in names]


def is_installed(family: Family) -> bool:
    """Whether the family's library is here."""
    return family.module is None or find_spec(family.module) is not None


def can_tune() -> bool:
    """Whether FLAML and what it needs are installed."""
    return all(find_spec(name) is not None for name in ("flaml", "lightgbm", "xgboost"))
