"""The connection to PostgreSQL: bounds on everything that can hang, and its errors in the engine's words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc

from caseflow.engine.ports import Conflict, Unavailable

DRIVER = "psycopg"
UNIQUE_VIOLATION = "23505"
WORDS = {
    "53100": (
        "The database's disk is full, and what was under way has been undone. Make room on its server "
        "(`df` there says where); work goes on by itself then. The database says: {}"
    ),
    "25006": (
        "The database takes no writes, and what was under way has been undone. Is it a standby that shall take over, or "
        "was it set read-only (`SHOW default_transaction_read_only`)? Work goes on by itself when it takes writes. "
        "The database says: {}"
    ),
}
"""By SQLSTATE: a database that is there and cannot be written to, and what to do."""
DATA_EXCEPTION = "22"
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|: .*", re.DOTALL)
"""What stands in the words of a data exception and may be a value."""

SESSION = {
    "TimeZone": "UTC",
    # A frozen worker holds its cases no longer than this; when it wakes, its commit fails, which is the fencing.
    "idle_in_transaction_session_timeout": "30s",
    "statement_timeout": "15s",
    "lock_timeout": "2s",
    "client_connection_check_interval": "5s",
    # Every statement of the hot path fits one plan; planning it anew for each batch of arrays gains nothing.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
KEEPALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


def psycopg_url(url: str) -> str:
    """Bare ``postgres://`` and ``postgresql://`` addresses with the driver named."""
    scheme, mark, rest = url.partition("://")
    return f"postgresql+{DRIVER}{mark}{rest}" if scheme in {"postgres", "postgresql"} else url


class Address:
    """A database's address, and whether a pooler of transactions stands before it (``?pooler=transaction``)."""

    def __init__(self, given: str) -> None:
        url = sa.make_url(psycopg_url(given))
        self.pooled = url.query.get("pooler") == "transaction"
        self.url = url.difference_update_query(["pooler"])


def make_engine(url: str, *, pool_size: int = 4, application_name: str = "caseflow") -> sa.Engine:
    """An engine with time-outs on statements, locks and idle transactions, and a small pool.

    Behind a pooler of transactions (PgBouncer) a session belongs to nobody: nothing is prepared in it, and the
    settings come with each transaction.
    """
    address = Address(url)
    connect: dict[str, Any] = {"application_name": application_name, "connect_timeout": 5, **KEEPALIVE}
    if address.pooled:
        connect["prepare_threshold"] = None
    else:
        connect["options"] = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    engine = sa.create_engine(
        address.url,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        # Errors are logged, and a statement's values are people's details.
        hide_parameters=True,
        connect_args=connect,
    )
    if address.pooled:
        settings = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in SESSION.items())
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"SELECT {settings}"))
    return engine


@sa.event.listens_for(sa.Engine, "handle_error")
def _scrub(context: sa.engine.ExceptionContext) -> None:
    """Let no error carry a row's values: neither its words, nor those of the driver's error below it.

    For every engine of this process, because those who listen to all are heard before those who listen to one: a trace's
    span writes down what went wrong with its statement, in the driver's words.
    """
    if isinstance(context.original_exception, psycopg.Error):
        before = str(context.original_exception)
        without_values(context.original_exception)
        if (outer := context.sqlalchemy_exception) is not None:
            outer.args = tuple(
                one.replace(before, str(context.original_exception)) if isinstance(one, str) else one
                for one in outer.args
            )


def without_values(wrong: psycopg.Error) -> None:
    """Take the values out of an error's words. PostgreSQL repeats the row in DETAIL and CONTEXT, a bad value in quotes."""
    said = wrong.diag.message_primary
    if said is None:  # the driver's own words, and those of a connection that never stood
        return
    if (wrong.sqlstate or "").startswith(DATA_EXCEPTION):
        said = QUOTED.sub("[withheld]", said)
    wrong.args = (said,)


@contextmanager
def translated() -> Iterator[None]:
    """Raise Conflict for a duplicate key; Unavailable for a lost connection, a lock, a time-out, a full disk, no writes."""
    try:
        yield
    except exc.IntegrityError as wrong:
        if getattr(wrong.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise Conflict(f"Somebody else wrote first: {_constraint(wrong)}.") from wrong
        raise
    except (exc.OperationalError, exc.TimeoutError) as wrong:
        raise Unavailable(_away(wrong)) from wrong
    except exc.DBAPIError as wrong:
        if getattr(wrong.orig, "sqlstate", None) in WORDS:
            raise Unavailable(_away(wrong)) from wrong
        if wrong.connection_invalidated:
            raise Unavailable(f"The connection to the database was lost: {_first_line(wrong)}") from wrong
        raise


def _away(wrong: Exception) -> str:
    words = WORDS.get(getattr(getattr(wrong, "orig", None), "sqlstate", None) or "", "The database did not answer: {}")
    return words.format(_first_line(wrong))


def _constraint(wrong: exc.IntegrityError) -> str:
    diagnosis = getattr(wrong.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or "a duplicate key"


def _first_line(wrong: Exception) -> str:
    return str(getattr(wrong, "orig", None) or wrong).partition("\n")[0]
