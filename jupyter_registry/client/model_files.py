"""The files of a hosted model that is to be registered: gathered or saved, loaded, signed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import (
    InvalidInput,
    MissingExtra,
    RegistryError,
    TooLarge,
    UnsupportedFormat,
)
from ..domain.kinds import PicklePolicy
from .described import Described
from .source import names_source, source_folder
from .uploads import gather, linked, together, unpacked, warn_left_out

if TYPE_CHECKING:
    from ..formats.base import Predictor
    from .registry import Info


class ModelFiles:
    """The files of a hosted model, their format, and the model itself once it is needed."""

    def __init__(
        self,
        files: dict[str, Path],
        root: Path,
        format: str,
        info: Info,
        own_code: bool,
        is_made_here: bool = False,
    ) -> None:
        self.files = files
        #: Whether code in it is the caller's own; see `formats.scan.refused`.
        self.own_code = own_code
        self._info = info
        self._is_safe = is_made_here
        self.format = format
        self._root = root
        #: The model, once it was needed.
        self.loaded: Predictor | None = None

    @classmethod
    def of(cls, said: Described, info: Info, folder: Path) -> ModelFiles:
        """Save an object into the folder, or take a path, or several, as they are."""
        from .. import formats

        left_out: dict[str, str] = {}
        if _are_paths(said.model):
            path = together(said.model, folder)
        elif isinstance(said.model, str) and names_source(said.model):
            path = source_folder(said.model, folder)
        elif isinstance(said.model, str | os.PathLike):
            path = Path(said.model).expanduser()
            whole = formats.whole_folder(path) if path.is_file() else None
            if whole is not None and whole[0].name == "mlflow":
                path = path.parent  # the file is about what lies beside it
            elif whole is not None:
                # in a folder of its own: what lies beside it here is not uploaded
                path = together([path], folder)
            elif path.is_file():
                path, left_out = unpacked(path, folder)
        else:
            chosen, file = formats.save_model(said.model, folder, said.format)
            return cls({file.name: file}, file, chosen.name, info, True, is_made_here=True)
        gathered = gather(path)
        gathered.left_out.update(left_out)
        warn_left_out(gathered, stacklevel=6)
        found = formats.find_model(path, said.format)[0]
        return cls(gathered.files, path, found.name, info, said.own_code)

    def predictor(self) -> Predictor:
        """The model, loaded from its file once; what is served is what was asked here."""
        if self.loaded is None:
            from .. import formats

            self._check()
            file = formats.model_file(self._root, self.format)
            try:
                self.loaded = formats.format_named(self.format).load(file)
            except RegistryError:
                raise
            except Exception as error:
                raise UnsupportedFormat(
                    f"{file.name!r} cannot be loaded as {self.format}: "
                    f"{type(error).__name__}: {error}",
                    advice="Check that the file is whole and of that format, and that the "
                    "libraries it was saved with are installed here.",
                    fields={"format": self.format, "file": file.name},
                ) from error
        return self.loaded

    def check_types(self) -> None:
        """Refuse a file whose types no worker will load; raises `ModelFailed`.

        Without skops here it is the worker that tells.
        """
        from .. import formats
        from ..formats.sklearn_skops import SkopsFormat

        if self.format == "skops" and self.loaded is None:
            with suppress(MissingExtra):
                SkopsFormat().types_to_trust(formats.model_file(self._root, self.format))

    def check_unstructured(self) -> None:
        """Refuse what cannot answer whole requests; runs nothing."""
        from ..formats.custom_hooks import FILE_NAME, hooks_of

        path = self._root / FILE_NAME
        hooks = hooks_of(path) if self.format == "custom_code" and path.is_file() else None
        if hooks is None or not ("score_unstructured" in hooks or hooks.open):
            raise InvalidInput(
                f"An unstructured model is a folder with {FILE_NAME} that has the hook "
                "score_unstructured(model, data, **kwargs).",
                advice="Define it, or choose the target type of what the model scores.",
                fields={"target_type": "no score_unstructured"},
            )

    def sign(self, key: str | os.PathLike[str], folder: Path) -> None:
        """Add a signature of all files; see `formats.signing.sign`."""
        from ..formats.signing import NAME, sign

        folder.mkdir()
        self.files = {path: file for path, file in self.files.items() if path != NAME}
        sign(linked(self.files, folder / "signed"), key, folder / NAME)
        self.files[NAME] = folder / NAME

    def check_size(self) -> None:
        """Refuse more than the server takes before any of it is sent; raises `TooLarge`."""
        most = self._info.limits.get("upload_bytes")
        size = sum(file.stat().st_size for file in self.files.values())
        if isinstance(most, int) and size > most:
            raise TooLarge(
                f"The files have {size:,} bytes, the server takes {most:,}.",
                advice="Register fewer or smaller files, or have the limit raised.",
                fields={"limit": most},
            )

    def _check(self) -> None:
        """Scan files of elsewhere before they are loaded here; raises `UnsafeContent`."""
        if self._is_safe or self._info.pickle_policy is not PicklePolicy.BLOCK:
            return
        from ..formats.scan import refused, scan_files, unsafe

        if bad := refused(scan_files(self.files, self._info.trusted_types), self.own_code):
            raise unsafe(bad)
        self._is_safe = True


def _are_paths(model: Any) -> bool:
    """Whether several files or folders were given."""
    return (
        isinstance(model, list | tuple)
        and len(model) > 0
        and all(isinstance(item, str | os.PathLike) for item in model)
    )
