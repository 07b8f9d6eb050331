"""Upgrading a database that works: migrations only add, and an older program knows whether a newer database is for it."""

import ast
import re
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from caseflow.store import migrations
from caseflow.store.migrations import BehindHead, check_head, compatible_from, head, upgrade
from caseflow.store.postgres import PostgresStore

VERSIONS = Path(migrations.__file__).parent / "versions"
FILES = sorted(VERSIONS.glob("v*.py"))
BUSY = {"streams", "events", "timers", "notices", "attempts", "inbox", "tasks"}
"""Tables with rows by the million, which everybody writes."""
WHILE_SMALL = {"0006"}
"""Migrations that made an index on a busy table in the plain way, before anybody had a database of that size."""
WIDER = {"0016": "0014"}
"""Migrations that put a check's place to one that takes more words, and where the narrower one was made."""
TAKES_AWAY = re.compile(r"^(drop_\w+|rename_table|bulk_insert)$")


def faults(source: str) -> list[str]:
    """What in this migration an older program could not live with, or a busy database not wait for."""
    tree = ast.parse(source)
    revision = re.search(r'^revision = "(\d{4})"$', source, re.MULTILINE)[1]
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"]
    if f'compatible_from = "{revision}"' in source:
        return []  # it says itself that older programs may not work on it
    made = {node.args[0].value for node in calls(function, "create_table")}
    found = []
    for node in calls(function):
        name, said = node.func.attr, {word.arg: word.value for word in node.keywords}
        table = next((a.value for a in node.args[name == "create_index" :][:1] if isinstance(a, ast.Constant)), "")
        words = f"line {node.lineno}: {name} on {table}"
        if revision in WIDER and name in {"drop_constraint", "create_check_constraint"}:
            continue  # the test below reads them
        if TAKES_AWAY.match(name):
            found.append(f"{words} takes away")
        elif name == "alter_column" and {"nullable", "type_", "new_column_name"} & set(said):
            found.append(f"{words} makes compulsory, retypes or renames")
        elif name == "add_column" and table not in made:
            column = {word.arg: ast.unparse(word.value) for word in node.args[1].keywords}
            if column.get("nullable") != "True" and "server_default" not in column:
                found.append(f"{words}: compulsory without a default")
        elif (
            name in {"create_check_constraint", "create_unique_constraint", "create_foreign_key"} and table not in made
        ):
            found.append(f"{words} refuses what older programs may write")
        elif name == "create_index" and table in BUSY - made and revision not in WHILE_SMALL | {"0001"}:
            if "postgresql_concurrently" not in said or "autocommit_block" not in source:
                found.append(f"{words} is not made concurrently, in an autocommit_block")
        elif name == "execute" and re.search(
            r"\b(DROP|RENAME|SET NOT NULL|ALTER COLUMN)\b", ast.unparse(node), re.IGNORECASE
        ):
            found.append(f"{words} takes away")
    return found


def calls(function: ast.FunctionDef, name: str = "") -> list[ast.Call]:
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "op"
        and (not name or node.func.attr == name)
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_migration_only_adds_or_says_that_older_programs_must_go(file):
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("revision", WIDER)
def test_a_check_that_is_made_anew_takes_every_word_it_took_before(revision):
    now, before = (
        next(path for path in FILES if path.stem.startswith(f"v{one}")).read_text(encoding="utf-8")
        for one in (revision, WIDER[revision])
    )
    (function,) = [node for node in ast.parse(now).body if isinstance(node, ast.FunctionDef)]
    changed = [call.func.attr for call in calls(function) if "constraint" in call.func.attr]
    assert sorted(changed) == ["create_check_constraint", "drop_constraint"]
    lists = [re.search(r"IN \(([^)]+)\)", source)[1] for source in (before, now)]
    assert set(lists[0].split(", ")) < set(lists[1].split(", "))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('op.drop_column("notices", "lost")', "takes away"),
        ('op.alter_column("notices", "lost", nullable=False)', "makes compulsory"),
        ('op.alter_column("notices", "lost", new_column_name="x")', "renames"),
        ('op.add_column("notices", sa.Column("x", sa.Text(), nullable=False))', "without a default"),
        ('op.create_index("x", "notices", ["key"])', "not made concurrently"),
        ('op.create_check_constraint("x", "notices", "lost > 0")', "refuses"),
        ('op.execute("ALTER TABLE notices DROP COLUMN lost")', "takes away"),
    ],
)
def test_the_rule_notices(line, fault):
    (found,) = faults(f'revision = "9001"\ndef upgrade():\n    {line}\n')
    assert fault in found


def test_revisions_are_numbers_in_one_line():
    numbers = [script.revision for script in ScriptDirectory.from_config(migrations._config()).walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers == migrations.revisions()[::-1], "a file is named after its revision"
    assert all(re.fullmatch(r"\d{4}", number) for number in numbers)
    assert compatible_from() <= head()


# ── a newer program, and this one on its database ───────────────────────────────────────────────
NEWER = '''
"""A column more, and an index made beside the work."""
import sqlalchemy as sa
from alembic import op
revision = "9001"
down_revision = {head!r}
{more}
def upgrade():
    op.add_column("streams", sa.Column("mood", sa.Text(), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index("streams_mood", "streams", ["mood"], postgresql_concurrently=True)
'''


@pytest.fixture
def newer_program(monkeypatch, tmp_path):
    """A function that makes this program a newer one, with one migration more, until told to be itself again."""

    def become(more: str = "") -> None:
        (tmp_path / "v9001.py").write_text(NEWER.format(head=head(), more=more), encoding="utf-8")
        monkeypatch.setattr(migrations, "FOLDERS", [VERSIONS, tmp_path])

    def itself() -> None:
        monkeypatch.setattr(migrations, "FOLDERS", [VERSIONS])

    become.itself = itself
    return become


def test_a_program_works_on_a_newer_database_that_is_good_to_it(fresh_database, newer_program):
    url = fresh_database()
    running = PostgresStore(url)  # an old worker at work while the database is upgraded
    newer_program()
    upgrade(url)
    newer_program.itself()
    with running.begin() as unit:
        assert unit.claim("react", 10) == []
    running.close()
    PostgresStore(url).close()  # and one that starts afterwards
    upgrade(url)  # an old `caseflow db upgrade` does no harm
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    assert migrations.current(engine) == "9001"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        ready = connection.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'streams_mood'::regclass")
        assert ready.fetchone() == (True,)


def test_a_program_refuses_a_newer_database_that_is_not_for_it(fresh_database, newer_program):
    url = fresh_database()
    newer_program('compatible_from = "9001"')
    upgrade(url)
    newer_program.itself()
    words = f"at 9001, newer than this program \\({head()}\\), and only programs from 9001 on may work on it"
    with pytest.raises(BehindHead, match=words):
        PostgresStore(url)
    with pytest.raises(BehindHead, match=words):
        upgrade(url)


def test_a_newer_program_refuses_the_database_until_it_is_upgraded(fresh_database, newer_program):
    url = fresh_database()
    newer_program()
    with pytest.raises(BehindHead, match=r"at \d{4}, this program needs 9001: run `caseflow db upgrade`"):
        check_head(sa.create_engine(url, poolclass=sa.NullPool))
    upgrade(url)
    check_head(sa.create_engine(url, poolclass=sa.NullPool))


def test_a_step_that_cannot_have_its_table_gives_up_soon_and_leaves_nothing_half_done(fresh_database, newer_program):
    url = fresh_database()
    newer_program()
    with psycopg.connect(url.replace("+psycopg", "")) as busy:
        busy.execute("SELECT count(*) FROM streams")  # a report that forgot to end
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            upgrade(url)
    check = sa.create_engine(url, poolclass=sa.NullPool)
    assert migrations.current(check) != "9001"
    upgrade(url)
    assert migrations.current(check) == "9001"


# ── behind a pooler of transactions ─────────────────────────────────────────────────────────────
def test_behind_a_pooler_nothing_is_prepared_and_the_time_outs_come_with_each_transaction(fresh_database):
    url = fresh_database()
    store = PostgresStore(f"{url}?pooler=transaction")
    with store.engine.connect() as connection:
        for _ in range(12):
            connection.exec_driver_sql("SELECT 1")
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one() == 0
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "15s"
        assert connection.exec_driver_sql("SHOW TimeZone").scalar_one() == "UTC"
        connection.rollback()
        raw = connection.connection.dbapi_connection
        raw.autocommit = True
        assert raw.execute("SHOW statement_timeout").fetchone() == ("0",)  # nothing stays in a session that is shared
    store.close()


def test_an_upgrade_refuses_to_go_through_a_pooler(fresh_database):
    with pytest.raises(ValueError, match="the database's own address"):
        upgrade(f"{fresh_database()}?pooler=transaction")
