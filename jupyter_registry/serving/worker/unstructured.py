"""Answering whole requests with one model, one after another."""

from __future__ import annotations

import time
from typing import Any

from ...domain.errors import ModelFailed, RegistryError
from ..wire import Header, Message, decode_body, encode_body, pack
from .main import describe_failure, one_line, trace


class UnstructuredService:
    """Answers requests with the hook for whole ones.

    Raises
    ------
    ModelFailed
        when the model has none.

    """

    def __init__(self, predictor: Any) -> None:
        if not getattr(predictor, "is_unstructured", False):
            raise ModelFailed(
                "The model has no score_unstructured, so it cannot answer whole requests.",
                advice="Define score_unstructured(model, data) in a custom.py, or register it with "
                "the target type of what it scores.",
                fields={"missing": ["score_unstructured"]},
            )
        self._predictor = predictor
        self._calls = 0

    def answer(self, messages: list[Message]) -> bytes:
        """The answers to the requests, in their order, as bytes for the socket."""
        return b"".join(self._answer(header, body) for header, body in messages)

    def _answer(self, header: Header, body: memoryview) -> bytes:
        self._calls += 1
        began = time.perf_counter()
        try:
            answered = self._predictor.answer(decode_body(header, body))
        except (Exception, SystemExit) as error:
            told = {"op": "refused", "id": header["id"], "calls": self._calls}
            return pack({**told, **_failure(error)})
        fields, content = encode_body(answered)
        seconds = round(time.perf_counter() - began, 7)
        told = {"op": "answer", "id": header["id"], "calls": self._calls, "seconds": seconds}
        return pack({**told, **fields}, content)


def _failure(error: BaseException) -> Header:
    if isinstance(error, RegistryError):
        return describe_failure(error)
    refuses = isinstance(error, ValueError)
    return {
        "error": "ModelRejectedInput" if refuses else "ModelFailed",
        "detail": f"The model raised {one_line(error)}",
        "advice": "A ValueError of score_unstructured says that the request cannot be taken."
        if refuses
        else "The traceback shows where.",
        "fields": {"traceback": trace(error), "exception": type(error).__name__},
    }
