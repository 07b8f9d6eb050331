"""Once an hour: what should have happened by now and did not, and what happened that should not, into the log.

What is long over is thrown away at the same time.

Beat asks every minute, and the marks of the last audit say whether it is time: so the first comes soon, and a restart
brings no other.
"""

import logging

from celery import shared_task

from caseflow.engine.audit import Audit, audit, audit_texts
from caseflow.engine.ports import Unavailable
from caseflow.engine.silence import audit_due
from caseflow.engine.tidying import tidy
from caseflow.store.marks import AUDIT
from workers.drain import current_app, current_store

BEGUN = f"{AUDIT} begun"
"""The mark of an audit that has begun, here or elsewhere."""

log = logging.getLogger(__name__)


def _audited() -> Audit | None:
    """Everything looked at, and noted for the watch; None when it is not time."""
    app, store = current_app(), current_store()
    if app.readings is None or not audit_due(store.mark_age(AUDIT), store.mark_age(BEGUN)):
        return None
    store.mark(BEGUN)
    tidy(app)
    found = audit(app.readings)
    for finding in audit_texts(app, app.readings.schemes()):
        found.add(finding)
    store.audited(len(found.violations), len(found.warnings))
    return found


@shared_task(name="audit")
def look(limit: int = 1000) -> dict[str, int]:
    """Run the audit if it is time; every violation is an error in the log, named, with its place."""
    try:
        found = _audited()
    except Unavailable as away:
        log.warning("audit: %s; it is tried again", away)
        return {}
    for violation in found.violations[:limit] if found else ():
        log.error("audit: %s: %s", violation.name, violation.words)
    return {"streams": found.streams, "violations": len(found.violations)} if found else {}
