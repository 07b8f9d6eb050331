"""One case as it stands, as `case show --json` and the API tell it."""

from caseflow.domain import journey
from caseflow.domain.case import Case
from caseflow.domain.eligibility import needed
from caseflow.domain.policy import Policy
from caseflow.domain.reading import rules_of, waited_for
from caseflow.domain.words import Role, State
from caseflow.engine.readings import Dossier, Readings
from caseflow.imports.referrals import note_id
from caseflow.telling import views
from caseflow.telling.last_safe import last_safe_words


def case_view(readings: Readings, dossier: Dossier, case: Case, policy: Policy) -> views.CaseView:
    """The case with names, its note, its tasks and messages. Two readings."""
    people = {*case.parties.values(), *(one.by.person for one in case.strikes)}
    people |= {one.provider for one in case.sessions.values() if one.provider}
    people |= set(case.places.values())
    names = readings.names(dossier.scheme, people)
    note = readings.texts(dossier.scheme, [note_id(case.id)]).get(note_id(case.id), "")

    def name(person: str | None) -> str:
        return names.get(person or "", person or "")

    return views.CaseView(
        id=case.id,
        ref=case.ref,
        scheme=case.scheme,
        participant=name(case.parties.get(Role.PARTICIPANT)),
        state=case.state,
        disposal=case.disposal,
        policy_version=case.policy_version,
        referred_at=case.referred_at,
        accepted_at=case.accepted_at,
        ended_at=case.ended_at,
        end_reason=case.end_reason,
        last_safe=case.last_safe.isoformat() if case.last_safe else None,
        last_safe_words=last_safe_words(case, dossier.events),
        to_ask=_to_ask(case, policy),
        parties={role.value: name(person) for role, person in case.parties.items()},
        language=case.contact.language,
        addresses={channel.value: known.status.value for channel, known in case.contact.addresses.items()},
        needs=list(case.needs),
        items=[
            views.ItemView(
                i.id,
                i.intervention,
                i.kind,
                name(case.places.get(i.id)),
                i.id in case.items_done,
                i.id in case.items_dropped,
            )
            for i in case.items.values()
        ],
        sessions=[
            views.SessionView(s.id, s.start, s.kind, s.status, s.enforceable, name(s.provider), s.place, s.reason)
            for s in sorted(case.sessions.values(), key=lambda one: one.start)
        ],
        strikes=[views.StrikeView(s.number, s.session, s.at, name(s.by.person), s.disputed) for s in case.strikes],
        breach_open=case.breach is not None,
        expectations=[
            views.ExpectationView(
                x.id, x.ladder, x.status, x.opened, x.due, x.next, x.next_due, list(x.fired), waited_for(x, policy)
            )
            for x in case.expectations.values()
        ],
        tasks=list(dossier.tasks),
        notices=list(dossier.notices),
        parked=[f"{one.what}: {one.reason}" for one in dossier.parkings],
        note=note,
        offered=list(journey.offered(case)),
        party_ids={role.value: person for role, person in case.parties.items()},
    )


def _to_ask(case: Case, policy: Policy) -> list[str]:
    """What the disposal needs and the referral says is not there, or does not say; nothing once it is accepted."""
    if case.state is not State.REFERRED or case.accepted_at is not None:
        return []
    return [one.words for one in needed(case.answers, rules_of(case, policy))]
