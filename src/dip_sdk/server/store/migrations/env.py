"""Runs migrations on the connection that `store.migrate` gives."""

from alembic import context

from dip_sdk.server.store import processes, rooms, spending, users
from dip_sdk.server.store.base import Base

assert processes and rooms and spending and users  # noqa: S101, PT018 - their import tells the metadata of their tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
