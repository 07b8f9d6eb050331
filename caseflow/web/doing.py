"""From a form to a fact: one command on one case, by whoever is signed in, done once however often it is sent."""

from caseflow.access import who
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.domain.words import Actor, Origin
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer
from caseflow.web.visit import Visit


def new_id(visit: Visit) -> str:
    """What a form carries so that a second tap changes nothing (`command_id`)."""
    return visit.app.ids()


def actor(visit: Visit, case: Case) -> Actor:
    """As whom they act here. Raises NotThere for somebody who only looks."""
    found = who.actor(visit.part, visit.account.person, case)
    if found is None or not found.person:
        visit.nothing_here()
    return found


def do(visit: Visit, case: Case, command: c.Command, origin: Origin = Origin.PERSON) -> Answer:
    """The engine's answer: done, refused in words, or repeated. The form's `command_id` makes it one command.

    It is bound to the account, so that nobody can take another's answer for their own.
    """
    given = visit.form.get("command_id", "")[:64]
    command_id = f"web:{visit.account.id}:{given}" if given else visit.app.ids()
    (answer,) = handle(visit.app, [c.Asked(command_id, case.id, command, actor(visit, case), origin)], visit.scheme)
    return answer
