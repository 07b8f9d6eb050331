"""Referrals that somebody of the register makes: they are the officer, once, whatever they are called in the file."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
import sqlalchemy as sa

from caseflow.bell import SilentBell
from caseflow.bootstrap import app_for, memory_app, prepare
from caseflow.domain.case import Case
from caseflow.domain.words import Channel, Role
from caseflow.engine.app import App
from caseflow.engine.ports import PersonIn
from caseflow.imports.typed import SafeContact, TypedReferral, answered, policy_now, refer, weigh
from caseflow.settings.deployment import Deployment
from caseflow.settings.scheme import load_schemes
from caseflow.store.reads import CASES_OF_OFFICER

NOW = datetime(2022, 1, 10, 10, tzinfo=UTC)
FRAN = PersonIn("fran", "officer", "Frances", "Hall", addresses={Channel.EMAIL: ("a", "fran@example.org", "confirmed")})
WISH = TypedReferral(
    crime_reference="DUR/1/22", offence_code="CJ88116", offence_date=date(2022, 1, 5), disposal="conditional_caution",
    referred_at=NOW, given_name="Mina", family_name="Stone", date_of_birth=date(1990, 4, 12), mobile=None, email=None,
    preferred_language="en", safe_contact=SafeContact(), officer_name="Fran Hall", officer_email="f.hall@example.org",
    officer_team_email=None, oic_name="Fran Hall", oic_email="f.hall@example.org", victim=False, evidential_test=True,
    admission=False, consent=None, domestic_abuse=False, phone_seized=False,
)  # fmt: skip


def changed(**more: object) -> TypedReferral:
    return WISH.model_copy(update=more)


def known(app: App) -> App:
    with app.store.begin() as unit:
        unit.upsert_people("durham", [FRAN])
    return app


@pytest.fixture
def app() -> App:
    return known(memory_app(load_schemes(), at=NOW, scheme="durham").app)


@pytest.fixture
def real(fresh_database: Callable[..., str]) -> Iterator[App]:
    settings = Deployment(database_url=fresh_database())
    prepare(settings, virtual=True, start=NOW).close()
    made = app_for(settings, scheme="durham", bell=SilentBell())
    yield known(made)
    made.store.close()


def case_of(app: App, ref: str) -> Case:
    found = app.readings.find("durham", ref)
    case = app.readings.snapshots("durham", [found])[found]
    assert isinstance(case, Case)
    return case


def test_the_officer_is_the_one_who_asks_wherever_they_stand(app):
    (answer,) = refer(app, "durham", [WISH], "w", by="fran")
    parties = case_of(app, answer.ref).parties
    assert {role: person for role, person in parties.items() if role is not Role.PARTICIPANT} == {
        Role.REFERRER: "fran", Role.ARRESTING_OFFICER: "fran", Role.OIC: "fran",
    }  # fmt: skip
    with app.store.begin() as unit:
        assert unit.people("durham", ["fran"])["fran"].given == "Frances"


def test_another_oic_is_somebody_else(app):
    (answer,) = refer(app, "durham", [changed(oic_name="Lee Ward", oic_email="lee@example.org")], "w", by="fran")
    parties = case_of(app, answer.ref).parties
    assert parties[Role.REFERRER] == "fran" != parties[Role.OIC]


def test_what_was_answered_is_found_by_its_command(app):
    assert answered(app, "durham", "w") == ""
    (answer,) = refer(app, "durham", [WISH], "w", by="fran")
    assert answered(app, "durham", "w") == answer.ref != ""
    assert answered(app, "dyfed-powys", "w") == ""
    assert refer(app, "durham", [WISH], "w", by="fran")[0].repeat


# ── weighing ────────────────────────────────────────────────────────────────────────────────────
def test_weighing_says_every_reason_and_writes_nothing(app):
    found = weigh(app, "durham", WISH)
    assert [(one.code, one.stops) for one in found.reasons] == [
        ("needs_admission", "acceptance"), ("needs_consent", "nothing"),
    ]  # fmt: skip
    assert (found.problem, found.clock.day) == ("", date(2022, 7, 5))
    assert app.readings.cases("durham") == []


def test_who_is_too_young_is_weighed_by_the_law_and_refused_by_the_same_door(app):
    young = changed(date_of_birth=date(2005, 1, 1))
    assert next((one.code, one.stops) for one in weigh(app, "durham", young).reasons) == ("not_adult", "referral")
    (answer,) = refer(app, "durham", [young], "w", by="fran")
    assert (answer.what, answer.case) == ("refused", "")


def test_the_scheme_of_their_age_is_named_and_stops_nothing(app):
    young = changed(date_of_birth=date(2000, 1, 1), admission=True, consent=True)
    assert [(one.stops, one.scheme) for one in weigh(app, "durham", young).reasons] == [
        ("nothing", "durham-young-adults")
    ]
    (answer,) = refer(app, "durham", [young], "w", by="fran")
    assert answer.what == "accepted"


def test_whoever_is_too_old_for_a_scheme_is_refused_with_the_one_that_takes_them(app):
    (answer,) = refer(app, "durham-young-adults", [WISH], "w")
    assert answer.reasons == [
        "The person was 31 when referred. Durham young adults is for people aged 18 to 25: refer them to Durham adult diversion."
    ]


@pytest.mark.parametrize(("wrong", "says"), [
    ({"offence_date": date(2022, 2, 1)}, "offence_date"),
    ({"date_of_birth": date(2022, 1, 11)}, "date_of_birth: 11 January 2022 cannot be right"),
    ({"officer_email": None}, "officer_email"),
    ({"mobile": "landline"}, "mobile"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_as_for_a_row(app, wrong, says):
    found = weigh(app, "durham", changed(**wrong))
    assert says in found.problem
    assert found.command is None


def test_the_policy_of_a_referral_made_now_is_the_one_in_force(app):
    policy, now = policy_now(app, "durham")
    assert (policy.scheme, policy.version, now) == ("durham", "1", NOW)
    with pytest.raises(LookupError, match="no policy of nowhere"):
        policy_now(app, "nowhere")


# ── in a real database ──────────────────────────────────────────────────────────────────────────
def test_two_taps_at_the_same_moment_make_one_case(real):
    start = Barrier(4)

    def tap(_: int) -> str:
        start.wait()
        return refer(real, "durham", [WISH], "w", by="fran")[0].ref

    with ThreadPoolExecutor(4) as hands:
        refs = set(hands.map(tap, range(4)))
    assert len(real.readings.cases("durham")) == 1
    assert refs == {one.ref for one in real.readings.cases("durham")}


MANY = [
    """INSERT INTO streams (scheme_id, id, kind, ref, state, policy_version, disposal, participant, since, seq, reacted, snapshot)
       SELECT scheme_id, id || n, kind, ref || n, state, policy_version, disposal, participant, since, seq, reacted,
              replace(snapshot, 'fran', 'officer-' || n % 400)
         FROM streams, generate_series(1, 1500) n WHERE ref = 'DUR-22-000001'""",
    """INSERT INTO events (scheme_id, stream_id, seq, kind, version, body, occurred_at, recorded_at, actor, role, origin, command_id)
       SELECT e.scheme_id, s.id, k, CASE k WHEN 1 THEN 'referred' ELSE 'rung_fired' END, 1,
              CAST(replace(CAST(e.body AS text), 'fran', 'officer-' || right(s.id, 2)) AS jsonb), e.occurred_at, e.recorded_at,
              e.actor, e.role, e.origin, e.command_id
         FROM events e, streams s, generate_series(1, 20) k
        WHERE e.kind = 'referred' AND e.stream_id = (SELECT id FROM streams WHERE ref = 'DUR-22-000001')
          AND s.ref LIKE 'DUR-22-000001_%'""",
    "ANALYZE events",
    "ANALYZE streams",
]
"""Some 1,500 cases of other officers, each with a score of facts."""


def test_an_officers_list_goes_by_its_indexes(real):
    refer(real, "durham", [changed(crime_reference=f"DUR/{n}/22") for n in range(3)], "w", by="fran")
    asked = {"scheme": "durham", "officer": "fran", "before": "", "limit": 20}
    with real.store.engine.begin() as connection:
        for statement in MANY:
            connection.execute(sa.text(statement))
        plan = "\n".join(connection.execute(sa.text("EXPLAIN " + CASES_OF_OFFICER.text), asked).scalars())
    assert "events_referred_by" in plan
    assert "Seq Scan on events" not in plan
    assert len(real.readings.cases_of_officer("durham", "fran")) == 3
