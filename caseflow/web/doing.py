"""From a form to a fact: one command on one case, by whoever is signed in, done once however often it is sent."""

import uuid
from collections.abc import Sequence

from caseflow.access import who
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.domain.words import Actor, Origin, Role
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer, PersonIn
from caseflow.web.visit import Visit

LONGEST = 300
"""Letters of a form's id: several forms of one page differ at its end."""
_TEXTS = uuid.UUID("6f0a3c52-98a1-5b44-8e0f-6f5a7c1d2b90")


def new_id(visit: Visit) -> str:
    """What a form carries so that a second tap changes nothing (`command_id`)."""
    return visit.app.ids()


def actor(visit: Visit, case: Case) -> Actor:
    """As whom they act here. Raises NotThere for somebody who only looks."""
    found = who.actor(visit.part, visit.account.person, case)
    if found is None or not found.person:
        visit.nothing_here()
    return found


def command_id(visit: Visit) -> str:
    """The id of the command this form stands for; "" where it carries none.

    It is bound to the account, so that nobody can take another's answer for their own.
    """
    given = visit.form.get("command_id", "")[:LONGEST]
    return f"web:{visit.account.id}:{given}" if given else ""


def done_before(visit: Visit) -> Answer | None:
    """What this very form came to when it was sent before and not refused; None: it was not, or was refused."""
    wanted = command_id(visit)
    if not wanted:
        return None
    with visit.app.store.begin() as unit:
        found = unit.answers(visit.scheme, [wanted]).get(wanted)
    return found if found is not None and not found.refused else None


def kept_text(visit: Visit, case: Case | None, words: str) -> str:
    """Keep what somebody wrote, apart from facts, and return its id. Sent again it is the same text.

    It is about the participant: erasing them erases it. Without a case it is about nobody.
    """
    made = str(uuid.uuid5(_TEXTS, f"{visit.scheme}\x1f{command_id(visit) or visit.app.ids()}"))
    with visit.app.store.begin() as unit:
        unit.add_texts(visit.scheme, [(made, case.parties.get(Role.PARTICIPANT) if case else None, words)])
    return made


def keep_people(visit: Visit, people: Sequence[PersonIn]) -> None:
    """Whom or what a form brings to the people register, before the command that names them. Kept twice it is the same."""
    with visit.app.store.begin() as unit:
        unit.upsert_people(visit.scheme, people)


def do(visit: Visit, case: Case, command: c.Command, origin: Origin = Origin.PERSON) -> Answer:
    """The engine's answer: done, refused in words, or repeated. The form's `command_id` makes it one command."""
    return do_as(visit, case.id, command, actor(visit, case), origin)


def do_as(visit: Visit, stream: str, command: c.Command, by: Actor, origin: Origin = Origin.PERSON) -> Answer:
    """The same by whoever is named, on any stream of the visitor's scheme."""
    wanted = command_id(visit) or visit.app.ids()
    (answer,) = handle(visit.app, [c.Asked(wanted, stream, command, by, origin)], visit.scheme)
    return answer
