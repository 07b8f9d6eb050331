"""What counts as silence."""

from datetime import UTC, datetime, timedelta

import pytest

from caseflow.engine.readings import Health
from caseflow.engine.silence import silences

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
