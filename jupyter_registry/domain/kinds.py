"""The closed vocabularies: kinds, states, reasons."""

from __future__ import annotations

from enum import StrEnum


class PackageKind(StrEnum):
    """Where a model was built and who computes its predictions."""

    NATIVE = "native"
    CUSTOM = "custom"
    EXTERNAL = "external"

    @property
    def is_hosted(self) -> bool:
        """Whether this system computes the predictions."""
        return self is not PackageKind.EXTERNAL


class TargetType(StrEnum):
    """What a model predicts."""

    REGRESSION = "regression"
    BINARY = "binary"
    MULTICLASS = "multiclass"
    ANOMALY = "anomaly"
    """A score for each row, the higher the more anomalous; what happened is yes or no."""
    UNSTRUCTURED = "unstructured"
    """Whatever the model makes of a request's body: no rows, no columns, nothing to compare."""

    @property
    def is_classification(self) -> bool:
        """Whether predictions are classes."""
        return self in (TargetType.BINARY, TargetType.MULTICLASS)

    @property
    def is_numeric(self) -> bool:
        """Whether a prediction is one number for each row."""
        return self in (TargetType.REGRESSION, TargetType.ANOMALY)

    @property
    def is_ranked(self) -> bool:
        """Whether a score ranks rows of two outcomes, so that ROC and lift can be told."""
        return self in (TargetType.BINARY, TargetType.ANOMALY)

    @property
    def is_learned(self) -> bool:
        """Whether automated training makes models of it: it needs outcomes to learn from."""
        return self.is_classification or self is TargetType.REGRESSION

    @property
    def with_article(self) -> str:
        """The type in a sentence: "a binary", "an anomaly"."""
        return f"an {self}" if self[0] in "aeiou" else f"a {self}"

    @property
    def has_rows(self) -> bool:
        """Whether predictions are of rows with columns, and so can be recorded and compared."""
        return self is not TargetType.UNSTRUCTURED


#: What automated training makes models of.
LEARNED = tuple(kind for kind in TargetType if kind.is_learned)


class DeploymentState(StrEnum):
    """Whether a deployment takes predictions."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ARCHIVED = "archived"


class ModelEnvironment(StrEnum):
    """Whose libraries a model runs with."""

    KERNELSPEC = "kernelspec"
    """Those of a kernelspec's interpreter."""
    PACKAGE = "package"
    """Those that its package says it needs, in an environment built of them."""


class BuildState(StrEnum):
    """How the environment of a package stands."""

    ABSENT = "absent"
    """It is built when a deployment needs it."""
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class Importance(StrEnum):
    """How much depends on a deployment."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class ReplacementReason(StrEnum):
    """Why a champion was replaced."""

    ACCURACY = "accuracy"
    DATA_DRIFT = "data_drift"
    ERRORS = "errors"
    SCHEDULED_REFRESH = "scheduled_refresh"
    SCORING_SPEED = "scoring_speed"
    OTHER = "other"


class CheckStatus(StrEnum):
    """The outcome of one validation check."""

    PASSING = "passing"
    WARNING = "warning"
    FAILING = "failing"


class PicklePolicy(StrEnum):
    """What becomes of a model whose pickles would run code outside known libraries."""

    BLOCK = "block"
    """It is neither registered nor loaded."""
    WARN = "warn"
    """What was found is said."""
    ALLOW = "allow"
    """Nothing is looked into."""


class InspectionState(StrEnum):
    """How an inspection of a model stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class InspectionStage(StrEnum):
    """What an inspection is at."""

    WAITING = "waiting"
    """For its turn."""
    COPYING = "copying"
    """The files, for the worker to read."""
    SCANNING = "scanning"
    """The files, for what would run code."""
    STARTING = "starting"
    """The worker's interpreter."""
    LOADING = "loading"
    """The model."""
    READING = "reading"
    """The data."""
    SCORING = "scoring"
    """The holdout."""
    MEASURING = "measuring"
    """How much each feature matters."""


class Status(StrEnum):
    """How a deployment does in one respect."""

    PASSING = "passing"
    WARNING = "warning"
    FAILING = "failing"
    UNKNOWN = "unknown"


class LeaderboardState(StrEnum):
    """How the automated training of a leaderboard stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """Before its time, by a person; the models that were there are kept."""
    FAILED = "failed"


class BoardModelState(StrEnum):
    """What became of one candidate of a leaderboard."""

    DONE = "done"
    FAILED = "failed"


class JobState(StrEnum):
    """How a training job of the server stands."""

    STARTING = "starting"
    """The interpreter, and reading and checking the data; there is no leaderboard yet."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Bucket(StrEnum):
    """The width of one point of a series over time; all are UTC, weeks start on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
