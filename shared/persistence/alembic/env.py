"""What Alembic runs for every service: the revisions, on the one transaction that ``migrate`` opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    transactional_ddl=False,
    user_module_prefix="",
)
context.run_migrations()
