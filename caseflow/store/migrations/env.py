"""What Alembic runs: each step in a transaction of its own, on the connection that `upgrade` gives it and has locked.

A step waits a few seconds for a table and no longer: while it waits, everybody else queues behind it. It fails then,
leaves nothing half done, and the upgrade is started again.
"""

import sqlalchemy as sa
from alembic import context

from caseflow.store.tables import metadata

connection: sa.Connection = context.config.attributes["connection"]
connection.execute(sa.text("SET lock_timeout = '5s'"))
connection.commit()
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
