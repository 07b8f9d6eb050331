"""Work set aside with its reason: visible, and tried again only when a person releases it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from caseflow.engine.ports import Change, Parking
from caseflow.store.arrays import Rows
from caseflow.store.flow import Writes

_rows = Rows(scheme="text", stream="text", what="text", reason="text", at="timestamptz")
INSERT = sa.text(f"""
    INSERT INTO parked (scheme_id, stream_id, what, reason, at) SELECT scheme, stream, what, reason, at FROM {_rows.source}
        ON CONFLICT (scheme_id, stream_id, what) WHERE released_at IS NULL DO UPDATE SET reason = excluded.reason
    """)

_streams = Rows(scheme="text", stream="text")
TAKE_OUT = sa.text(f"""
    UPDATE streams s SET parked = true FROM {_streams.source}
     WHERE s.scheme_id = d.scheme AND s.id = d.stream""")
TAKE_OUT_COMMANDS = sa.text(f"""
    UPDATE inbox i SET state = 'parked' FROM {_streams.source}
     WHERE i.scheme_id = d.scheme AND i.command_id = d.stream AND i.state = 'waiting'""")

ASIDE = sa.text(f"""
    SELECT p.scheme_id, p.stream_id, p.what FROM parked p
      JOIN {_streams.source} ON p.scheme_id = d.scheme AND p.stream_id = d.stream
     WHERE p.released_at IS NULL AND starts_with(p.what, 'expectation:')""")

RELEASE = sa.text("""
    UPDATE parked SET released_at = :now
     WHERE scheme_id = :scheme AND stream_id = :stream AND what = ANY(CAST(:what AS text[])) AND released_at IS NULL
    RETURNING what""")
PUT_BACK = sa.text("""
    UPDATE streams SET parked = parked AND NOT :whole, failures = 0, retry_at = NULL
     WHERE scheme_id = :scheme AND id = :stream""")
PUT_BACK_COMMANDS = sa.text("""
    UPDATE inbox SET state = 'waiting'
     WHERE scheme_id = :scheme AND command_id = ANY(CAST(:ids AS text[])) AND state = 'parked'""")

EXPECTATION = "expectation:"
COMMAND = "command:"


def park(writes: Writes, parkings: Sequence[Parking]) -> None:
    """Keep each piece of work with its reason; "stream" leaves both lanes, "command:<id>" the inbox."""
    once = {(one.scheme, one.stream, one.what): one for one in parkings}
    if not once:
        return
    writes.execute(INSERT, _rows.bind([(*key, one.reason, one.at) for key, one in once.items()]))
    whole = [(scheme, stream) for scheme, stream, what in once if what == "stream"]
    if whole:
        writes.execute(TAKE_OUT, _streams.bind(whole))
    commands = [(scheme, what.removeprefix(COMMAND)) for scheme, _, what in once if what.startswith(COMMAND)]
    if commands:
        writes.execute(TAKE_OUT_COMMANDS, _streams.bind(commands))


def expectations(
    connection: sa.Connection, streams: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The parked expectations of these (scheme, stream) pairs, by their ids."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for scheme, stream, what in connection.execute(ASIDE, _streams.bind(streams)):
        found[scheme, stream] = (*found.get((scheme, stream), ()), what.removeprefix(EXPECTATION))
    return found


def release(connection: sa.Connection, scheme: str, stream: str, what: Sequence[str], now: datetime) -> int:
    """Put parked work back, as a person asked; returns how much there was."""
    found = list(
        connection.execute(RELEASE, {"scheme": scheme, "stream": stream, "what": list(what), "now": now}).scalars()
    )
    if found:
        connection.execute(PUT_BACK, {"scheme": scheme, "stream": stream, "whole": "stream" in found})
        commands = [one.removeprefix(COMMAND) for one in found if one.startswith(COMMAND)]
        connection.execute(PUT_BACK_COMMANDS, {"scheme": scheme, "ids": commands})
    return len(found)


def of(changes: Sequence[Change]) -> list[Parking]:
    """What these changes set aside, each with its scheme."""
    return [replace(one, scheme=one.scheme or change.stream.scheme) for change in changes for one in change.parked]
