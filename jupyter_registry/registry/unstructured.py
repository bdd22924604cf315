"""Whole requests, passed through to an unstructured model; nothing of them is recorded."""

from __future__ import annotations

import time

from ..domain.errors import WrongTargetType
from ..domain.unstructured import Body
from .champions import Champion
from .predict import check_hosted
from .services import Services


async def answer(services: Services, champion: Champion, body: Body) -> tuple[Body, float]:
    """What the model answers, and the milliseconds that it took.

    Raises
    ------
    DeploymentInactive, PredictsElsewhere
        when the deployment does not predict.
    WrongTargetType
        when its model scores rows.
    InvalidInput, ModelRejectedInput, ModelFailed, WorkerUnavailable, PredictionTimeout
        as `serving.pool.WorkerPool.answer`.

    """
    champion.check_active()
    if champion.target.type.has_rows:
        raise WrongTargetType(
            f"The model of {champion.label!r} scores rows: its target is "
            f"{champion.target.type.with_article} one.",
            advice=f"Send rows to deployments/{champion.deployment_id}/predictions, or with "
            "Deployment.predict().",
            fields={"deployment": champion.label, "target_type": champion.target.type.value},
        )
    check_hosted(champion)
    spec = await services.champions.spec_of(services, champion)
    assert spec is not None
    began = time.perf_counter()
    answered = await services.pool.answer(spec, body, champion.predict_seconds)
    return answered, 1000 * (time.perf_counter() - began)
