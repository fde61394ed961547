"""What Alembic runs: the steps, on the connection and in the transaction it is handed."""

from alembic import context

from matcher.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
