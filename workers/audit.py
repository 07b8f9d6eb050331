"""Once an hour: what should have happened by now and did not, and what happened that should not, into the log."""

import logging

from celery import shared_task

from caseflow.engine.app import App
from caseflow.engine.audit import Audit, audit, audit_texts
from caseflow.engine.ports import Unavailable
from workers.drain import current_app, current_store

log = logging.getLogger(__name__)


def _found(app: App) -> Audit:
    assert app.readings is not None
    found = audit(app.readings)
    for finding in audit_texts(app, app.readings.schemes()):
        found.add(finding)
    return found


def _keep(found: Audit) -> None:
    """For the watch: how many findings, and that somebody looked."""
    current_store().put_tallies({"audit/violations": len(found.violations), "audit/warnings": len(found.warnings)})
    current_store().mark("audit")


@shared_task(name="audit")
def look(limit: int = 1000) -> dict[str, int]:
    """Run the audit; every violation is an error in the log, named, with its place."""
    try:
        found = _found(current_app())
        _keep(found)
    except Unavailable as away:
        log.warning("audit: %s; in an hour again", away)
        return {}
    for violation in found.violations[:limit]:
        log.error("audit: %s: %s", violation.name, violation.words)
    return {"streams": found.streams, "violations": len(found.violations), "warnings": len(found.warnings)}
