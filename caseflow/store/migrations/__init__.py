"""The database's history, run from inside the package: no alembic.ini, so an installed wheel can do it, too.

A migration only adds (the expand half of expand and contract), so that programs from before it go on working: nothing
is dropped, renamed, retyped or made compulsory. One that must do so says ``compatible_from = revision``. The oldest
program that may work on a database is written into the database itself, as a comment on Alembic's table.

Alembic takes 9 MB, and only who upgrades needs it: a worker that asks whether it may work here reads file names and a row.
"""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from caseflow.store.session import DRIVER, Address

if TYPE_CHECKING:  # see above
    from alembic.config import Config

UPGRADE_LOCK = 0x63617365  # any number of our own: who upgrades holds it
PATIENCE = 120.0
"""Seconds to wait for somebody else's upgrade."""
FOLDERS = [Path(__file__).parent / "versions"]
"""Where the steps are, one a file: ``v`` and the revision's four digits, then its name."""
WORDS = "Programs of caseflow from {} on may work on this database."


class BehindHead(Exception):
    """The database and this program do not go together."""


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - only for who upgrades

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for folder in FOLDERS).replace("%", "%%"))
    return config


def revisions() -> list[str]:
    """Every revision this program knows, the oldest first, as the names of their files have it."""
    names = [path.name for folder in FOLDERS for path in folder.glob("v[0-9][0-9][0-9][0-9]*.py")]
    return sorted(name[1:5] for name in names)


def head() -> str:
    """The revision this program needs."""
    found = revisions()
    if not found:
        raise BehindHead("This program came without its migrations: install it again.")
    return found[-1]


def compatible_from() -> str:
    """The oldest revision whose program may work on a database at our head."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only for who upgrades

    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return max(str(getattr(script.module, "compatible_from", "0001")) for script in scripts)


def current(engine: sa.Engine) -> str | None:
    """The revision the database is at; None when it has never been upgraded."""
    with engine.connect() as connection:
        return _at(connection)


def check_head(engine: sa.Engine) -> None:
    """Raises BehindHead unless this program may work on the database: at its head, or newer and good to older programs."""
    with engine.connect() as connection:
        found, needed = _at(connection), head()
        if found == needed:
            return
        if found is None or found in revisions():
            raise BehindHead(
                f"The database is at {found or 'nothing (it is empty)'}, this program needs {needed}: "
                "run `caseflow db upgrade`."
            )
        oldest = _oldest(connection)
    if oldest is None or oldest > needed:
        raise BehindHead(
            f"The database is at {found}, newer than this program ({needed}), and only programs from "
            f"{oldest or found} on may work on it: install the version of caseflow that upgraded it."
        )


def upgrade(url: str) -> None:
    """Bring the database to head; nothing happens when it is there, or beyond and good to this program.

    Two at once: the second waits for the first. Raises BehindHead for a newer database that is not for this program.
    """
    from alembic import command  # noqa: PLC0415 - only for who upgrades

    address = Address(url)
    if address.pooled:
        raise ValueError(
            "An upgrade holds a lock for its whole session, which a transaction pooler cannot give: "
            "set CASEFLOW_DATABASE_URL to the database's own address for `caseflow db upgrade`."
        )
    engine = sa.create_engine(address.url, poolclass=sa.NullPool, connect_args={"application_name": "caseflow upgrade"})
    if engine.dialect.driver != DRIVER:
        raise ValueError(f"The database must be PostgreSQL with {DRIVER}, not {engine.dialect.driver}.")
    with engine.connect() as connection:
        _lock(connection)
        found = _at(connection)
        connection.rollback()
        if found is not None and found not in revisions():
            check_head(engine)
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{WORDS.format(compatible_from())}'")
        connection.commit()


def _lock(connection: sa.Connection) -> None:
    """The session's lock. Asked for again and again: who waits inside a statement would hold up CONCURRENTLY."""
    end = time.monotonic() + PATIENCE
    while not connection.execute(
        sa.text("SELECT pg_try_advisory_lock(:number)"), {"number": UPGRADE_LOCK}
    ).scalar_one():
        connection.rollback()
        if time.monotonic() > end:
            raise BehindHead("Somebody else has been upgrading this database for two minutes: look at their log.")
        time.sleep(0.2)
    connection.rollback()


def _at(connection: sa.Connection) -> str | None:
    """What stands in Alembic's own table."""
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar_one() is None:
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    return found


def _oldest(connection: sa.Connection) -> str | None:
    """What the database's upgrader wrote into it; None when it wrote nothing that we understand."""
    text = connection.exec_driver_sql("SELECT obj_description('alembic_version'::regclass)").scalar_one() or ""
    found = re.fullmatch(re.escape(WORDS).replace(r"\{\}", r"(\d{4})"), text)
    return found[1] if found else None
