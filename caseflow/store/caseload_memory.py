"""The same caseload over dictionaries: every case is looked at, sorted and cut."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from caseflow.domain.case import Case
from caseflow.domain.words import Role
from caseflow.engine.caseload import FOUND, MANY, CaseloadLine, CaseloadPage, Key, Wanted
from caseflow.store.memory_rows import Stored, Tables
from caseflow.store.people import fold


def page(tables: Tables, scheme: str, wanted: Wanted, name: Callable[[str | None], str]) -> CaseloadPage:
    """The next cases of this list."""
    found = [
        _line(tables, scheme, row, name) for row in _cases(tables, scheme) if _searched(tables, scheme, row, wanted)
    ]
    kept = [one for one in found if _shown(one, wanted) and wanted.owner in {None, _owner(tables, scheme, one.id)}]
    keyed = sorted(((_key(tables, scheme, one, wanted), one) for one in kept), key=lambda pair: pair[0])
    if _down(wanted):
        keyed.reverse()
    if wanted.after:
        after = _after(tables, scheme, wanted)
        keyed = [pair for pair in keyed if (pair[0] < after if _down(wanted) else pair[0] > after)]
    lines = keyed[: wanted.limit]
    if len(keyed) <= wanted.limit:
        return CaseloadPage(tuple(one for _, one in lines))
    last = lines[-1][0]
    return CaseloadPage(tuple(one for _, one in lines), ("0", last[-1]) if wanted.sort == "name" else last)


def _after(tables: Tables, scheme: str, wanted: Wanted) -> Key:
    """A key stands in addresses, and nobody's name does: it is looked up by the last case."""
    if wanted.sort != "name":
        return tuple(wanted.after)
    person: Any = tables.persons.get(
        (scheme, _case(tables, scheme, wanted.after[-1]).parties.get(Role.PARTICIPANT, ""))
    )
    return ("0", person.family if person else "", person.given if person else "", wanted.after[-1])


def counts(
    tables: Tables, scheme: str, owner: str | None, soon: datetime, name: Callable[[str | None], str]
) -> dict[str, int]:
    """How many cases each list has, no further than one more than MANY."""
    return {
        show: min(
            MANY + 1,
            len(page(tables, scheme, Wanted(soon, show, owner=owner, limit=MANY + 1), name).lines),
        )
        for show in ("open", "needs", "hold", "ended")
    }


def _cases(tables: Tables, scheme: str) -> list[Stored]:
    return [row for (of, _), row in tables.streams.items() if of == scheme and isinstance(row.stream, Case)]


def _case(tables: Tables, scheme: str, stream: str) -> Case:
    found = tables.streams[scheme, stream].stream
    assert isinstance(found, Case)
    return found


def _owner(tables: Tables, scheme: str, stream: str) -> str | None:
    return _case(tables, scheme, stream).parties.get(Role.NAVIGATOR)


def _line(tables: Tables, scheme: str, row: Stored, name: Callable[[str | None], str]) -> CaseloadLine:
    case = row.stream
    assert isinstance(case, Case)
    todo = sorted(
        (one for one in tables.tasks.values() if (one.scheme, one.stream, one.state) == (scheme, case.id, "open")),
        key=lambda one: (one.task.due or datetime.max.replace(tzinfo=UTC), one.id),
    )
    holds = [one.due for one in tables.timers.get((scheme, case.id), {}).values() if one.ladder == "hold"]
    person = case.parties.get(Role.PARTICIPANT)
    return CaseloadLine(
        case.id, case.ref, person or "", name(person), case.state.value, case.disposal,
        name(case.parties.get(Role.NAVIGATOR)), case.referred_at, case.ended_at, row.wake_at,
        todo[0].task.title if todo else "", todo[0].task.due if todo else None, len(todo), min(holds, default=None),
        row.parked,
    )  # fmt: skip


def _shown(one: CaseloadLine, wanted: Wanted) -> bool:
    if wanted.state and one.state != wanted.state:
        return False
    if (wanted.show == "ended") is not (one.ended_at is not None):
        return False
    if wanted.sort == "name" and not one.participant:
        return False
    if wanted.show == "needs":
        return one.task_due is not None and one.task_due < wanted.soon
    return wanted.show != "hold" or one.held_until is not None


def _down(wanted: Wanted) -> bool:
    return wanted.sort == "newest" or (wanted.sort == "next" and wanted.show == "ended")


def _key(tables: Tables, scheme: str, one: CaseloadLine, wanted: Wanted) -> Key:
    """As the other store keeps it: which way, what it is sorted by, the id."""
    match wanted.sort, wanted.show:
        case "newest", _:
            return ("0", _moment(one.referred_at), one.id)
        case "name", _:
            person: Any = tables.persons.get((scheme, one.person))
            return ("0", person.family if person else "", person.given if person else "", one.id)
        case _, "needs":
            return ("0", _moment(one.task_due), one.id)
        case _, "hold":
            return ("0", _moment(one.held_until), one.id)
        case _, "ended":
            return ("0", _moment(one.ended_at), one.id)
        case _ if one.next_at is None or one.parked:
            return ("1", one.id)
        case _:
            return ("0", _moment(one.next_at), one.id)


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _searched(tables: Tables, scheme: str, row: Stored, wanted: Wanted) -> bool:
    words = wanted.search.replace(",", " ").split()
    if not words:
        return True
    case = row.stream
    assert isinstance(case, Case)
    if any(letter.isdigit() for letter in wanted.search):
        typed = "".join(words).upper()
        return case.ref.startswith(typed) or (typed.isdigit() and case.ref.endswith(f"-{typed.zfill(6)}"))
    return case.parties.get(Role.PARTICIPANT) in _people(tables, scheme, words)


def _people(tables: Tables, scheme: str, words: list[str]) -> list[str]:
    begins, family = fold(" ".join(words[:-1]), words[-1]), " ".join(words).lower()
    first, then = (" ".join(words[:-1]).lower(), words[-1].lower()) if len(words) > 1 else ("", "")
    found = []
    for (of, ident), person in tables.persons.items():
        if of != scheme or person.kind != "participant":
            continue
        folded = fold(person.given, person.family)
        by_fold = begins and (folded.startswith(begins) or folded.endswith(begins))
        turned = first and person.family.lower().startswith(first) and person.given.lower().startswith(then)
        if by_fold or turned or person.family.lower().startswith(family):
            found.append(ident)
    return found[:FOUND]
