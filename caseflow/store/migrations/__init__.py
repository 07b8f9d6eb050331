"""The database's history, run from inside the package: no alembic.ini, so an installed wheel can do it, too."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from caseflow.store.session import DRIVER, psycopg_url


class BehindHead(Exception):
    """The database and this program are not of the same age."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def head() -> str:
    """The revision this program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise BehindHead("This program came without its migrations: install it again.")
    return found


def current(engine: sa.Engine) -> str | None:
    """The revision the database is at; None when it has never been upgraded."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_head(engine: sa.Engine) -> None:
    """Raises BehindHead unless the database is at exactly the revision this program needs."""
    found, needed = current(engine), head()
    if found != needed:
        raise BehindHead(
            f"The database is at {found or 'nothing (it is empty)'}, this program needs {needed}: run `caseflow db upgrade`."
        )


def upgrade(url: str) -> None:
    """Bring the database to head; nothing happens when it is there. Two at once: the second waits for the first."""
    engine = sa.create_engine(
        psycopg_url(url), poolclass=sa.NullPool, connect_args={"application_name": "caseflow upgrade"}
    )
    if engine.dialect.driver != DRIVER:
        raise ValueError(f"The database must be PostgreSQL with {DRIVER}, not {engine.dialect.driver}.")
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
