"""Run by alembic: the connection comes from `knee_intake.records.migrate`, there is no alembic.ini."""

from alembic import context

from knee_intake.records.migrate import is_ours, render_type
from knee_intake.records.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite too: database.py says BEGIN itself, so a broken migration leaves nothing behind
    render_item=render_type,
    include_object=is_ours,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
