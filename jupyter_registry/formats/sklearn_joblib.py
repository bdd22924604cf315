"""scikit-learn models as joblib dumps. Reading one runs code: workers do it, never the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .base import Predictor, cannot_save
from .objects import predictor_of
from .pickle_files import contains, is_joblib
from .sklearn_predictor import LIBRARIES, is_estimator


class JoblibFormat:
    """``joblib``: any estimator, its arrays stored apart."""

    name = "joblib"
    extra = "sklearn"
    file_name = "model.joblib"

    def sniff(self, path: Path) -> bool:
        """Whether joblib wrote the file."""
        return is_joblib(path)

    def recognises(self, model: Any) -> bool:
        """Whether it is an estimator."""
        return is_estimator(model)

    def wrap(self, model: Any) -> Predictor:
        """The predictor of an estimator in memory."""
        return predictor_of(model)

    def load(self, path: Path) -> Predictor:
        """Load the estimator, running what code the dump holds."""
        return predictor_of(self.read(path))

    def read(self, path: Path) -> Any:
        """What was dumped."""
        try:
            import joblib

            return joblib.load(path)
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A joblib model") from error

    def save(self, model: Any, path: Path) -> None:
        """Write the estimator; one with code of a notebook is refused, as no worker has it."""
        try:
            import joblib
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "Saving as joblib") from error
        try:
            joblib.dump(model, path)
        except Exception as error:
            raise cannot_save(model, "joblib", error) from error
        if contains(path, b"__main__"):
            raise cannot_save(model, "joblib", "it uses classes or functions of this notebook")


FORMAT = JoblibFormat()
