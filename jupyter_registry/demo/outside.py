"""A scoring process outside the server, as another team's host would run it.

It has its own model and its own copy of the data, is told over its standard input which day
it is, and reports what it predicted with a prediction key through a `Reporter`. Each line in
is a JSON object, and is answered by one line:

``{"train": {…}}``
    fit the model; the answer counts the rows, and the holdout with the model's probabilities
    is left in the folder for the package's baseline.
``{"report_to": {"url", "key", "deployment"}}``
    where to report to.
``{"score": day}``, ``{"actuals": day, "known_at": time}``
    predict a day's flights; report what became of a day's flights.
``{"finish": seconds}``
    send what is left, and end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .flights import DATE, DEPARTURE, FEATURES, FLIGHT_ID, LATE, TARGET, load_flights, outcomes
from .models import WINTER, logistic, train

if TYPE_CHECKING:
    import pandas as pd

    from ..client import Reporter

MODEL_FILE = "model.joblib"
HOLDOUT_FILE = "holdout.parquet"
#: The column of the holdout that holds the probability of `LATE`.
PROBABILITY = "probability"


class OutsideFailed(Exception):
    """The scoring process ended, or answered with an error."""


class OutsideScorer:
    """The job's end of the line to the scoring process."""

    def __init__(self, folder: Path, every: int) -> None:
        self._folder = folder
        self._every = every
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[bytes] | None = None

    def __enter__(self) -> OutsideScorer:
        self._log = self.log_path.open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self._folder), str(self._every)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            # Ctrl-C reaches the job alone, which then stops this process in order.
            start_new_session=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            try:
                if kind is not None:
                    process.terminate()
                process.communicate(timeout=20)
            except (subprocess.TimeoutExpired, BrokenPipeError):
                process.kill()
                process.communicate()
            except BaseException:
                process.kill()
                process.wait()
                raise
        if self._log is not None:
            self._log.close()
            self._log = None

    @property
    def log_path(self) -> Path:
        """What the process printed besides its answers."""
        return self._folder / "outside.log"

    @property
    def holdout_path(self) -> Path:
        """Parquet file of the holdout: features, target and `PROBABILITY`."""
        return self._folder / HOLDOUT_FILE

    def tell(self, **message: Any) -> None:
        """Send one line; `answer` waits for what becomes of it."""
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._fail()

    def answer(self) -> dict[str, Any]:
        """The answer to the oldest line not yet answered; raises `OutsideFailed`."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._fail()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _fail(self) -> None:
        assert self._process is not None
        code = self._process.wait()
        raise OutsideFailed(f"The outside scoring process ended with exit code {code}.")


class _Host:
    """What runs in the process itself."""

    def __init__(self, folder: Path, every: int) -> None:
        self._folder = folder
        flights = load_flights(every)
        self._flights = flights
        self._days: dict[str, pd.DataFrame] = dict(iter(flights.groupby(DATE)))
        self._model: Any = None
        self._reporter: Reporter | None = None

    def serve(self, lines: Iterator[str]) -> Iterator[dict[str, Any]]:
        """Answer each line until told to finish or the line is cut."""
        for line in lines:
            message = json.loads(line)
            if "train" in message:
                yield self._train()
            elif "report_to" in message:
                yield self._report_to(**message["report_to"])
            elif "score" in message:
                yield self._score(message["score"])
            elif "actuals" in message:
                yield self._actuals(message["actuals"], message["known_at"])
            elif "finish" in message:
                yield self._finish(message["finish"])
                return

    def _train(self) -> dict[str, Any]:
        import joblib

        started = time.perf_counter()
        trained = train(logistic(), self._flights, WINTER)
        self._model = trained.model
        joblib.dump(self._model, self._folder / MODEL_FILE)
        holdout = trained.holdout.assign(**{PROBABILITY: self._probabilities(trained.holdout)})
        holdout.to_parquet(self._folder / HOLDOUT_FILE, index=False)
        return {
            "training": len(trained.training),
            "holdout": len(holdout),
            "seconds": time.perf_counter() - started,
        }

    def _report_to(self, url: str, key: str, deployment: str) -> dict[str, Any]:
        from ..client import Reporter

        self._reporter = Reporter(url, key, deployment, spool_dir=self._folder / "spool")
        return {"reporting": deployment}

    def _score(self, day: str) -> dict[str, Any]:
        assert self._reporter is not None
        flights = self._days.get(day)
        if flights is None:
            return {"scored": 0}
        started = time.perf_counter()
        probabilities = self._probabilities(flights)
        latency = 1000 * (time.perf_counter() - started)
        times = flights[DEPARTURE].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._reporter.report(
            [
                {
                    "association_id": flight,
                    "timestamp": departure,
                    "probability": probability,
                    "latency_ms": latency,
                }
                for flight, departure, probability in zip(
                    flights[FLIGHT_ID], times, probabilities.tolist(), strict=True
                )
            ]
        )
        return {"scored": len(flights)}

    def _actuals(self, day: str, known_at: str) -> dict[str, Any]:
        assert self._reporter is not None
        flights = self._days.get(day)
        if flights is None:
            return {"actuals": 0}
        known = outcomes(flights)
        self._reporter.actuals(
            [
                {"association_id": flight, "value": arrival, "timestamp": known_at}
                for flight, arrival in zip(known[FLIGHT_ID], known[TARGET], strict=True)
            ]
        )
        return {"actuals": len(known)}

    def _finish(self, seconds: float) -> dict[str, Any]:
        assert self._reporter is not None
        self._reporter.flush(seconds)
        self._reporter.close()
        self._reporter = None
        return {"finished": True}

    def _probabilities(self, flights: pd.DataFrame) -> Any:
        late = list(self._model.classes_).index(LATE)
        return self._model.predict_proba(flights[list(FEATURES)])[:, late]


def main() -> None:
    """Answer the lines of standard input on standard output."""
    host = _Host(Path(sys.argv[1]), int(sys.argv[2]))
    for answer in host.serve(iter(sys.stdin.readline, "")):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
