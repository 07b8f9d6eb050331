"""How a database is known that the demo made: invented people in an invented time. Nothing else is ever shown with open doors."""

from caseflow.engine.ports import Store
from caseflow.store.postgres import PostgresStore

MARK = "demo"


def made_by_demo(store: Store) -> bool:
    """Virtual, and marked when it was made. No setting can make a live database one."""
    return isinstance(store, PostgresStore) and store.virtual and store.mark_age(MARK) is not None
