"""The feed: what happened in the scheme, fact by fact, for a system that would rather ask than be called.

The facts are those that webhooks carry, in the same shape (docs/reference/webhooks.md): ids, codes and days, never a person.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from caseflow.access.who import Scope
from caseflow.api.v1.calling import Asks, Call, Guarded, link, page
from caseflow.api.v1.places import NUMBERED, WORD, place, written
from caseflow.api.v1.problems import documented
from caseflow.api.v1.reads import Asking
from caseflow.engine.publish import outcome_of
from caseflow.messages.webhooks.shapes import PUBLISHED, envelope, name_of

router = APIRouter(route_class=Guarded)

KINDS = frozenset(name_of(kind) for kind in PUBLISHED)


class FeedAsked(Asking):
    after: Annotated[str, Field(pattern=WORD, description="Where to go on from: out of `next`.")] = ""
    since: AwareDatetime | None = Field(None, description="Where to begin, instead: facts recorded from then on.")
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@dataclass(frozen=True, slots=True)
class EventPage:
    """CloudEvents 1.0. `next` is where to go on, also when there is nothing yet: keep it, and ask again later.

    `more` is true where there is something to be had at once. In a case, `sequence` is the order.
    """

    events: list[dict[str, Any]]
    next: str
    more: bool


@router.get("/events", response_model=EventPage, responses=documented(404))
def feed(call: Annotated[Call, Asks(Scope.EVENTS)], asked: Annotated[FeedAsked, Query()]) -> Response:
    """Facts in the order they were recorded. None is passed by; what is a second old may still wait."""
    after = place(asked.after, NUMBERED) if asked.after else (asked.since, "", 0) if asked.since is not None else None
    found = call.readings.feed(call.scheme, KINDS, after=after, limit=asked.limit + 1)
    shown = found[: asked.limit]
    events = [
        envelope(
            call.scheme, one.ref, one.fact,
            outcome_of(call.app, call.scheme, one.policy_version, one.disposal, one.fact),
        )
        for one in shown
    ]  # fmt: skip
    seen = written(shown[-1].key) if shown else asked.after
    since = asked.since.isoformat() if asked.since is not None and not seen else ""
    following = link("/events", after=seen, since=since, limit=asked.limit)
    return page(EventPage(events, following, len(found) > asked.limit), following)
