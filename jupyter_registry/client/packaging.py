"""From a model and its data to a package: files, target, signature, baseline, provenance."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.entities import PackageCreate
from ..domain.errors import (
    InvalidInput,
    MissingExtra,
    ModelFailed,
)
from ..domain.kinds import PackageKind, TargetType
from ..domain.signature import Signature
from . import provenance, tables
from .bodies import body
from .described import Described, SignatureLike
from .discovery import kernel_id
from .model_files import ModelFiles
from .packages import Package
from .progress import bar
from .uploads import upload

if TYPE_CHECKING:
    import pyarrow as pa

    from .registry import Registry


class PackageWarning(UserWarning):
    """Of a package that was registered: it cannot be served, or a scan has found something."""


def register(registry: Registry, said: Described) -> Package:
    """Register a package; nothing stays behind when it fails.

    Warns (`PackageWarning`) of what will keep it from being deployed, and of what a scan found
    where that is only warned of.
    """
    kind = _kind(said)
    training = None if said.training is None else tables.read(said.training, "training").table
    holdout = None if said.holdout is None else tables.read(said.holdout, "holdout").table
    with ExitStack() as stack:
        model = None
        if kind.is_hosted:
            from ..formats.sklearn_skops import trust

            info = registry.info()
            trust(info.trusted_types)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            model = ModelFiles.of(said, info, folder)
            if said.sign_with is not None:
                model.sign(said.sign_with, folder / "signature")
        wanted = _body(registry, said, kind, model, training, holdout)
        if model is not None:
            model.check_types()
            model.check_size()
            wanted["upload"] = stack.enter_context(
                upload(registry.connection, model.files, progress=said.progress)
            )
        telling = said.progress if callable(said.progress) else False
        with bar("Register", 1, "packages", show=telling):
            answer = registry.connection.call("POST", "/packages", json=wanted)
    for text in answer.get("warnings") or ():
        warnings.warn(f"{said.name}/{answer['version']}: {text}", PackageWarning, stacklevel=3)
    return Package.of(registry, answer)


def _body(
    registry: Registry,
    said: Described,
    kind: PackageKind,
    model: ModelFiles | None,
    training: pa.Table | None,
    holdout: pa.Table | None,
) -> dict[str, Any]:
    from ..formats.baselines import baseline, try_out
    from ..formats.from_data import TargetSaid, find_target, said_provenance
    from ..formats.importance import add_importance
    from ..formats.parameters import parameters

    samples = [table for table in (training, holdout) if table is not None]
    target = find_target(
        said.target or "",
        TargetSaid(said.target_type, said.class_labels, said.positive_class, said.threshold),
        None if model is None else model.predictor,
        samples,
    )
    if not target.type.has_rows:
        _check_unstructured(said)
        signature, sample = None, None
        if model is not None:
            model.check_unstructured()
    outside = [target.name]
    if isinstance(said.predictions, str):
        outside.append(said.predictions)
    if target.type.has_rows:
        signature = _signature(said, model, samples, outside)
        sample = training if training is not None else holdout
    if said.try_rows and model is not None and signature is not None and sample is not None:
        try_out(target, signature, sample.slice(0, said.try_rows), model.predictor())
    found = baseline(
        target,
        signature,
        training=training,
        holdout=holdout,
        predictions=_arrow_if_table(said.predictions),
        predictor=model.predictor if model is not None else None,
        watch=lambda rows: bar("Score the holdout", rows, "rows", show=said.progress),
    )
    known = _provenance(registry)
    if settings := parameters(said.model):
        known["parameters"] = settings
    known |= said_provenance(None if model is None else model.loaded)
    importance = add_importance(
        found,
        target,
        signature,
        given=said.importance,
        training=training,
        holdout=holdout,
        # who gives predictions does not want the model to be asked
        predictor=model.predictor if model is not None and said.predictions is None else None,
    )
    if importance is not None:
        known["importance"] = importance
    return body(
        PackageCreate,
        name=said.name,
        kind=kind,
        description=said.description,
        target_name=target.name,
        target_type=target.type,
        class_labels=list(target.class_labels),
        positive_class=target.positive_class,
        prediction_threshold=target.threshold if target.type is TargetType.BINARY else None,
        signature=[] if signature is None else signature.to_json(),
        format=None if model is None else model.format,
        own_code=model is not None and model.own_code,
        location=said.location,
        build_environment=said.build_environment,
        baseline=found,
        provenance=known,
        input_example=_example(said, signature, sample, model),
        tags={str(key): str(value) for key, value in (said.tags or {}).items()},
        aliases=list(said.aliases),
    )


def _kind(said: Described) -> PackageKind:
    chosen = said.kind
    if chosen is None:
        chosen = PackageKind.EXTERNAL if said.model is None else PackageKind.CUSTOM
    try:
        kind = PackageKind(chosen)
    except ValueError:
        raise InvalidInput(
            f"Unknown kind {chosen!r}.",
            advice=f"Use one of: {', '.join(PackageKind)}.",
            fields={"kind": f"unknown: {chosen}"},
        ) from None
    if kind.is_hosted and said.model is None:
        raise InvalidInput(
            f"A package of kind {kind.value!r} needs a model.",
            advice="Give an object, a file or a folder; or kind='external' for a model that is "
            "hosted elsewhere.",
            fields={"model": "missing"},
        )
    if not kind.is_hosted and said.model is not None:
        raise InvalidInput(
            "An external package has no files: its model is hosted elsewhere.",
            advice="Leave the model out, or register it with kind='custom'.",
            fields={"model": "not for external packages"},
        )
    return kind


def _check_unstructured(said: Described) -> None:
    """Refuse what only a model that scores rows can be registered with."""
    for field in (
        "training", "holdout", "predictions", "importance", "signature", "input_example",
    ):  # fmt: skip
        if getattr(said, field) is not None:
            raise InvalidInput(
                f"An unstructured model takes no rows, so {field} says nothing of it.",
                advice="Leave it out.",
                fields={field: "not for unstructured"},
            )


# --- signature and example ------------------------------------------------------------------


def _signature(
    said: Described, model: ModelFiles | None, samples: list[pa.Table], outside: list[str]
) -> Signature | None:
    if said.signature is not None:
        return _given_signature(said.signature)
    from ..formats.from_data import find_signature

    if not samples and said.input_example is not None:
        samples = [tables.read(said.input_example, "input_example").table]
    predictor = None
    if model is not None:
        try:
            predictor = model.predictor()
        except (MissingExtra, ModelFailed):
            if not samples:
                raise
    if not samples and predictor is None:
        return None
    found = find_signature(predictor, samples, outside)
    if found is None:
        raise InvalidInput(
            "The model does not say which columns it takes.",
            advice="Give training or holdout data, an input_example, or the signature.",
            fields={"signature": "missing"},
        )
    return found


def _arrow_if_table(predictions: Any) -> Any:
    """Predictions of several classes as an Arrow table, others as they are."""
    if isinstance(predictions, Mapping) or hasattr(predictions, "columns"):
        return tables.read(predictions, "predictions").table
    return predictions


def _given_signature(given: SignatureLike) -> Signature:
    if isinstance(given, Signature):
        return given
    if isinstance(given, Mapping):
        given = [
            {
                "name": name,
                "dtype": str(dtype).removesuffix("?"),
                "nullable": str(dtype)[-1:] == "?",
            }
            for name, dtype in given.items()
        ]
    return Signature.from_json(given)


def _example(
    said: Described,
    signature: Signature | None,
    sample: pa.Table | None,
    model: ModelFiles | None,
) -> list[dict[str, Any]] | None:
    from ..formats.from_data import EXAMPLE_ROWS, example_kept, example_of

    if said.input_example is not None:
        return example_of(tables.read(said.input_example, "input_example").table, signature)
    if sample is None and model is not None and signature is not None:
        return example_kept(model.loaded, signature)
    return example_of(None if sample is None else sample.slice(0, EXAMPLE_ROWS), signature)


# --- provenance -----------------------------------------------------------------------------


def _provenance(registry: Registry) -> dict[str, Any]:
    known = provenance.capture()
    kernel = kernel_id()
    if kernel is not None:
        # the server that started this kernel knows its kernelspec for certain
        name = registry.connection.kernel_name(kernel)
        if name:
            known["kernelspec"] = name
    return known


__all__ = ["PackageWarning", "register"]
