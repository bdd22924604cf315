"""Any object that predicts, as a pickle. Reading one runs code: workers do it, never the server."""

from __future__ import annotations

import pickle
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from ..domain.errors import ModelFailed
from .base import Predictor, cannot_save
from .functions import is_plain
from .keras_model import backend_at_hand, is_keras
from .objects import predictor_of
from .pickle_files import is_pickle
from .sklearn_predictor import LIBRARIES


class PickleFormat:
    """``pickle``: functions, and objects with a predict method, a notebook's own included."""

    name = "pickle"
    extra = "sklearn"
    file_name = "model.pkl"

    def sniff(self, path: Path) -> bool:
        """Whether the file is one pickle."""
        return is_pickle(path)

    def recognises(self, model: Any) -> bool:
        """Whether the object has a predict method, is a class that has one, or a function."""
        if is_plain(model):
            return True
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
            # Keras' models are unpickled by Keras, which is imported for it
            with path.open("rb") as file, backend_at_hand():
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
        """Write the object; code of a notebook, or of a file beside it, goes in by value."""
        cloudpickle = _cloudpickle()
        module = _own_module(model)
        try:
            with path.open("wb") as file, _by_value(cloudpickle, module):
                cloudpickle.dump(model, file)
            if is_keras(model):
                self.read(path)  # Keras pickles layers of one's own by name alone
        except Exception as error:
            raise cannot_save(model, "pickle", error) from error


def _own_module(model: Any) -> ModuleType | None:
    """The module that a plain function or class is of, unless it is installed or a notebook."""
    if not is_plain(model):
        return None
    name = getattr(model, "__module__", None) or ""
    module = sys.modules.get(name)
    origin = getattr(module, "__file__", None)
    if origin is None or name == "__main__":
        return None
    installed = {sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")}
    parents = {str(parent) for parent in Path(origin).resolve().parents}
    return None if parents & {str(Path(path).resolve()) for path in installed} else module


@contextmanager
def _by_value(cloudpickle: Any, module: ModuleType | None) -> Iterator[None]:
    """Have what a module defines pickled whole: no worker has the module."""
    known = module is None or module.__name__ in cloudpickle.list_registry_pickle_by_value()
    if not known:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        if not known:
            cloudpickle.unregister_pickle_by_value(module)


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
