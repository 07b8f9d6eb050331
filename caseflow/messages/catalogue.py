"""Every message there is: to whom, by which channels, with which fields, and when. Words live in `templates/messages`.

A new message is a line here and a folder there. `kind` drives the contact budget: over it a reminder is dropped, a
chase waits, a decision goes and is counted; service news and mail to officers and providers simply go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from caseflow.engine.links import CODE_MARK, LINK_MARK

Audience = Literal["participant", "officer", "provider", "supervisor", "manager", "victim_care"]
Kind = Literal["reminder", "chase", "decision", "service", "officer", "provider"]
Channel = Literal["text", "email", "letter"]
Unclear = Literal["at_most_once", "at_least_once"]
FieldKind = Literal["text", "instant", "instants", "date", "lines", "number", "addresses"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: its kind and the longest value real life brings, in each language.

    Kinds: `text` str · `instant` aware datetime · `instants` two of them · `date` civil date · `lines` list of str ·
    `number` int · `addresses` list of our own web addresses, which may be empty.
    """

    name: str
    kind: FieldKind
    en: Any
    cy: Any

    def sample(self, language: str) -> Any:
        """The sample value for a preview in this language."""
        return self.cy if language == "cy" else self.en


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `channels` are in order of preference; `unclear` says what to do when nobody knows if it went."""

    name: str
    audience: Audience
    kind: Kind
    channels: tuple[Channel, ...]
    fields: Mapping[str, Field]
    when: str
    unclear: Unclear


_SOON = {"en": datetime(2026, 9, 30, 9, 30, tzinfo=UTC), "cy": datetime(2026, 7, 31, 9, 30, tzinfo=UTC)}
_LATER = {"en": datetime(2026, 9, 23, 11, 45, tzinfo=UTC), "cy": datetime(2026, 2, 27, 11, 45, tzinfo=UTC)}
_BY = {"en": date(2026, 9, 30), "cy": date(2026, 7, 31)}


def _field(name: str, kind: FieldKind, en: object, cy: object = None) -> Field:
    return Field(name, kind, en, en if cy is None else cy)


_ALL_FIELDS = (
    _field("first_name", "text", "Christopher"),
    _field("worker", "text", "Christopher"),
    _field("service", "text", "Northgate Support Durham"),
    _field("phone", "text", "01632 960123"),
    _field("start", "instant", _SOON["en"], _SOON["cy"]),
    _field("place", "text", "Unit 12, 140 Station Road"),
    _field("offers", "instants", [_LATER["en"], _SOON["en"]], [_LATER["cy"], _SOON["cy"]]),
    _field("by", "date", _BY["en"], _BY["cy"]),
    _field("missed_on", "date", _BY["en"], _BY["cy"]),
    _field("reference", "text", "DUR-22-000417", "DYP-22-000417"),
    _field("result", "text", "ended without engagement", "wedi dod i ben heb ymgysylltu"),
    _field(
        "result_line",
        "text",
        "Thank you for the referral: it gave someone a fair chance to put things right.",
        "Diolch am yr atgyfeiriad: rhoddodd gyfle teg i rywun unioni pethau.",
    ),
    _field("officer_name", "text", "Francesca Henderson"),
    _field("provider_name", "text", "Northgate Money and Debt Advice"),
    _field("period", "text", "September 2022", "Medi 2022"),
    _field(
        "items",
        "lines",
        ["Meet Christopher once a fortnight", "Talk to the money advice line (your choice)"],
        ["Cwrdd gyda Christopher bob pythefnos", "Siarad gyda'r llinell cyngor ariannol (eich dewis chi)"],
    ),
    _field(
        "rows",
        "lines",
        ["DUR-22-000398: sessions attended: 3, not attended: 1, survey filled in", "DUR-22-000417: nothing yet"],
        ["DYP-22-000398: sesiynau a fynychwyd: 3, heb eu mynychu: 1, arolwg wedi'i lenwi", "DYP-22-000417: dim eto"],
    ),
    _field(
        "reasons",
        "text",
        "Two planned sessions were missed and we could not reach you.",
        "Collwyd dwy sesiwn ac ni lwyddwyd i gael gafael arnoch.",
    ),
    _field("count", "number", 12),
    _field("online", "addresses", [f"https://pages.northgate.example/r/{LINK_MARK}"]),
    _field("see_online", "addresses", []),  # no address unless the deployment wants one in texts
    _field("view_page", "addresses", ["https://pages.northgate.example/referrals/DUR-22-000398/view"]),
    _field("referral_page", "addresses", ["https://pages.northgate.example/referrals/DUR-22-000398"]),
    _field("code", "text", CODE_MARK),
)
FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _ALL_FIELDS})


def _message(name: str, audience: Audience, kind: Kind, channels: str, fields: str, when: str) -> Message:
    unclear: Unclear = "at_most_once" if audience == "participant" else "at_least_once"
    return Message(
        name=name,
        audience=audience,
        kind=kind,
        channels=tuple(channels.split()),  # type: ignore[arg-type]  # the tests hold every one against Channel
        fields=MappingProxyType({field: FIELDS[field] for field in fields.split()}),
        when=when,
        unclear=unclear,
    )


def _participant(name: str, kind: Kind, channels: str, extra: str, when: str) -> Message:
    return _message(name, "participant", kind, channels, f"first_name worker service phone {extra}", when)


def _officer(name: str, fields: str, when: str) -> Message:
    return _message(name, "officer", "officer", "email", f"service phone {fields}", when)


def _provider(name: str, fields: str, when: str) -> Message:
    return _message(name, "provider", "provider", "email", f"service phone provider_name {fields}", when)


_MESSAGES = (
    # To the participant. A consequence is never in a text: what may follow is spoken first, then put in a letter.
    _participant(
        "first_contact", "chase", "text email letter", "offers", "After acceptance, when a call found nobody."
    ),
    _participant(
        "first_meeting_reminder",
        "reminder",
        "text email",
        "start place see_online",
        "The day before the first meeting.",
    ),
    _participant(
        "first_meeting_missed",
        "chase",
        "text email letter",
        "missed_on offers",
        "The working day after a missed first meeting.",
    ),
    _participant("provider_waiting", "service", "text email", "", "While we still wait for a provider's first date."),
    _participant("session_reminder", "reminder", "text email", "start place see_online", "Two days before a session."),
    _message(
        "session_reminder_short",
        "participant",
        "reminder",
        "text",
        "first_name worker phone start place",
        "Three hours before a session, for those who asked for it.",
    ),
    _participant(
        "session_changed", "service", "text email", "start place", "When a session has moved to a new day or time."
    ),
    _participant("session_cancelled", "service", "text email", "start", "When we cancel a session."),
    _participant(
        "missed_session",
        "chase",
        "text email",
        "missed_on offers",
        "A working day after a missed session, if a call found nobody.",
    ),
    _participant(
        "your_move",
        "chase",
        "text letter email",
        "by",
        "After calls and a text without an answer: the place is kept to a day.",
    ),
    _participant(
        "no_answer", "chase", "text email", "", "When we have not spoken for a while and something is expected."
    ),
    _participant(
        "strike_letter", "decision", "letter", "missed_on by", "After the call that told them a missed session counts."
    ),
    _participant(
        "your_side",
        "decision",
        "text letter",
        "reasons by",
        "When a breach decision opens; the text only to a confirmed, unshared number.",
    ),
    _participant("decision_carry_on", "decision", "letter", "reasons", "When the decision is to carry on."),
    _participant(
        "decision_breached",
        "decision",
        "letter",
        "reasons by",
        "When named people have decided that the agreement ends as breached.",
    ),
    _participant("decision_ended", "decision", "letter", "reasons", "When the case is ended without fault."),
    _participant("completed", "service", "text letter email", "", "When everything agreed is done and signed off."),
    _participant("survey", "reminder", "text email", "", "Two working days after completion."),
    _participant("survey_again", "reminder", "text email", "", "Once more, then never again."),
    _participant("closed_not_reached", "decision", "letter", "", "When a case ends because we never managed to meet."),
    _participant("plan_copy", "service", "letter", "items", "When the plan is signed and read back."),
    _participant("stopped", "decision", "letter", "", "When the participant has told us that they stop."),
    # To officers: the reference, never the person's name, never the offence.
    _officer("officer_accepted", "officer_name reference worker", "At once, when a referral is accepted."),
    _officer("officer_declined", "officer_name reference reasons", "At once, when a referral is declined."),
    _officer("officer_ended", "officer_name reference result result_line", "At once, when a case has come to an end."),
    _officer("officer_digest", "officer_name period items", "Once a period, with everything in between."),
    _officer(
        "officer_view_request",
        "officer_name reference worker by view_page",
        "When a breach decision asks the OIC for a view.",
    ),
    _officer(
        "officer_view_reminder",
        "officer_name reference worker by",
        "When the OIC's view is missing: also to team mailbox and sergeant.",
    ),
    _officer("oic_contact_question", "officer_name reference worker referral_page", "When no contact detail works."),
    _officer(
        "oic_reconsider", "officer_name reference", "When a case ends without engagement and nothing is enforceable."
    ),
    _officer("last_safe_date", "officer_name reference by", "Twenty working days before the last safe decision date."),
    _officer("seen_them", "reference worker", "When a participant has gone quiet: to the provider and the OIC."),
    # To providers: references, never a name.
    _provider(
        "provider_place_request",
        "reference worker",
        "When a participant is referred on: place yes, no or waiting list.",
    ),
    _provider(
        "session_outcome_request",
        "reference start",
        "When a session should have ended and nobody has said what happened.",
    ),
    _provider("session_outcome_again", "reference start", "A working day later, if the outcome is still unknown."),
    _provider("provider_return_request", "period rows by online", "On the first working day of a period."),
    _provider(
        "provider_return_reminder",
        "period count by online",
        "Five working days into the period, if the return has not come.",
    ),
    _provider(
        "provider_code",
        "period code",
        "When somebody has opened the link to a return: who reads the provider's mail may.",
    ),
    _provider("provider_link", "period online", "When a provider asks for a fresh link to its return."),
    _provider("provider_view_request", "reference worker by", "When a breach decision opens: the provider is heard."),
    _message(
        "victim_update_reminder",
        "victim_care",
        "officer",
        "email",
        "service phone reference by",
        "Half-way to the day by which a victim who asked is told: to the OIC or victim care.",
    ),
    _message(
        "concern_raised",
        "supervisor",
        "officer",
        "email",
        "service phone reference",
        "At once, when somebody says that a participant may not be safe. The words stay on the case.",
    ),
)
CATALOGUE: Final[Mapping[str, Message]] = MappingProxyType({message.name: message for message in _MESSAGES})
