"""Scoring what has arrived: requests that can be are merged into one call of the model."""

from __future__ import annotations

import time
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...domain.errors import RegistryError
from ...domain.frames import Frame, NumberFrame
from ...domain.signature import Signature
from ...formats.scoring import Scorer, Scores
from ..wire import Header, decode_body, decode_rows, encode_scores, pack
from .blame import Rejection, blame_body, find_culprit
from .main import describe_failure

#: Rows scored in one call at most, so that no request waits long for another's.
MOST_ROWS = 16_384

Message = tuple[Header, memoryview]
#: A list of columns, or a matrix of them.
Columns = list[NDArray[Any]] | NDArray[np.float64]


class Service:
    """Answers prediction requests with one model."""

    def __init__(self, scorer: Scorer, signature: Signature) -> None:
        self._scorer = scorer
        self._names = signature.names
        self._calls = 0
        self._accepted: Frame | None = None

    def answer(self, messages: list[Message]) -> bytes:
        """The answers to the requests, in their order, as bytes for the socket."""
        answers: list[bytes] = []
        # rows of different representation are never merged: it could change what the model sees
        # and a body as it was sent, which has no representation, is its request's alone
        for kind, alike in groupby(messages, key=lambda message: message[0].get("t")):
            if kind is None:
                answers.extend(self._answer_body(*message) for message in alike)
                continue
            batch: list[Message] = []
            rows = 0
            for message in alike:
                if batch and rows + message[0]["n"] > MOST_ROWS:
                    answers.append(self._answer_batch(batch))
                    batch, rows = [], 0
                batch.append(message)
                rows += message[0]["n"]
            answers.append(self._answer_batch(batch))
        return b"".join(answers)

    def _answer_batch(self, batch: list[Message]) -> bytes:
        try:
            decoded = [decode_rows(header, body) for header, body in batch]
            frame = self._frame(_merge(decoded))
            first = None
            if self._accepted is None:  # kept before the model sees, and may change, the rows
                first = {name: column[:1].copy() for name, column in frame.items()}
            began = time.perf_counter()
            scores = self._score(frame)
            elapsed = time.perf_counter() - began
        except (Exception, SystemExit) as error:
            if len(batch) == 1:
                return self._refuse(batch[0], error)
            # one bad row must harm nobody else
            return b"".join(self._answer_batch([message]) for message in batch)
        if first is not None:
            self._accepted = first
        return self._pack(batch, scores, elapsed)

    def _answer_body(self, header: Header, body: memoryview) -> bytes:
        self._calls += 1
        began = time.perf_counter()
        sent = decode_body(header, body)
        try:
            scores = self._scorer.score_body(sent, header["rows"])
            elapsed = time.perf_counter() - began
        except (Exception, SystemExit) as error:
            failure = (
                describe_failure(error)
                if isinstance(error, RegistryError)
                else blame_body(self._score, self._accepted, error, sent.mimetype).to_header()
            )
            return pack({"op": "refused", "id": header["id"], "calls": self._calls, **failure})
        return self._pack([({**header, "n": len(scores)}, body)], scores, elapsed)

    def _pack(self, batch: list[Message], scores: Scores, elapsed: float) -> bytes:
        told = {"op": "scores", "calls": self._calls, "seconds": round(elapsed, 7)}
        total = len(scores)
        answers = []
        start = 0
        for header, _ in batch:
            stop = start + header["n"]
            fields, body = encode_scores(
                _cut(scores.values, start, stop),
                _cut(scores.probabilities, start, stop),
                _cut(scores.labels, start, stop),
            )
            answers.append(pack({"id": header["id"], **told, "of": total, **fields}, body))
            start = stop
        return b"".join(answers)

    def _score(self, frame: Frame) -> Scores:
        self._calls += 1
        return self._scorer.score(frame)

    def _frame(self, columns: Columns) -> Frame:
        if isinstance(columns, list):
            return dict(zip(self._names, columns, strict=True))
        return NumberFrame.of(self._names, columns)

    def _refuse(self, message: Message, error: BaseException) -> bytes:
        header, body = message
        if isinstance(error, RegistryError):
            failure = describe_failure(error)
        else:
            frame = self._frame(decode_rows(header, body))
            rejection: Rejection = find_culprit(self._score, frame, self._accepted, error)
            failure = rejection.to_header()
        return pack({"op": "refused", "id": header["id"], "calls": self._calls, **failure})


def _merge(frames: list[Columns]) -> Columns:
    if len(frames) == 1:
        return frames[0]
    if not isinstance(frames[0], list):  # then none is: they are of the same representation
        return np.concatenate(frames, axis=1)
    return [np.concatenate(columns) for columns in zip(*frames, strict=True)]


def _cut(array: NDArray[Any] | None, start: int, stop: int) -> Any:
    return None if array is None else array[start:stop]
