"""Referrals from the force's own system: one or many, each answered with what became of it, and why not."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from caseflow.access.who import Scope
from caseflow.api.v1.bodies import MOST, STRICT, Key, body, in_openapi
from caseflow.api.v1.calling import Asks, Call, Guarded, answer
from caseflow.api.v1.doing import once
from caseflow.api.v1.problems import documented
from caseflow.imports.typed import ReferralAnswer, TypedReferral, refer

router = APIRouter(route_class=Guarded)


class Referrals(BaseModel):
    """People referred, each for one crime. They come to the client's scheme."""

    model_config = STRICT

    referrals: Annotated[list[TypedReferral], Field(min_length=1, max_length=MOST)]


@dataclass(frozen=True, slots=True)
class ReferralsTaken:
    """One answer for each referral, in the order sent."""

    results: list[ReferralAnswer]


@router.post(
    "/referrals", response_model=ReferralsTaken, responses=documented(409, 413, 415, 422),
    openapi_extra=in_openapi(Referrals),
)  # fmt: skip
def refer_people(
    call: Annotated[Call, Asks(Scope.REFER)], key: Key, given: Annotated[Referrals, body(Referrals)]
) -> Response:
    """Refer people. One that is refused stops none of the others; sent again, nobody is referred twice."""
    command_id = once(call, key, "referrals", given)
    return answer(ReferralsTaken(refer(call.app, call.scheme, given.referrals, command_id)))
