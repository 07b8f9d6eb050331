"""Notify's callbacks about messages of ours: delivered or not, and letters that came back.

Answered as soon as the receipt is kept (one commit). Notify asks again on 429, 5xx and silence, every five minutes at
most five times, so a database that is away costs nothing; repeats are harmless.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, Field

from caseflow.api.bearer import require
from caseflow.domain.words import Receipt
from caseflow.engine.app import App
from caseflow.engine.ports import Arrived, Unavailable
from caseflow.engine.receipts import take_receipts
from caseflow.settings.deployment import Deployment

MOST = 64 * 1024
"""Bytes of a callback; the real ones have some four hundred."""
RECEIPTS = {
    "delivered": Receipt.DELIVERED,
    "permanent-failure": Receipt.PERMANENT,
    "temporary-failure": Receipt.TEMPORARY,
    "technical-failure": Receipt.TECHNICAL,
}
"""Notify's word for it. Others ("sent" abroad, "pending") tell nothing that we did not know."""

Word = Annotated[str, Field(min_length=1, max_length=200)]


class Delivered(BaseModel):
    """A delivery receipt; who it went to is there, too, and is not read."""

    id: Word
    reference: Annotated[str, Field(max_length=200)] | None = None
    status: Word
    completed_at: datetime | None = None
    created_at: datetime


class Returned(BaseModel):
    """A letter that the post brought back."""

    notification_id: Word
    reference: Annotated[str, Field(max_length=200)] | None = None
    date_sent: datetime


def door(app: App, settings: Deployment) -> APIRouter:
    """POST /notify/receipts and /notify/returned-letters."""

    def allowed(request: Request) -> None:
        require(request, [settings.notify_token or "", settings.notify_token_old or ""])
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MOST:
            raise HTTPException(413, f"a callback has at most {MOST} bytes, and says how many")

    router = APIRouter(prefix="/notify", dependencies=[Depends(allowed)])

    def keep(arrived: Arrived) -> Response:
        try:
            take_receipts(app, [arrived])
        except Unavailable:
            raise HTTPException(503, "the database is away; send it again") from None
        return Response(status_code=204)

    @router.post("/receipts", status_code=204)
    def receipts(body: Delivered) -> Response:
        receipt = RECEIPTS.get(body.status)
        if receipt is None:
            return Response(status_code=204)
        at = body.completed_at or body.created_at
        return keep(Arrived(f"notify:{body.id}:{body.status}", body.reference or "", body.id, receipt, at, body.status))

    @router.post("/returned-letters", status_code=204)
    def returned_letters(body: Returned) -> Response:
        name = body.notification_id
        return keep(
            Arrived(
                f"notify:{name}:returned", body.reference or "", name, Receipt.PERMANENT, body.date_sent, "returned"
            )
        )

    return router
