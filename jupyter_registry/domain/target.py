"""The target of a model: its name, type, labels, positive class and threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import InvalidInput
from .kinds import TargetType

#: What the target of a type is called where no name is given: of an anomaly that of the outcome's
#: column (was the row one?), of an unstructured model what it answers.
DEFAULT_NAMES = {TargetType.ANOMALY: "anomaly", TargetType.UNSTRUCTURED: "response"}


@dataclass(frozen=True)
class Target:
    """What a model predicts.

    ``class_labels`` are strings in the order of the model's probability columns (empty for
    the types without classes). For a binary target ``positive_class`` is one of the two labels and
    ``threshold`` is the least probability of it that predicts it.
    """

    name: str
    type: TargetType
    class_labels: tuple[str, ...] = ()
    positive_class: str | None = None
    threshold: float = 0.5

    @classmethod
    def make(
        cls,
        name: str,
        type: TargetType | str,
        class_labels: Sequence[object] | None = None,
        positive_class: object | None = None,
        threshold: float | None = None,
    ) -> Target:
        """A checked target; a binary one's positive class defaults to the second label.

        ``name`` may be empty where `DEFAULT_NAMES` has one for the type.

        Raises
        ------
        InvalidInput
            naming the field that is wrong.

        """
        try:
            kind = TargetType(type)
        except ValueError:
            raise InvalidInput(
                f"Unknown target type {type!r}.",
                advice=f"Use one of: {', '.join(TargetType)}.",
                fields={"target_type": f"unknown: {type}"},
            ) from None
        if not name or not name.strip():
            name = DEFAULT_NAMES.get(kind, "")
        if not name:
            raise InvalidInput(
                "A target needs a name.",
                advice="Give the name of the predicted column.",
                fields={"target_name": "missing"},
            )
        labels = tuple(
            label_text(label) for label in (() if class_labels is None else class_labels)
        )
        if not kind.is_classification:
            if labels or positive_class is not None:
                raise InvalidInput(
                    f"{kind.with_article.capitalize()} target has no classes.",
                    advice="Leave class labels and positive class out, or choose another type.",
                    fields={"class_labels": f"not for {kind}"},
                )
            return cls(name, kind)
        if len(set(labels)) != len(labels):
            raise InvalidInput(
                f"Class labels repeat: {list(labels)}.",
                advice="Give each label once.",
                fields={"class_labels": "not distinct"},
            )
        if kind is TargetType.BINARY:
            if len(labels) != 2:
                raise InvalidInput(
                    f"A binary target needs two class labels, got {len(labels)}.",
                    advice="Give the negative and the positive label.",
                    fields={"class_labels": "two needed"},
                )
            positive = labels[1] if positive_class is None else label_text(positive_class)
            if positive not in labels:
                raise InvalidInput(
                    f"The positive class {positive!r} is not one of {list(labels)}.",
                    advice="Choose one of the class labels.",
                    fields={"positive_class": "not a class label"},
                )
            cut = 0.5 if threshold is None else float(threshold)
            if not 0.0 <= cut <= 1.0:
                raise InvalidInput(
                    f"The prediction threshold {cut} is outside 0 to 1.",
                    advice="Give a probability.",
                    fields={"prediction_threshold": "outside 0 to 1"},
                )
            return cls(name, kind, labels, positive, cut)
        if len(labels) < 3:
            raise InvalidInput(
                f"A multiclass target needs at least three class labels, got {len(labels)}.",
                advice="List all labels, or use a binary target.",
                fields={"class_labels": "three or more needed"},
            )
        if positive_class is not None:
            raise InvalidInput(
                "Only a binary target has a positive class.",
                advice="Leave it out.",
                fields={"positive_class": "only for binary"},
            )
        return cls(name, kind, labels)

    @property
    def positive_index(self) -> int:
        """The index of the positive class among ``class_labels`` (binary only)."""
        assert self.positive_class is not None
        return self.class_labels.index(self.positive_class)


def label_text(label: object) -> str:
    """A class label as text: ``True`` → ``"True"``, ``1.0`` → ``"1"``, ``1`` → ``"1"``."""
    item = getattr(label, "item", None)
    value = item() if callable(item) else label
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
