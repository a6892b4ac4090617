"""What Alembic runs for every service: the revisions, on the one transaction that ``migrate`` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
