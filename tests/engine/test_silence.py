"""What counts as silence."""

from datetime import UTC, datetime, timedelta

import pytest

from caseflow.engine.readings import Health
from caseflow.engine.silence import AUDIT, AUDIT_EVERY, AUDIT_TRIED, audit_due, silences

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
THEN = datetime(2022, 1, 10, 10, tzinfo=UTC)
LONG_AGO = THEN - timedelta(minutes=10)


def health(*, beat=NOW, react=None, fire=None, deliver=None):
    return Health(THEN, True, 0, react, 0, fire, 0, 0, deliver, 0, 0, beat)


@pytest.mark.parametrize(
    ("seen", "audited", "told"),
    [
        (health(), timedelta(minutes=59), []),
        (health(beat=NOW - timedelta(seconds=59)), timedelta(0), []),
        (health(beat=NOW - timedelta(seconds=61)), timedelta(0), ["beat has been silent for 61 s"]),
        (health(beat=None), timedelta(0), ["beat has never been heard"]),
        (health(react=LONG_AGO), timedelta(0), ["react lags by 10 min"]),
        (health(fire=LONG_AGO, deliver=LONG_AGO), timedelta(0), ["fire lags by 10 min", "deliver lags by 10 min"]),
        (health(react=THEN - timedelta(minutes=4)), timedelta(0), []),
        (health(), timedelta(hours=3), ["the audit last ran 3 h ago"]),
    ],
)
def test_silence(seen, audited, told):
    assert silences(seen, audited, NOW) == told


def test_an_audit_that_never_ran_is_silence():
    assert "never run" in silences(health(), None, NOW)[0]


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("done", "begun", "due"),
    [
        (None, None, True),
        (None, MINUTE, False),  # somebody is at it, or it has just ended their process
        (None, AUDIT_TRIED, True),
        (MINUTE, 2 * MINUTE, False),
        (AUDIT_EVERY - MINUTE, AUDIT_EVERY, False),
        (AUDIT_EVERY, AUDIT_EVERY + MINUTE, True),
        (AUDIT_EVERY, MINUTE, False),
        (MINUTE, None, False),  # done by hand: no worker began it
    ],
)
def test_an_audit_begins_at_once_where_there_was_none_and_then_once_an_hour(done, begun, due):
    assert audit_due(done, begun) is due


def test_an_audit_that_failed_once_is_done_before_its_absence_alarms():
    assert AUDIT_EVERY + AUDIT_TRIED + 2 * MINUTE < AUDIT
