"""Serving: settings and lasting traffic of endpoints, reasons of promotions, readiness cards, consumers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from labwright.service.store import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("traffic", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("promotions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), nullable=False, server_default="promote"))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("operation", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("traffic", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "readiness",
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        *_owned(),
        sa.PrimaryKeyConstraint("operation"),
    )
    op.create_table(
        "consumers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("revoked", UtcDateTime(), nullable=True),
        *_owned(),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in ("readiness", "consumers"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_endpoint"), ["endpoint"], unique=False)
            batch_op.create_index(batch_op.f(f"ix_{table}_owner"), ["owner"], unique=False)


def _owned() -> list[sa.Column[Any]]:
    return [
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("namespace", sa.String(length=200), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("consumers")
    op.drop_table("readiness")
    with op.batch_alter_table("promotions", schema=None) as batch_op:
        for column in ("kind", "reason", "operation", "traffic"):
            batch_op.drop_column(column)
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        batch_op.drop_column("settings")
        batch_op.drop_column("traffic")
