"""The yardstick: a bare tornado handler that calls the model in its own process.

``python -m tests.benchmarks.bare_server PORT MODEL.joblib``: ``POST /`` takes one JSON record
list, builds the model's matrix, and answers the probabilities. Nothing is validated or recorded.
"""

from __future__ import annotations

import asyncio
import json
import sys

import joblib
import numpy as np
from tornado import web


class Predict(web.RequestHandler):
    """Score the records of the body."""

    def initialize(self, model: object) -> None:
        self.model = model

    def get(self) -> None:
        self.write({})

    def post(self) -> None:
        records = json.loads(self.request.body)
        matrix = np.array([list(record.values()) for record in records], dtype=float)
        scores = self.model.predict_proba(matrix)[:, 1].tolist()  # type: ignore[attr-defined]
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps({"data": scores}))


async def main() -> None:
    port, path = sys.argv[1:]
    web.Application([("/", Predict, {"model": joblib.load(path)})]).listen(
        int(port), address="127.0.0.1"
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
