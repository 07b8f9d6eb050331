"""The caseload: every case of a navigator, or of the scheme, by tab; sorted, filtered, searched, page after page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from caseflow.access.who import May
from caseflow.domain.words import OPEN_STATES, State
from caseflow.engine.caseload import MANY, SHOWS, SORTS, CaseloadLine, Key, Wanted
from caseflow.messages.dates import LONDON
from caseflow.web.answers import Answer, Page
from caseflow.web.routes import Pages
from caseflow.web.titles import Title, in_language
from caseflow.web.visit import Visit

pages = Pages()

A_PAGE = 50
STATES = tuple(one.value for one in State if one in OPEN_STATES)
APART = "~"
"""Between the parts of a key in an address; none of them has it in it."""


@pages.get("/caseload", may=May.DESK, shows="caseload")
def caseload(visit: Visit) -> Answer:
    """A navigator's own cases; a supervisor's are the scheme's, or one navigator's."""
    asked = {name: visit.query.get(name, "").strip()[:80] for name in ("show", "sort", "state", "q", "navigator")}
    show = asked["show"] if asked["show"] in SHOWS else SHOWS[0]
    sort = asked["sort"] if asked["sort"] in SORTS else SORTS[0]
    state = asked["state"] if show != "ended" and asked["state"] in STATES else ""
    everybodys = visit.owner() is None
    loads = visit.readings.loads(visit.scheme) if everybodys else {}
    chosen = asked["navigator"] if asked["navigator"] in loads else ""
    owner = visit.owner() or chosen or None
    now = visit.now()
    soon = end_of_day(now)
    wanted = Wanted(soon, show, state, owner, sort, asked["q"], key_of(visit.query.get("after", "")), A_PAGE)
    found = visit.readings.caseload(visit.scheme, wanted)
    visit.saw_people("caseload", {one.id: one.person for one in found.lines})
    names = visit.readings.names(visit.scheme, loads) if loads else {}
    kept = {"sort": sort, "state": state, "q": asked["q"], "navigator": chosen}

    def to(**changed: str) -> str:
        return _address({"show": show, **kept, **changed})

    return Page("caseload.html", {
        "now": now, "soon": soon, "lines": found.lines, "show": show, "sort": sort, "state": state, "q": asked["q"],
        "counts": counted(visit.readings.caseload_counts(visit.scheme, owner, soon)), "states": STATES, "sorts": SORTS,
        "shows": SHOWS, "to": to, "everybodys": everybodys, "navigator": chosen, "late": late,
        "navigators": sorted(((one, names.get(one, one), loads[one]) for one in loads), key=lambda one: one[1]),
        "more": to(after=APART.join(found.next)) if found.next else "",
        "first": to() if wanted.after else "", "titles": _disposals(visit),
    })  # fmt: skip


def end_of_day(now: datetime) -> datetime:
    """Midnight after today, by the clock in London: what is due before then needs somebody today."""
    day = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (day + timedelta(days=1)).replace(tzinfo=LONDON)


def late(line: CaseloadLine, now: datetime) -> bool:
    return line.task_due is not None and line.task_due < now


def counted(counts: Mapping[str, int]) -> dict[str, str]:
    """As they are shown: nobody counts further than a thousand."""
    return {show: f"{MANY:,}+" if count > MANY else str(count) for show, count in counts.items()}


def key_of(text: str) -> Key:
    """Where the list goes on, out of an address; what is no such place is its beginning."""
    parts = tuple(text[:200].split(APART)) if text else ()
    if len(parts) not in {2, 3} or parts[0] not in {"0", "1"}:
        return ()
    try:
        at = [datetime.fromisoformat(one) for one in parts[1:-1]]
    except ValueError:
        return ()
    return parts if all(one.tzinfo is not None for one in at) else ()


def _address(asked: Mapping[str, str]) -> str:
    plain = {"show": SHOWS[0], "sort": SORTS[0]}
    said = {name: value for name, value in asked.items() if value and value != plain.get(name)}
    return f"/caseload?{urlencode(said)}" if said else "/caseload"


def _disposals(visit: Visit) -> Mapping[str, Title | None]:
    """What each disposal is called, in the page's language where the policy has it."""
    return {
        name: in_language(rules.title, visit.language)
        for (scheme, _), policy in sorted(visit.app.store.policies().items())
        if scheme == visit.scheme
        for name, rules in policy.disposals.items()
    }
