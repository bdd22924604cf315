"""The addresses of leaderboards, of their models, and of the jobs that train them."""

from __future__ import annotations

from ..handlers import board_models, environments, leaderboards, training_jobs
from ..routing import (
    Operation,
    Route,
    choice_parameter,
    text_parameter,
    whole_parameter,
)
from .shared import FAR, PAGE

_MODEL = "/leaderboards/{leaderboard_id}/models/{number}"

ROUTES: tuple[Route, ...] = (
    Route(
        "/leaderboards",
        leaderboards.LeaderboardsHandler,
        {
            "GET": Operation(
                "List leaderboards",
                answer="LeaderboardPage",
                parameters={
                    "q": text_parameter("Words in name, target or description."),
                    "state": choice_parameter("LeaderboardState"),
                    "name": text_parameter("Whose models become packages of this name."),
                    "sort": text_parameter(
                        "created_at (default: -created_at), name, target; descending with -."
                    ),
                    **PAGE,
                    **FAR,
                },
            ),
            "POST": Operation(
                "Begin a leaderboard that is trained elsewhere, in a kernel",
                body="LeaderboardCreate",
                answer="LeaderboardPublic",
                status=201,
            ),
        },
    ),
    # --- jobs; before the ids, one of which "jobs" would be ---
    Route(
        "/leaderboards/jobs",
        training_jobs.JobsHandler,
        {
            "GET": Operation(
                "The training jobs of this server, the newest first",
                answer="[LeaderboardJobPublic]",
            ),
            "POST": Operation(
                "Train a leaderboard in a process of the server; GET tells how it stands",
                body="LeaderboardJobCreate",
                answer="LeaderboardJobPublic",
                status=202,
            ),
        },
    ),
    Route(
        "/leaderboards/jobs/{job}",
        training_jobs.JobHandler,
        {
            "GET": Operation("How a training job stands", answer="LeaderboardJobPublic"),
            "DELETE": Operation("End it at once; what it has made is kept", status=204),
        },
    ),
    Route(
        "/leaderboards/{leaderboard_id}",
        leaderboards.LeaderboardHandler,
        {
            "GET": Operation("Read a leaderboard with its models", answer="LeaderboardPublic"),
            "PATCH": Operation(
                "Say how its training stands or ended",
                body="LeaderboardUpdate",
                answer="LeaderboardPublic",
            ),
            "DELETE": Operation(
                "Delete it, once it has ended; packages made of its models stay", status=204
            ),
        },
    ),
    Route(
        "/leaderboards/{leaderboard_id}/stop",
        leaderboards.StopHandler,
        {
            "POST": Operation(
                "Ask its training to stop, keeping the models that are there",
                answer="LeaderboardPublic",
            )
        },
    ),
    Route(
        "/leaderboards/{leaderboard_id}/log",
        leaderboards.LogHandler,
        {
            "GET": Operation(
                "What the job that trains it has written, the last of it", answer="LeaderboardLog"
            )
        },
    ),
    Route(
        "/leaderboards/{leaderboard_id}/models",
        board_models.BoardModelsHandler,
        {
            "POST": Operation(
                "Add a candidate that its training finished, or that failed",
                body="BoardModelCreate",
                answer="BoardModelPublic",
                status=201,
            )
        },
    ),
    Route(
        _MODEL,
        board_models.BoardModelHandler,
        {"GET": Operation("Read a model of a leaderboard", answer="BoardModelPublic")},
    ),
    Route(
        f"{_MODEL}/unlock",
        board_models.UnlockHandler,
        {
            "POST": Operation(
                "Show what was measured on the holdout, for good", answer="BoardModelPublic"
            )
        },
    ),
    Route(
        f"{_MODEL}/files/{{path*}}",
        board_models.BoardModelFileHandler,
        {"GET": Operation("Download a file of a model", gives_bytes=True)},
    ),
    Route(
        f"{_MODEL}/package",
        board_models.BoardPackageHandler,
        {
            "POST": Operation(
                "Make a native package of a model; the same one when asked again (status 200)",
                body="BoardPackageCreate",
                answer="PackagePublic",
                status=201,
            )
        },
    ),
    Route(
        f"{_MODEL}/deployment",
        board_models.BoardDeploymentHandler,
        {
            "POST": Operation(
                "Deploy a model; its package and the deployment are made together, or neither is",
                body="BoardDeploymentCreate",
                answer="DeploymentPublic",
                status=201,
            )
        },
    ),
    Route(
        f"{_MODEL}/replacement",
        board_models.BoardReplacementHandler,
        {
            "POST": Operation(
                "Replace a deployment's champion by a model, or with dry_run only check",
                body="BoardReplacementCreate",
                answer="ReplacementPublic",
            )
        },
    ),
    Route(
        f"{_MODEL}/environment",
        environments.BoardModelEnvironmentHandler,
        {
            "GET": Operation(
                "The environment that a model asks for, with the log of its building",
                answer="EnvironmentPublic",
                parameters={
                    "kernelspec": text_parameter("Whose Python it has (default: the server's)."),
                    "log_offset": whole_parameter("The log from this byte on.", minimum=0),
                },
            )
        },
    ),
    Route(
        f"{_MODEL}/checks",
        environments.BoardModelChecksHandler,
        {
            "POST": Operation(
                "Check how a model could be deployed; nothing is loaded, built or made",
                body="DeploymentCheck",
                answer="[Check]",
            )
        },
    ),
)
