"""Kernelspecs of periods: whose interpreter a deployment's package ran in, for rolling back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployment_period", sa.Column("kernelspec", sa.String(200), nullable=True))
    # until now it was the deployment's for good, of every package that ran here
    op.execute(
        "UPDATE deployment_period SET kernelspec = (SELECT deployment.kernelspec FROM deployment "
        "WHERE deployment.id = deployment_period.deployment_id) WHERE package_id IN "
        "(SELECT id FROM model_package WHERE kind <> 'external')"
    )


def downgrade() -> None:
    op.drop_column("deployment_period", "kernelspec")
