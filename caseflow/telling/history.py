"""The story of a stream: every fact in words, with who said so and what it followed from."""

from collections.abc import Mapping
from dataclasses import replace

from caseflow.domain.case import Case
from caseflow.domain.events import PolicyMoved, RungFired, SessionMoved, TaskFinished
from caseflow.domain.policy import Policy
from caseflow.domain.reading import blind_views
from caseflow.domain.words import Role
from caseflow.engine.readings import Dossier, Readings
from caseflow.telling import story
from caseflow.telling.coming import act_words
from caseflow.telling.views import Story, StoryLine

Policies = Mapping[tuple[str, str], Policy]


def story_of(readings: Readings, dossier: Dossier, policies: Policies) -> Story:
    """A stream's history in words, names included. One reading."""
    said = [
        one.event.text for one in dossier.events if isinstance(one.event, PolicyMoved | TaskFinished) and one.event.text
    ]
    book = replace(book_of(dossier, policies), texts=readings.texts(dossier.scheme, said) if said else {})
    stream = dossier.stream
    participant = stream.parties.get(Role.PARTICIPANT) if isinstance(stream, Case) else None
    names = readings.names(dossier.scheme, {*story.people_in(dossier.events), participant or ""})
    blind = blind_views(dossier.events)
    lines: list[StoryLine] = []
    for one in dossier.events:
        if not isinstance(one.event, SessionMoved):  # a session that moves is called by the day it had
            book.naming.learn(one.event)
        lines.append(
            StoryLine(
                seq=one.seq,
                at=one.occurred_at,
                recorded_at=one.recorded_at,
                kind=type(one.event).__name__,
                who=story.who(one, names),
                role=one.actor.role.value,
                what=story.told(one, names, book, blind),
                why=story.why(one, book),
            )
        )
        book.naming.learn(one.event)
    return Story(dossier.id, dossier.ref, names.get(participant or "", ""), lines)


def together(dossier: Dossier, seq: int) -> frozenset[int]:
    """The numbers of the facts that one command made, by that of any of them; empty where no command made it."""
    command = next((one.command_id for one in dossier.events if one.seq == seq), "")
    return frozenset(one.seq for one in dossier.events if command and one.command_id == command)


def book_of(dossier: Dossier, policies: Policies) -> story.Book:
    """What this stream's tasks are called, and what each rung did under the policy version that it fired by."""
    versions = {id(one.event): one.caused_by.partition(" policy:")[2] for one in dossier.events}

    def step(fired: RungFired) -> str:
        policy = policies.get((dossier.scheme, versions[id(fired)]))
        ladder = policy.ladders.get(fired.expectation.partition(":")[0]) if policy is not None else None
        if ladder is None or fired.rung not in ladder.by_rung:
            return ""
        left_out = fired.left_out or ()
        acts = [act for number, act in enumerate(ladder.rung(fired.rung).acts) if number not in left_out]
        return "; ".join(act_words(act) for act in acts) or "nothing to do here"

    return story.Book({task.key: task.title for task in dossier.tasks}, step)
