"""Alleged breaches: the person's side, each view (blind until both are in), the decision."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from caseflow.domain import events as ev
from caseflow.engine.readings import Dossier
from caseflow.engine.recording import text_of
from caseflow.telling import story
from caseflow.telling.casefile.contract import SheetBreach, SheetView
from caseflow.telling.times import day

CAUSES = {
    "strike_2": "A second strike",
    "new_matter": "A new matter",
    "no_contact": "Lost contact, after a letter to an address they confirmed",
}


def breaches(
    dossier: Dossier, labels: story.Names, blind: Collection[int], texts: Mapping[str, str]
) -> list[SheetBreach]:
    """Every breach that was alleged, oldest first. `texts` are what people wrote, by id: empty where they stay apart."""
    found: list[SheetBreach] = []
    for one in dossier.events:
        event = one.event
        if isinstance(event, ev.BreachOpened):
            cause = CAUSES.get(event.cause, story.plain(event.cause))
            by = day(event.side_by)
            found.append(
                SheetBreach(one.seq, one.occurred_at, cause, by, "not asked for yet", False, [], "", "", None, "")
            )
        elif found and not found[-1].decision:
            found[-1] = _after(found[-1], one, labels, blind, texts)
    return found


def _after(
    file: SheetBreach, one: ev.Recorded, labels: story.Names, blind: Collection[int], texts: Mapping[str, str]
) -> SheetBreach:
    words = texts.get(text_of(one), "")
    match one.event:
        case ev.SideAsked() as e:
            return replace(file, side="asked for", side_by=day(e.by_day))
        case ev.DeliveryNoted(purpose="your_side") as e if file.side == "not asked for yet" and e.receipt.value in {
            "delivered", "accepted",
        }:  # fmt: skip
            return replace(file, side="asked for")
        case ev.SideRecorded() as e:
            side = (
                f"would rather not give it (line {one.seq})"
                if e.declined
                else f"given (line {one.seq}{'' if words else '; their words are kept apart'})"
            )
            return replace(file, side=side, side_words=words)
        case ev.ProviderHeard():
            return replace(file, provider_heard=True, provider_words=words)
        case ev.ViewRecorded() as e:
            opinion = "" if one.seq in blind else story.OPINIONS[e.opinion]
            by = labels.get(e.by.person, story.role(e.by.role))
            written = SheetView(
                story.role(e.role), one.seq, one.occurred_at, by, opinion, "" if one.seq in blind else words
            )
            return replace(file, views=[*file.views, written])
        case ev.Breached(decision=decision):
            return _decided(file, one, "breached", decision, labels, texts)
        case ev.CarriedOn(decision=decision):
            return _decided(file, one, "carry on", decision, labels, texts)
        case ev.Ended(decision=decision):
            return _decided(file, one, "ended without fault", decision, labels, texts)
        case ev.BreachLapsed():
            return replace(
                file, decision="nobody decided in time: carry on, strikes kept at one", decided_at=one.occurred_at
            )
        case _:
            return file


def _decided(
    file: SheetBreach,
    one: ev.Recorded,
    decision: str,
    made: ev.Decision | None,
    labels: story.Names,
    texts: Mapping[str, str],
) -> SheetBreach:
    by = labels.get(made.by.person, story.role(made.by.role)) if made else story.who(one, labels)
    reasons = made.reasons if made else ""
    words = texts.get((made.text if made else None) or text_of(one), "")
    return replace(
        file, decision=decision, decided_by=by, decided_at=one.occurred_at, reasons=reasons, decision_words=words
    )
