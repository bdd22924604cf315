"""How a deployment does in three respects, said alike by lists, cards and panels.

Service health is judged by the requests of the last `HEALTH_DAYS` days, those to a replaced
package too (`health.Requests.judged`); accuracy and drift by all predictions of the champion, for
what came before it says nothing of it (`accuracy_status.judged`, `psi.verdict`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .kinds import Status

#: Days of requests that service health is judged by: what is long past is no state.
HEALTH_DAYS = 7
#: Days of which a list says how many predictions were made, today among them.
USAGE_DAYS = 7


def service_since(now: datetime) -> datetime:
    """From when on requests count."""
    return now - timedelta(days=HEALTH_DAYS)


def service(status: Status, reason: str) -> tuple[Status, str]:
    """What the health of that time says of now."""
    return status, f"In the last {HEALTH_DAYS} days: {reason[:1].lower()}{reason[1:]}"
