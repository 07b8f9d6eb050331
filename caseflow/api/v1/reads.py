"""What there is to read: cases, one case, its history, what comes of it by itself, tasks, what is due over the scheme."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from caseflow.access.who import Scope
from caseflow.api.v1.calling import Asks, Call, Guarded, Ref, answer, link, page
from caseflow.api.v1.places import NAMED, WORD, place, written
from caseflow.api.v1.problems import documented
from caseflow.domain.words import State
from caseflow.engine.readings import CaseLine, TaskLine
from caseflow.telling import story
from caseflow.telling.case_view import case_view
from caseflow.telling.coming import coming_up
from caseflow.telling.commanding import offered
from caseflow.telling.forecast import foretold
from caseflow.telling.history import story_of
from caseflow.telling.views import CaseView, Due, Forecast, Offered, Story

router = APIRouter(route_class=Guarded)

Limit = Annotated[int, Field(ge=1, le=200)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{0,80}$")]


class Asking(BaseModel):
    """What stands behind the question mark: what is not known is an error, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CasesAsked(Asking):
    state: State | None = None
    after: Word = Field("", description="The last reference seen; `next` has it.")
    limit: Limit = 50


class TasksAsked(Asking):
    state: Literal["open", "done", "dropped"] = "open"
    owner: Word = Field("", description="A role, or a person's id.")
    after: Annotated[str, Field(pattern=r"^[0-9]{0,18}$", description="The last id seen; `next` has it.")] = ""
    limit: Limit = 50


class DueAsked(Asking):
    days: Annotated[int, Field(ge=1, le=31, description="How far ahead.")] = 1
    navigator: Word = Field("", description="Only of this navigator's cases: a person's id.")
    after: Annotated[str, Field(pattern=WORD, description="Where to go on from: out of `next`.")] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 200


@dataclass(frozen=True, slots=True)
class CasePage:
    """`next`: the next page's address, null on the last."""

    cases: list[CaseLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class TaskPage:
    """`next`: the next page's address, null on the last."""

    tasks: list[TaskLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class DueList:
    """`next`: the next page's address, null on the last. `complete` is true where this page is all there is."""

    due: Due
    complete: bool
    next: str | None


@router.get("/cases", response_model=CasePage, responses=documented())
def list_cases(call: Annotated[Call, Asks(Scope.READ, "list")], asked: Annotated[CasesAsked, Query()]) -> Response:
    """Cases by reference, a page at a time."""
    state = asked.state.value if asked.state else None
    found = call.readings.cases(call.scheme, state=state, after=asked.after, limit=asked.limit + 1)
    shown = found[: asked.limit]
    call.saw_streams("list", [one.id for one in shown])
    more = len(found) > asked.limit
    following = link("/cases", state=state, after=shown[-1].ref, limit=asked.limit) if more else None
    return page(CasePage(shown, following), following)


@router.get("/cases/{ref}", response_model=CaseView, responses=documented(404, 409))
def read_case(call: Annotated[Call, Asks(Scope.READ, "case")], ref: Ref) -> Response:
    """One case as it stands: people, plan, sessions, what is expected, tasks, messages, what can be done."""
    dossier, case = call.case(ref)
    call.saw("case", [case])
    return answer(case_view(call.readings, dossier, case, call.app.policy_for(case)))


@router.get("/cases/{ref}/history", response_model=Story, responses=documented(404, 409))
def read_history(call: Annotated[Call, Asks(Scope.READ, "history")], ref: Ref) -> Response:
    """Everything that happened, in words, with who said so and what it followed from."""
    dossier, case = call.case(ref)
    call.saw("history", [case])
    return answer(story_of(call.readings, dossier, call.app.store.policies()))


@router.get("/cases/{ref}/due", response_model=Forecast, responses=documented(404, 409))
def read_forecast(call: Annotated[Call, Asks(Scope.READ, "due")], ref: Ref) -> Response:
    """Everything that the case will do by itself if nobody says or does anything."""
    dossier, case = call.case(ref)
    call.saw("due", [case])
    names = call.readings.names(call.scheme, story.people_in(dossier.events))
    return answer(foretold(dossier, call.app.policy_for(case), call.readings.now(), None, (), names))


@router.get("/cases/{ref}/commands", response_model=Offered, responses=documented(404, 409))
def read_offered(call: Annotated[Call, Asks(Scope.READ, "case")], ref: Ref) -> Response:
    """What can be done on the case now, and what each command asks for."""
    dossier, case = call.case(ref)
    call.saw("case", [case])
    return answer(offered(dossier))


@router.get("/tasks", response_model=TaskPage, responses=documented())
def list_tasks(call: Annotated[Call, Asks(Scope.READ, "tasks")], asked: Annotated[TasksAsked, Query()]) -> Response:
    """What people have to do, oldest first."""
    found = call.readings.tasks(
        call.scheme, owner=asked.owner or None, state=asked.state, after=asked.after, limit=asked.limit + 1
    )
    shown = found[: asked.limit]
    call.saw_streams("tasks", [one.stream for one in shown])
    following = None
    if len(found) > asked.limit:
        following = link("/tasks", state=asked.state, owner=asked.owner, after=shown[-1].id, limit=asked.limit)
    return page(TaskPage(shown, following), following)


@router.get("/due", response_model=DueList, responses=documented(404))
def list_due(call: Annotated[Call, Asks(Scope.READ, "due")], asked: Annotated[DueAsked, Query()]) -> Response:
    """What the system will do by itself in the next days, over the scheme, soonest first, a page at a time."""
    until = call.readings.now() + timedelta(days=asked.days)
    owner, after = asked.navigator or None, place(asked.after, NAMED) if asked.after else None
    policies = call.app.store.policies()
    found = coming_up(call.readings, policies, [call.scheme], until, asked.limit + 1, owner=owner, after=after)
    shown = found.alarms[: asked.limit]
    call.saw_streams("due", [one.stream for one in shown])
    following = None
    if len(found.alarms) > asked.limit:
        last = written((shown[-1].due, shown[-1].ref, shown[-1].expectation))
        following = link("/due", days=asked.days, navigator=asked.navigator, after=last, limit=asked.limit)
    whole = following is None and after is None
    return page(DueList(replace(found, alarms=shown), complete=whole, next=following), following)
