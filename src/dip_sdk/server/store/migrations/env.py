"""Runs migrations on the connection that `store.migrate` gives."""

from alembic import context

from dip_sdk.server.store import users
from dip_sdk.server.store.base import Base

assert users  # noqa: S101 - its import tells the metadata of its tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
