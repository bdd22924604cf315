"""Estimators as pickles. Reading one runs code: workers do it, never the server."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from ..domain.errors import ModelFailed
from .base import Predictor, cannot_save
from .objects import predictor_of
from .pickle_files import is_pickle
from .sklearn_predictor import LIBRARIES


class PickleFormat:
    """``pickle``: any object with a predict method, classes of a notebook included."""

    name = "pickle"
    extra = "sklearn"
    file_name = "model.pkl"

    def sniff(self, path: Path) -> bool:
        """Whether the file is one pickle."""
        return is_pickle(path)

    def recognises(self, model: Any) -> bool:
        """Whether the object has a predict method."""
        return not isinstance(model, type) and callable(getattr(model, "predict", None))

    def wrap(self, model: Any) -> Predictor:
        """The predictor of an object in memory."""
        return predictor_of(model)

    def load(self, path: Path) -> Predictor:
        """Load the object, running what code the pickle holds."""
        return predictor_of(self.read(path))

    def read(self, path: Path) -> Any:
        """What was pickled."""
        try:
            with path.open("rb") as file:
                return pickle.load(file)
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A pickled model") from error
        except AttributeError as error:
            raise ModelFailed(
                f"The pickle refers to code that is not here: {error}.",
                advice="Put the model's classes in an installed module, or save it with "
                "cloudpickle.",
            ) from error

    def save(self, model: Any, path: Path) -> None:
        """Write the object; classes defined in a notebook go into the file by value."""
        cloudpickle = _cloudpickle()
        try:
            with path.open("wb") as file:
                cloudpickle.dump(model, file)
        except Exception as error:
            raise cannot_save(model, "pickle", error) from error


def _cloudpickle() -> Any:
    """The cloudpickle module: on its own, or (older versions) inside joblib."""
    try:
        import cloudpickle  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        try:
            from joblib.externals import cloudpickle
        except ImportError as error:
            missing = ModuleNotFoundError(str(error), name="joblib")
            raise LIBRARIES.absent(missing, "Saving as pickle") from error
    return cloudpickle


FORMAT = PickleFormat()
