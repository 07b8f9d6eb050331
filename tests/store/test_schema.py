"""The migrations arrive at exactly what tables.py says, and every row belongs to a scheme."""

from collections.abc import Callable

import sqlalchemy as sa

from caseflow.store.tables import metadata

ASKED_BY_ENDPOINT = {"feeds"}
"""How far each endpoint has heard of a case: always looked up by endpoint."""
WITHOUT_SCHEME = {"receipts", "tallies", "clock", "home", "marks"}

CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, collation_name
          FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "storage": """
        SELECT relname, array_to_string(reloptions, ' ') FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1""",
}


def catalogue(engine: sa.Engine) -> dict[str, list[tuple]]:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(query) if row[0] != "alembic_version"]
            for name, query in CATALOGUE.items()
        }


def test_the_migrations_arrive_at_the_tables(fresh_database: Callable[..., str]):
    migrated = sa.create_engine(fresh_database(), poolclass=sa.NullPool)
    made = sa.create_engine(fresh_database(migrated=False), poolclass=sa.NullPool)
    metadata.create_all(made)
    assert catalogue(migrated) == catalogue(made)


def test_every_table_and_every_foreign_key_carries_the_scheme():
    for table in metadata.tables.values():
        if table.name not in WITHOUT_SCHEME:
            assert "scheme_id" in table.primary_key.columns, table.name
        for key in table.foreign_key_constraints:
            assert "scheme_id" in key.column_keys, key.name


def test_the_rows_of_a_case_are_found_by_it():
    """None of a case's rows is looked for among everybody's: they are read with every page of it, and grow for ever."""
    for name in sorted(metadata.tables.keys() - ASKED_BY_ENDPOINT):
        table = metadata.tables[name]
        if any({one.column.table.name for one in key.elements} == {"streams"} for key in table.foreign_key_constraints):
            whole = [one for one in table.indexes if one.dialect_options["postgresql"]["where"] is None]
            keys = [one for one in table.constraints if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
            leading = [[column.name for column in one.columns][:2] for one in (*whole, *keys)]
            assert ["scheme_id", "stream_id"] in leading, table.name


def test_the_fresh_clock_is_live(fresh_database: Callable[..., str]):
    engine = sa.create_engine(fresh_database(), poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT virtual FROM clock").scalars().all() == [False]
