"""From a request to a fact: once under one key, and only in the name of somebody who plays that part."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from caseflow.access import who
from caseflow.api.v1.bodies import STRICT, fingerprint
from caseflow.api.v1.calling import Call
from caseflow.api.v1.problems import Stopped
from caseflow.domain import commands as c
from caseflow.domain.case import Stream
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer, Conflict
from caseflow.telling.story import role as role_words

Speaker = Literal[
    "participant", "referrer", "arresting_officer", "oic", "team", "sergeant", "navigator", "provider", "supervisor",
    "manager", "coordinator", "victim_care",
]  # fmt: skip
"""Roles that people have (a test compares them with `who.SPEAKERS`)."""


class By(BaseModel):
    """Who did it: a named person of the case, never the system that tells us."""

    model_config = STRICT

    role: Speaker
    person: Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{1,80}$", description="Their id in the people register.")]


def once(call: Call, key: str, place: str, given: BaseModel) -> str:
    """The command id of this wish: the client's and the key's. Raises Stopped (422) when the key was for another wish.

    What a key was for is kept before anything else, under an id that no command has; of two at once one is first.
    """
    command_id = f"api:{call.who.client.id}:{key}"
    mark = Answer(f"{command_id}#", "", words=fingerprint(place, given))
    for _ in range(2):
        try:
            with call.app.store.begin() as unit:
                kept = unit.answers(call.scheme, [mark.command_id]).get(mark.command_id)
                if kept is None:
                    unit.answer([(call.scheme, mark)])
        except Conflict:
            continue
        if kept is not None and kept.words != mark.words:
            raise Stopped(
                422, "key_used", "This Idempotency-Key was sent with another request: take a new one for each wish."
            )
        return command_id
    raise AssertionError("unreachable: a key that somebody else has just kept is found")


def actor(call: Call, by: By, stream: Stream) -> Actor:
    """As whom they act. Raises Stopped: a role the client does not speak for, a person who does not play it here."""
    role = Role(by.role)
    if role not in call.who.speaks_for:
        raise Stopped(
            403,
            "not_its_voice",
            f"This client does not speak for the {role_words(role)}: ask the scheme's administrator.",
        )
    policy = call.app.policy_for(stream)
    with call.app.store.begin() as unit:
        known = unit.people(call.scheme, [by.person]).get(by.person)
    if known is None or not who.plays(role, by.person, stream, policy.team, staff=known.kind == "staff"):
        raise Stopped(
            409,
            "not_their_part",
            f"`by.person` is not the {role_words(role)} here; give the id of who is: `party_ids` of the case.",
        )
    return Actor(by.person, role)


def done(call: Call, asked: c.Asked) -> Answer:
    """One command, recorded. Raises Stopped in the domain's words where it is refused."""
    (answer,) = handle(call.app, [asked], call.scheme)
    if answer.code == "broken":
        raise Stopped(500, "broken", "It could not be worked out, and nothing was recorded. The log says more.")
    if answer.refused:
        raise Stopped(409, answer.code, answer.words)
    return answer
