"""Every message with what became of it. Sent is not delivered, and delivered is not always reached."""

from collections.abc import Iterable

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.engine.readings import Dossier, NoticeLine
from caseflow.telling import story
from caseflow.telling.casefile.contract import SheetMessage
from caseflow.telling.naming import Naming
from caseflow.telling.times import local

STATES = {
    "ready": "waits to go",
    "leased": "waits to go",
    "calling": "is going now",
    "sent": "went out",
    "failed": "failed",
    "unknown": "may or may not have arrived: nobody knows",
    "void": "not sent",
    "dropped": "not sent",
}


def messages(dossier: Dossier, case: Case, labels: story.Names) -> list[SheetMessage]:
    """In the order in which they were made."""
    news: dict[str, list[ev.Recorded]] = {}
    for one in dossier.events:
        if isinstance(one.event, ev.DeliveryNoted):
            news.setdefault(one.event.notice, []).append(one)
    return [_message(number, one, case, news.get(one.key, []), labels) for number, one in numbered(dossier.notices)]


def numbered(notices: Iterable[NoticeLine]) -> list[tuple[int, NoticeLine]]:
    """A stream's messages in the order in which they were made, counted from 1: the numbers of the panel sheet."""
    return list(enumerate(sorted(notices, key=lambda one: (one.created_at, one.id)), start=1))


def _message(number: int, one: NoticeLine, case: Case, news: list[ev.Recorded], labels: story.Names) -> SheetMessage:
    step = f"{Naming().expectation(one.expectation)}, “{story.plain(one.rung)}”" if one.expectation else ""
    if one.rung.startswith("fact:"):
        step = f"because of line {one.rung.removeprefix('fact:')}"
    reached = any(isinstance(each.event, ev.DeliveryNoted) and each.event.reached for each in news)
    return SheetMessage(
        number=number,
        at=one.created_at,
        what=story.plain(one.purpose),
        to=labels.get(one.recipient) or f"the {story.role(one.to)}",
        step=step,
        channels=list(dict.fromkeys(each.channel for each in one.attempts)),
        result=_result(one, case, news),
        reached=reached,
    )


def _result(one: NoticeLine, case: Case, news: list[ev.Recorded]) -> str:
    """The channel's last word by each way it went; without any, what the outbox knows."""
    last: dict[str, ev.Recorded] = {}
    for each in news:
        assert isinstance(each.event, ev.DeliveryNoted)
        if case.receipts.get(f"{one.key}/{each.event.channel}") is each.event.receipt:
            last[each.event.channel] = each
    told = []
    for channel, each in last.items():
        assert isinstance(each.event, ev.DeliveryNoted)
        to = ", to an address they confirmed" if each.event.reached else ""
        words = story.RECEIPTS[each.event.receipt]
        if each.event.receipt.value == "accepted":
            words = "went out; whether it was delivered is not known"
        told.append(f"{channel} {words}{to}, {local(each.occurred_at)} (line {each.seq})")
    if told:
        return "; then ".join(told) + (f" ({one.detail})" if one.state in {"void", "dropped"} and one.detail else "")
    ended = one.attempts[-1].ended_at if one.attempts else None
    detail = f": {one.detail}" if one.detail and one.state in {"void", "dropped", "failed"} else ""
    return STATES.get(one.state, one.state) + detail + (f", {local(ended)}" if ended and one.state == "sent" else "")
