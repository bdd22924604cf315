"""Prediction keys as an identity: ``Authorization: Bearer jrk_…`` opens one deployment's rows.

Jupyter's own identity provider and authorizer decide everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.identity import IdentityProvider, User

from ..domain.errors import DeploymentNotFound, NotAuthenticated

if TYPE_CHECKING:
    from .handlers.base import RegistryHandler

#: How a prediction key begins; see `registry.keys`.
_PREFIX = "jrk_"


def key_in(header: str | None) -> str | None:
    """The prediction key of an ``Authorization`` header, if it has one."""
    if not header:
        return None
    scheme, _, secret = header.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() in ("bearer", "token") and secret.startswith(_PREFIX):
        return secret
    return None


class KeyIdentity(IdentityProvider):
    """Says who a request with a prediction key comes from."""

    async def get_user(self, handler: Any) -> User:  # type: ignore[override]
        """A user that stands for the key; raises `NotAuthenticated` when it opens nothing."""
        services = await handler.services()
        opens = await handler.opening.keys.deployment_of(services, handler.prediction_key)
        if opens is None:
            raise NotAuthenticated(
                "This prediction key opens nothing: it is unknown or revoked.",
                advice="Make a new key for the deployment.",
            )
        handler.key_opens = opens
        # no cookie is involved, so neither origin nor XSRF cookie is asked for
        handler._token_authenticated = True
        return User(username=f"key-of-deployment-{opens}")


class KeyAuthorizer:
    """Lets a key into the rows of its own deployment, and nowhere else."""

    async def is_authorized(
        self, handler: RegistryHandler, user: User, action: str, resource: str
    ) -> bool:
        """Whether the deployment in the address is the key's."""
        reference = handler.path_kwargs.get("deployment")
        if not handler.open_to_keys or reference is None:
            return False
        services = await handler.services()
        try:
            champion = await services.champions.get(services, reference)
        except DeploymentNotFound:
            return False  # a key's holder is not told which deployments exist
        return champion.deployment_id == handler.key_opens
