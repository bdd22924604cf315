"""Results as the client gives them, made up from fixed seeds, for the plots' tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from jupyter_registry import plots
from jupyter_registry.domain.entities import (
    Accuracy,
    AccuracyBucket,
    AccuracyDetails,
    MetricValue,
    ReplacementMark,
    ServicePeriod,
)
from jupyter_registry.domain.health import Durations
from jupyter_registry.domain.kinds import ReplacementReason, TargetType
from jupyter_registry.domain.monitoring import (
    Drift,
    DriftBin,
    DriftBucket,
    FeatureDrift,
    Health,
    HealthBucket,
)
from jupyter_registry.domain.psi import psi, status_of, verdict

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
#: The plots of the details of two classes, and of numbers.
BINARY = [plots.roc, plots.precision_recall, plots.lift, plots.calibration]
OF_NUMBERS = [plots.predicted_against_actual, plots.residuals]


def scores(n: int = 4_000, seed: int = 0, skill: float = 1.4) -> tuple[Any, Any]:
    """Scores of distinct values, and whether each is of the positive class, one in six."""
    random = np.random.default_rng(seed)
    odds = random.normal(-2.2, skill, n)
    return 1 / (1 + np.exp(-odds)), random.random(n) < 1 / (1 + np.exp(-odds * 1.15))


def binary(n: int = 900, seed: int = 0, skill: float = 1.4, **fields: Any) -> AccuracyDetails:
    """Details of a binary target in which every score has a bin of its own."""
    values, hit = scores(n, seed, skill)
    order = np.argsort(values)
    bins = [
        {"score": float(values[i]), "positives": int(hit[i]), "negatives": int(~hit[i])}
        for i in order
    ]
    cut = fields.pop("threshold", 0.3)
    predicted = values >= cut
    matrix = [
        [int(np.sum(~hit & ~predicted)), int(np.sum(~hit & predicted))],
        [int(np.sum(hit & ~predicted)), int(np.sum(hit & predicted))],
    ]
    return AccuracyDetails(
        deployment_id=1,
        n=n,
        target_type=TargetType.BINARY,
        class_labels=["on time", "late"],
        positive_class="late",
        threshold=cut,
        confusion_matrix=matrix,
        score_bins=bins,
        **fields,
    )


def no_actuals(kind: str) -> AccuracyDetails:
    """Details of a target whose actuals have not come."""
    labels = {"regression": [], "binary": ["no", "yes"], "multiclass": ["a", "b", "c"]}[kind]
    return AccuracyDetails(
        deployment_id=1,
        target_type=TargetType(kind),
        class_labels=labels,
        positive_class="yes" if kind == "binary" else None,
        threshold=0.5 if kind == "binary" else None,
        score_bins=[] if kind == "binary" else None,
        sample=[] if kind == "regression" else None,
    )


def multiclass(k: int = 5, seed: int = 1) -> AccuracyDetails:
    """A confusion matrix of classes of different sizes, mostly right."""
    random = np.random.default_rng(seed)
    sizes = (20_000 * 0.55 ** np.arange(k)).astype(int)
    matrix = np.array([random.multinomial(n, _blur(random, k, row)) for row, n in enumerate(sizes)])
    names = ["economy", "premium economy", "business", "first", "staff travel"]
    labels = names[:k] if k <= len(names) else [f"class {i + 1}" for i in range(k)]
    return AccuracyDetails(
        deployment_id=1,
        n=int(matrix.sum()),
        target_type=TargetType.MULTICLASS,
        class_labels=labels,
        confusion_matrix=matrix.tolist(),
    )


def _blur(random: Any, k: int, row: int) -> Any:
    shares = random.dirichlet(np.full(k, 0.6)) * 0.3
    shares[row] += 0.7
    return shares


def regression(n: int = 1_200, seed: int = 2, of: int = 412_000) -> AccuracyDetails:
    """Sampled rows of a delay in minutes, predicted the worse the longer it is."""
    random = np.random.default_rng(seed)
    actual = random.gamma(1.6, 14, n) - 8
    predicted = 4 + 0.8 * actual + random.normal(0, 5 + 0.1 * np.abs(actual), n)
    return AccuracyDetails(
        deployment_id=1,
        n=of,
        target_type=TargetType.REGRESSION,
        sample=[
            {
                "association_id": str(i),
                "timestamp": START + i * timedelta(minutes=7),
                "predicted": float(predicted[i]),
                "actual": float(actual[i]),
            }
            for i in range(n)
        ],
    )


def history() -> list[ServicePeriod]:
    """Four periods of three packages, one of them short."""
    ends = [START, START + 9 * WEEK, START + 16 * WEEK, START + 16.6 * WEEK, None]
    what = [
        ("late-arrivals/1", None),
        ("late-arrivals/2", ReplacementReason.DATA_DRIFT),
        ("late-arrivals/3", ReplacementReason.SCORING_SPEED),
        ("late-arrivals/2", ReplacementReason.ERRORS),
    ]
    return [
        ServicePeriod(
            package_id=int(name[-1]), package=name, start=ends[i], end=ends[i + 1], reason=reason
        )
        for i, (name, reason) in enumerate(what)
    ]


def over_time(kind: str = "binary", weeks: int = 26, waiting: int = 2, seed: int = 3) -> Accuracy:
    """Accuracy by week; in the last weeks the actuals have not come."""
    random = np.random.default_rng(seed)
    names = {"binary": ("auc", "log_loss"), "multiclass": ("accuracy",), "regression": ("rmse",)}
    labels = {"binary": ["on time", "late"], "multiclass": ["a", "b", "c"], "regression": []}[kind]
    buckets = []
    for week in range(weeks):
        start, done = START + week * WEEK, week < weeks - waiting
        rows = int(9_000 + 2_000 * np.sin(week / 4) + random.integers(0, 600))
        fields: dict[str, Any] = {}
        season = 0.2 + 0.06 * np.sin(week / 5) + random.normal(0, 0.008)
        guessed = 0.2 + 0.03 * np.sin(week / 5) + random.normal(0, 0.004)
        if kind == "regression":
            fields["mean_predicted"] = 60 * guessed
            fields["mean_actual"] = 60 * season if done else None
        else:
            parts = [1 - guessed, guessed] if kind == "binary" else [0.7 - guessed, guessed, 0.3]
            came = [1 - season, season] if kind == "binary" else [0.72 - season, season, 0.28]
            fields["predicted_shares"] = dict(zip(labels, parts, strict=True))
            if kind == "binary":
                fields["mean_predicted"] = guessed
            if done:
                fields["actual_shares"] = dict(zip(labels, came, strict=True))
                fields["mean_actual"] = came[1] if kind == "binary" else None
        values = {
            name: MetricValue(
                value=(0.78 - 0.002 * week + random.normal(0, 0.008)) if done else None,
                n=rows if done else 0,
                baseline=0.8 if week < 9 else 0.79,
            )
            for name in names[kind]
        }
        buckets.append(
            AccuracyBucket(
                start=start,
                end=start + WEEK,
                n=rows if done else 0,
                n_predicted=rows + 300,
                metrics=values,
                **fields,
            )
        )
    end = buckets[-1].end
    replaced = [
        ReplacementMark(time=one.start, **dict(one)) for one in history()[1:] if one.start <= end
    ]
    return Accuracy(
        deployment_id=1,
        bucket="week",
        buckets=buckets,
        class_labels=labels,
        history=history(),
        replacements=replaced,
    )


#: Features with the part of the largest importance, and how far their values move by the end.
_MOVING = {
    "temperature": (1.0, 1.1),
    "humidity": (0.62, 0.55),
    "carrier": (0.5, 0.12),
    "distance": (0.42, 0.0),
    "wind speed": (0.3, 0.42),
    "hour of departure": (0.21, 0.05),
    "pressure": (0.06, 0.9),
    "visibility": (0.03, 0.02),
    "gate": (None, 0.5),
    "tail number": (None, 0.1),
}


def _shares(move: float) -> Any:
    """Shares of ten bins that were equal before the values moved by so many deviations."""
    tilt = np.exp(move * np.linspace(-1.6, 1.6, 10))
    return tilt / tilt.sum()


def drift(weeks: int = 26, n: int = 4_000, empty: int = 11, **moving: Any) -> Drift:
    """Drift by week, growing, with a week without rows; ``moving`` stands in for `_MOVING`."""
    even = np.full(10, 0.1)
    random = np.random.default_rng(5)

    def moved(name: str, to: float) -> FeatureDrift:
        shares = _shares(to)
        index = psi(even, shares) if n else None
        names = [f"under {10 * i + 10}" for i in range(9)] + ["over 90"]
        bins = [
            DriftBin(name=names[i], baseline=0.1, predicted=float(shares[i]) if n else None)
            for i in range(10)
        ]
        return FeatureDrift(
            name=name, dtype="number", psi=index, n=n, status=status_of(index, n), bins=bins
        )

    features = []
    for name, (importance, to) in (moving or _MOVING).items():
        features.append(moved(name, to).model_copy(update={"importance": importance}))
    target = moved("late", 0.34)
    buckets = []
    for week in range(weeks):
        rows = 0 if week == empty else 60 if week == 3 else 150 + int(random.integers(0, 40))
        grown = (week / weeks) ** 2

        def index(to: float, rows: int = rows, grown: float = grown) -> float | None:
            noise = abs(random.normal(0, 0.004))
            return psi(even, _shares(to * grown)) + noise if rows else None

        buckets.append(
            DriftBucket(
                start=START + week * WEEK,
                end=START + (week + 1) * WEEK,
                n=rows,
                target=index(0.5),
                features={name: index(1.4 * to) for name, (_, to) in (moving or _MOVING).items()},
            )
        )
    status, reason = verdict(features, target)
    return Drift(
        deployment_id=1, bucket="week", n=n, status=status, reason=reason, target=target,
        features=features, buckets=buckets, start=START, end=START + weeks * WEEK,
    )  # fmt: skip


def health(days: int = 40, seed: int = 6, hosted: bool = True) -> Health:
    """Health by day: a quiet night, a day of failures, ever slower answers."""
    random = np.random.default_rng(seed)
    day = timedelta(days=1)
    buckets = []
    for number in range(days):
        requests = 0 if number in (12, 13) else int(900 + 300 * np.sin(number / 3))
        times = Durations()
        for ms in random.lognormal(2.1 + 0.02 * number, 0.8, min(requests, 400)):
            times.add(float(ms))
        model = {name: 0.6 * ms for name, ms in times.summary().items()} if hosted else {}
        buckets.append(
            HealthBucket(
                start=START + number * day,
                end=START + (number + 1) * day,
                requests=requests,
                rows=24 * requests,
                client_errors=int(requests * (0.3 if number == 30 else 0.004)),
                server_errors=int(requests * (0.08 if number == 21 else 0.002)),
                response_ms=times.summary(),
                model_ms=model,
            )
        )
    return Health(
        deployment_id=1, bucket="day", buckets=buckets, start=START, end=START + days * day
    )


def models(n: int = 9) -> list[dict[str, Any]]:
    """A leaderboard in no order; the better ones tend to be slower, one has not been scored."""
    random = np.random.default_rng(8)
    names = [
        "Gradient boosting", "Random forest", "Logistic regression, elastic net", "Ridge",
        "Gradient boosting on target-encoded categories, early stopping", "Nearest neighbours",
        "Naive Bayes", "Stack of the best five", "Majority class",
    ]  # fmt: skip
    skills = [0.9, 0.72, 0.5, 0.42, 0.95, 0.55, 0.3, 1.0, 0.05]
    made: list[dict[str, Any]] = []
    for place in range(n):
        skill = skills[place] if place < len(skills) else float(random.uniform(0, 1))
        made.append(
            {
                "name": names[place] if place < len(names) else f"Model {place}",
                "score": 0.62 + 0.17 * skill,
                "spread": 0.004 + 0.01 * float(random.random()),
                "holdout": 0.61 + 0.17 * skill + float(random.normal(0, 0.006)),
                "scoring_ms": float(2 * np.exp(4 * skill + random.normal(0, 0.9))),
            }
        )
    made.append({"name": "Support vectors", "score": None})
    return made


def heights(ax: Any) -> list[float]:
    """How high the bars of time are that were drawn in axes, series by series."""
    return [float(bar[:, 1].max()) for patch in ax.patches for bar in bars(patch)]


def bars(patch: Any) -> Any:
    """The corners of the bars of one series, and each one's first again: shape (n, 5, 2)."""
    return patch.get_path().vertices.reshape(-1, 5, 2)
