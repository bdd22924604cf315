"""scikit-learn models as skops files: a zip of JSON and arrays that runs no code when read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..domain.errors import ModelFailed
from .base import Predictor, cannot_save
from .first_bytes import zip_names
from .objects import predictor_of
from .sklearn_predictor import LIBRARIES, is_estimator

#: Compiled and helper types of scikit-learn and numpy that fitted estimators hold, beyond what
#: skops itself trusts. Only data is restored into them.
_TRUSTED_MODULES = (
    "sklearn._loss.",
    "sklearn.calibration.",
    "sklearn.compose.",
    "sklearn.ensemble.",
    "sklearn.gaussian_process.",
    "sklearn.linear_model.",
    "sklearn.metrics._dist_metrics.",
    "sklearn.neighbors.",
    "sklearn.neural_network.",
    "sklearn.preprocessing.",
    "sklearn.svm.",
    "sklearn.tree.",
    "sklearn.utils._bunch.",
    # steps of the models that the leaderboard makes: fitted, they hold data alone
    "jupyter_registry.training.steps.",
)
_TRUSTED = frozenset(
    {
        "numpy.dtype",
        "numpy.random.mtrand.RandomState",
        # boosters restore their own text or bytes, estimators of them hold one
        "collections.OrderedDict",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRegressor",
    }
)


#: What the administrator trusts beside; see `trust`.
_more_trusted: list[str] = []


def trust(names: Iterable[str]) -> None:
    """Let files hold these types too, in this process: whole names, or modules with a dot."""
    _more_trusted[:] = names


class SkopsFormat:
    """``skops``: safe to read, for scikit-learn's own estimators and pipelines of them."""

    name = "skops"
    extra = "sklearn"
    file_name = "model.skops"

    def sniff(self, path: Path) -> bool:
        """Whether the file is a zip with skops' schema in it."""
        return "schema.json" in zip_names(path)

    def recognises(self, model: Any) -> bool:
        """Whether it is an estimator."""
        return is_estimator(model)

    def wrap(self, model: Any) -> Predictor:
        """The predictor of an estimator in memory."""
        return predictor_of(model)

    def load(self, path: Path) -> Predictor:
        """Load the estimator; types that are neither scikit-learn's nor numpy's are refused."""
        return predictor_of(self.read(path))

    def read(self, path: Path) -> Any:
        """What was dumped, under the same rule."""
        types = self.types_to_trust(path)
        try:
            import skops.io

            return skops.io.load(path, trusted=types)
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A skops model") from error

    def types_to_trust(self, path: Path) -> list[str]:
        """The types in a file that skops itself does not trust; loads none of them.

        Raises
        ------
        ModelFailed
            when any of them is trusted here neither.
        MissingExtra
            where there is no skops.

        """
        try:
            import skops.io
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A skops model") from error
        types = skops.io.get_untrusted_types(file=path)
        refused = [name for name in types if not _is_trusted(name)]
        if refused:
            raise ModelFailed(
                f"The skops file holds types that are not trusted: {', '.join(refused)}.",
                advice="If they are safe, the administrator can add them to "
                "RegistryApp.trusted_types.",
                fields={"untrusted": refused},
            )
        return list(types)

    def save(self, model: Any, path: Path) -> None:
        """Write the estimator, and make sure that it can be read again."""
        try:
            import skops.io
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "Saving as skops") from error
        try:
            skops.io.dump(model, path)
            types = skops.io.get_untrusted_types(file=path)
        except Exception as error:
            raise cannot_save(model, "skops", error) from error
        refused = [name for name in types if not _is_trusted(name)]
        if refused:
            raise cannot_save(model, "skops", f"it holds {', '.join(refused)}")


def _is_trusted(name: str) -> bool:
    return (
        name in _TRUSTED
        or name.startswith(_TRUSTED_MODULES)
        or any(name == one or (one[-1:] == "." and name.startswith(one)) for one in _more_trusted)
    )


FORMAT = SkopsFormat()
