"""The addresses of leaderboards, of their models, and of the jobs that train them; see `routes`."""

from __future__ import annotations

from .handlers import board_models, leaderboards, training_jobs
from .routing import (
    Operation,
    Route,
    choice_parameter,
    text_parameter,
    whole_parameter,
    yes_or_no_parameter,
)

_MODEL = "/leaderboards/{leaderboard_id}/models/{number}"

LEADERBOARD_ROUTES: tuple[Route, ...] = (
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
                    "limit": whole_parameter(
                        "Items of a page.", minimum=1, maximum=1000, default=100
                    ),
                    "cursor": text_parameter("next_cursor of the page before."),
                    "offset": whole_parameter(
                        "Items to leave out from there.", minimum=0, default=0
                    ),
                    "total": yes_or_no_parameter("Whether to count the items of all pages."),
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
)
