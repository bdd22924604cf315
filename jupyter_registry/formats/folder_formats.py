"""What formats have in common whose model is a whole folder, told by a file of a fixed name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from .base import Predictor, cannot_save


class WholeFolder(ABC):
    """The part of a `FolderFormat` that is the same for all; objects in memory are none of it."""

    name: str
    file_name: str
    is_of_folders = True
    #: What to do with an object in memory.
    instead: str

    def sniff(self, path: Path) -> bool:
        """Whether the file has the name."""
        return path.name == self.file_name

    def recognises(self, model: Any) -> bool:
        """Never: there is no folder around an object in memory."""
        return False

    def wrap(self, model: Any) -> Predictor:
        """Refused, as `recognises` says."""
        raise cannot_save(model, self.name, f"there is no folder around it; {self.instead}")

    def save(self, model: Any, path: Path) -> None:
        """Refused, as `wrap`."""
        self.wrap(model)

    def read(self, path: Path) -> Any:
        """The model's own object, whatever it is."""
        return self.load(path).native

    @abstractmethod
    def load(self, path: Path) -> Predictor:
        """Load the model, as the format does it."""
