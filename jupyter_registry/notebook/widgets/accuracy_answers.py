"""What the server said of a deployment's accuracy: asked, kept, and whether it is news."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .accuracy_controls import Request
from .accuracy_pictures import drawn_alike

if TYPE_CHECKING:
    from ...client.accuracy import Accuracy
    from ...client.accuracy_details import AccuracyDetails
    from ...client.deployments import Deployment
    from ...client.segments import Segments


@dataclass(frozen=True)
class Answer:
    """One answer; ``None`` for what was not asked for."""

    accuracy: Accuracy
    segments: Segments | None
    details: AccuracyDetails | None


class Answers:
    """The last answer of one deployment, and what belongs to it once it is looked at."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        #: the request that is answered, and the answer, maybe with one metric alone
        self.asked: Request | None = None
        self.accuracy: Accuracy | None = None
        self._whole: Accuracy | None = None
        self._details: AccuracyDetails | None = None

    @property
    def whole(self) -> Accuracy | None:
        """The answer with all metrics; asked for when not yet known, ``None`` before the first."""
        if self._whole is None and self.asked is not None:
            self._whole = self._deployment.accuracy(**replace(self.asked, metric=None).series)
        return self._whole

    @property
    def details(self) -> AccuracyDetails | None:
        """The answer's details; asked for when not yet known, ``None`` before the first."""
        if self._details is None and self.asked is not None:
            self._details = self._deployment.accuracy_details(**self.asked.range)
        return self._details

    def ask(self, request: Request, *, segments: bool, details: bool) -> Answer:
        """Ask the server; keeps nothing. Details only if there is something new to draw."""
        accuracy = self._deployment.accuracy(**request.series)
        offered = self._deployment.segments() if segments else None
        if not details or self._is_known(request, accuracy):
            return Answer(accuracy, offered, None)
        return Answer(accuracy, offered, self._deployment.accuracy_details(**request.range))

    def take(self, request: Request, answer: Answer) -> bool:
        """Keep an answer; whether there is something new to draw."""
        if self._is_known(request, answer.accuracy):
            return False
        self.asked, self.accuracy, self._details = request, answer.accuracy, answer.details
        self._whole = answer.accuracy if request.metric is None else None
        return True

    def _is_known(self, request: Request, accuracy: Accuracy) -> bool:
        return request == self.asked and drawn_alike(accuracy, self.accuracy)
