"""`caseflow watch`: for cron, a timer or a monitoring system. One line, and 0 or 2 as Nagios-like systems read it."""

import sys
from datetime import timedelta

from caseflow.cli.output import say

CRITICAL = 2
PATIENCE = 20.0
"""Seconds until a database that does not answer counts as silent."""


def watch(beat: float, lag: float) -> None:
    """Say whether all drains. Starts nothing: where no server runs, that is the alarm."""
    from caseflow.cli.bounded import within

    try:
        found = within(PATIENCE, lambda: _silences(timedelta(seconds=beat), timedelta(seconds=lag)))
    except Exception as wrong:  # noqa: BLE001 - whatever keeps us from seeing is an alarm
        from caseflow.cli.failures import explain

        found = [explain(wrong)[1].splitlines()[0].rstrip(".")]
    if found:
        say(f"CASEFLOW CRITICAL: {'; '.join(found)}. To do: `caseflow doctor` says what")
        sys.exit(CRITICAL)
    say("CASEFLOW OK: beat is heard, every lane drains, the audit runs")


def _silences(beat: timedelta, lag: timedelta) -> list[str]:
    from caseflow.bootstrap import NoDatabase, host_now
    from caseflow.embedded.servers import running
    from caseflow.engine.silence import silences
    from caseflow.settings.deployment import deployment
    from caseflow.store.postgres import PostgresStore
    from caseflow.store.reads import PostgresReadings

    given = deployment()
    url = given.database_url
    if url is None:
        shared = running(given.data_dir)
        if shared is None:
            raise NoDatabase
        url = shared.database_url
    store = PostgresStore(url, application_name="caseflow watch")
    try:
        return silences(
            PostgresReadings(store.engine).health(), store.mark_age("audit"), host_now(), beat=beat, lag=lag
        )
    finally:
        store.close()
