import re
from itertools import combinations

import pytest

from caseflow.domain.words import Need, Role
from caseflow.settings.paths import config_dir
from caseflow.settings.roster import OFFICES, RosterError, person_id, read_roster
from caseflow.settings.scheme import read_scheme

ROSTERS = config_dir() / "rosters"


@pytest.fixture(scope="module", params=["durham", "dyfed-powys"])
def roster(request):
    return read_roster(ROSTERS / f"{request.param}.yaml")


def test_every_office_of_the_scheme_is_held(roster):
    assert set(roster.offices) == set(OFFICES)
    assert set(roster.offices.values()) <= {person.id for person in roster.people}


def test_every_id_is_somebody_elses(roster):
    ids = [person.id for person in (*roster.people, *roster.providers)]
    assert len(set(ids)) == len(ids)


def test_an_id_is_the_same_on_every_machine():
    assert person_id("durham", "jo") == "813ffd02-3ad0-57ab-9f7b-75e8b96f7fa0"
    assert person_id("dyfed-powys", "jo") != person_id("durham", "jo")


def test_everybody_is_invented(roster):
    for somebody in (*roster.people, *roster.providers):
        assert re.fullmatch(r"01632 960\d{3}", somebody.phone), somebody.key
        assert somebody.email.endswith((".example", "@example.org")), somebody.key


def test_every_need_has_a_provider(roster):
    needs = {one.need for provider in roster.providers for one in provider.interventions}
    assert needs == set(Need)


def test_durham_has_eight_navigators_and_four_providers():
    roster = read_roster(ROSTERS / "durham.yaml")
    assert (len(roster.navigators), len(roster.providers)) == (8, 4)


def test_welsh_speakers_are_known_and_every_name_is_in_both_languages():
    roster = read_roster(ROSTERS / "dyfed-powys.yaml")
    assert len([person for person in roster.navigators if "cy" in person.languages]) == 4
    names = [
        roster.service,
        *(p.name for p in roster.providers),
        *(i.title for p in roster.providers for i in p.interventions),
    ]
    assert all(set(name) == {"en", "cy"} for name in names)


def test_no_two_schemes_share_an_id():
    rosters = [read_roster(path) for path in sorted(ROSTERS.glob("*.yaml"))]
    for one, other in combinations(rosters, 2):
        assert not {p.id for p in one.people} & {p.id for p in other.people}


def test_a_policy_knows_the_people_who_hold_its_offices():
    policy = read_scheme(config_dir() / "schemes" / "durham" / "1.yaml")
    assert policy.team[Role.SUPERVISOR] == person_id("durham", "ruth")


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        (
            "supervisor: ruth",
            "supervisor: rut",
            "offices.supervisor",
            "there is nobody 'rut' under staff (did you mean 'ruth'?)",
        ),
        ("supervisor: ruth, ", "", "offices", "nobody is supervisor"),
        ("supervisor: ruth", "navigator: ruth", "offices.navigator", "no office of the whole scheme"),
        ("scheme: durham", "scheme: kent", "scheme", "its name must agree"),
        ("need: alcohol", "need: drink", "providers.harbour_wellbeing.interventions.alcohol_advice.need", "is none of"),
        ("email: jo.hartley@northgate.example", "email: jo", "navigators.jo.email", "pattern"),
        ("  jo: {", "  ruth: {", "ruth", "this key stands for two"),
        ("  amara: {", "  jo: {", "line", "'jo' stands twice"),
        ("given: Jo, ", "", "navigators.jo.given", "is missing"),
        (
            "sessions: 4, hours: 4",
            "sessions: 0, hours: 4",
            "providers.harbour_wellbeing.interventions.alcohol_advice.sessions",
            "greater than 0",
        ),
    ],
)
def test_a_broken_roster_is_refused_with_file_place_and_reason(tmp_path, old, new, place, reason):
    text = (ROSTERS / "durham.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "config" / "rosters" / "durham.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RosterError) as refused:
        read_roster(path)
    problems = refused.value.problems
    assert any(p.path_in_file.startswith(place) and reason in p.reason for p in problems), str(refused.value)
    assert all(p.file == "config/rosters/durham.yaml" for p in problems)
