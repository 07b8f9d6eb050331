"""What Alembic runs: every step in one transaction, on the connection `upgrade` gives it."""

import sqlalchemy as sa
from alembic import context

from caseflow.store.tables import metadata

UPGRADE_LOCK = 0x63617365  # any number of our own: who upgrades holds it until the end of the transaction

connection: sa.Connection = context.config.attributes["connection"]
connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": UPGRADE_LOCK})
context.configure(connection=connection, target_metadata=metadata)
context.run_migrations()
