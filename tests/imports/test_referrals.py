import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from caseflow.bootstrap import Memory
from caseflow.domain.case import Case
from caseflow.domain.words import AddressStatus, Channel, Doubt, Role
from caseflow.engine.readings import Dossier
from caseflow.engine.sweep import sweep
from caseflow.imports.importing import ImportReport, import_referrals
from caseflow.imports.referrals import OPTIONAL, REQUIRED, note_id
from caseflow.imports.tables import FileRefused
from caseflow.settings.paths import config_dir

Copied = Callable[[str], Path]
Write = Callable[..., Path]

GOOD = {
    "crime_reference": "c1", "offence_code": "CJ88116", "offence_title": "Assault by beating", "offence_category": "CS",
    "offence_date": "2022-04-01", "force": "durham", "lsoa": "E01020654", "disposal": "deferred_prosecution",
    "referred_at": "2022-04-14T14:45", "given_name": "Sam", "family_name": "Carter", "date_of_birth": "1990-05-01",
    "sex": "M", "self_defined_ethnicity": "W1", "mobile": "07700 900123", "email": "sam@example.org",
    "preferred_language": "en", "safe_contact": "text only, not before 10:00", "officer_collar": "137",
    "officer_name": "Fran Hall", "officer_email": "fran.hall@durham.police.example",
    "officer_team_email": "response-a@durham.police.example", "oic_name": "Max Slater",
    "oic_email": "max.slater@durham.police.example", "victim": "yes", "victim_view": "supports", "enhanced_rights": "no",
    "risk": "low", "gravity": "2", "property_value": "149.00", "evidential_test": "met", "admission": "yes",
    "consent": "", "domestic_abuse": "no", "phone_seized": "no", "notes": "on or near front street",
}  # fmt: skip


def report_on(memory: Memory, path: Path, *, as_at: bool = True) -> ImportReport:
    return import_referrals(memory.app, path, as_at=as_at)


def cases(memory: Memory, scheme: str = "durham") -> list[Dossier]:
    assert memory.app.readings is not None
    return memory.app.readings.dossiers(scheme, limit=10_000)


def rows_of(path: Path | None) -> list[dict[str, str]]:
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def one(file: Write) -> Callable[..., Path]:
    """A file of one good row, with these cells changed."""

    def write(*changes: dict[str, str]) -> Path:
        lines = [GOOD | change for change in (changes or ({},))]
        path = file("", "one.csv")
        with path.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(GOOD))
            writer.writeheader()
            writer.writerows(lines)
        return path

    return write


def test_a_row_becomes_a_case_with_its_people_apart(memory: Memory, one: Callable[..., Path]) -> None:
    report = report_on(memory, one(), as_at=False)
    assert (report.rows, report.accepted, report.known, report.refused) == (1, 1, 0, 0)
    [dossier] = cases(memory)
    case = dossier.stream
    assert isinstance(case, Case)
    assert case.ref == "DUR-22-000001"
    assert case.referred_at == datetime(2022, 4, 14, 13, 45, tzinfo=UTC)
    assert case.contact.texts_only
    assert case.contact.not_before == time(10)
    assert {role.value for role in case.parties} >= {"participant", "arresting_officer", "oic", "team"}
    with memory.store.begin() as unit:
        people = unit.people("durham", case.parties.values())
    participant = people[case.parties[Role.PARTICIPANT]]
    assert (participant.given, participant.family) == ("Sam", "Carter")
    assert participant.addresses[Channel.TEXT][1:] == ("+447700900123", AddressStatus.UNCONFIRMED)
    assert memory.app.readings is not None
    note = memory.app.readings.texts("durham", [note_id(case.id)])[note_id(case.id)]
    assert "Crime reference: c1" in note
    assert "on or near front street" in note


def test_a_seized_phone_is_known_as_seized(memory: Memory, one: Callable[..., Path]) -> None:
    report_on(memory, one({"phone_seized": "yes"}))
    [dossier] = cases(memory)
    assert isinstance(dossier.stream, Case)
    assert not dossier.stream.contact.usable(Channel.TEXT)


def test_importing_twice_changes_nothing(memory: Memory, one: Callable[..., Path]) -> None:
    path = one()
    report_on(memory, path)
    before = cases(memory)
    again = report_on(memory, path)
    assert (again.accepted, again.known) == (0, 1)
    assert cases(memory) == before
    with memory.store.begin() as unit:
        assert unit.allocate_refs("durham", 2022, 1) == 2  # no number was used up


def test_several_people_for_one_crime_are_several_cases(memory: Memory, one: Callable[..., Path]) -> None:
    report = report_on(memory, one({}, {"given_name": "Second", "date_of_birth": "1999-02-28"}))
    assert report.accepted == 2
    assert [dossier.ref for dossier in sorted(cases(memory), key=lambda each: each.ref)] == [
        "DUR-22-000001",
        "DUR-22-000002",
    ]


def test_a_person_seen_before_is_the_same_person_in_another_case(memory: Memory, one: Callable[..., Path]) -> None:
    report_on(memory, one({}, {"crime_reference": "c2", "given_name": "SAM", "mobile": "07700 900999"}))
    people = {dossier.stream.parties[Role.PARTICIPANT] for dossier in cases(memory) if isinstance(dossier.stream, Case)}
    assert len(people) == 1


def test_no_contact_detail_is_accepted_and_opens_a_task_to_find_the_person(
    memory: Memory, one: Callable[..., Path]
) -> None:
    assert report_on(memory, one({"mobile": "", "email": ""})).accepted == 1
    sweep(memory.app)
    [dossier] = cases(memory)
    assert [task.title for task in dossier.tasks if "find" in (task.title + task.key).lower()]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"crime_reference": ""}, "crime_reference: is empty"),
        ({"disposal": "charged"}, "disposal: “charged” is not one of this scheme's"),
        (
            {"disposal": "diversionary_caution"},
            "disposal: a diversionary caution cannot be given yet (diversionary_caution/1): Part 6 of the Police",
        ),
        ({"force": "kent"}, "force: there is no scheme for “kent”"),
        ({"date_of_birth": "2009-06-01"}, "not 18 until 1 June 2027"),
        ({"offence_date": "2022-04-15"}, "offence_date: 15 April 2022 does not go with"),
        ({"mobile": "07700 900123 wife"}, "mobile: "),
        ({"email": "not-an-address"}, "email: "),
        ({"officer_email": "", "officer_team_email": ""}, "officer_email: nobody can be told"),
        ({"safe_contact": "ring mum"}, "safe_contact: “ring mum” is not understood"),
        ({"offence_code": "murder"}, "offence_code: "),
        ({"offence_code": "", "offence_title": ""}, "offence_code: is empty; give the code, or say in words"),
        ({"offence_category": "XX"}, "offence_category: "),
        ({"preferred_language": "fr"}, "preferred_language: "),
        ({"referred_at": "2022-09-01T10:00"}, "row 2: "),
    ],
)
def test_a_bad_row_is_refused_with_its_column_and_leaves_nothing_behind(
    memory: Memory, one: Callable[..., Path], change: dict[str, str], words: str
) -> None:
    report = report_on(memory, one(change))
    assert (report.accepted, report.refused) == (0, 1)
    [refused] = rows_of(report.refused_path)
    assert words in refused["reason"]
    assert refused["reason"].startswith("row 2: ")
    assert cases(memory) == []
    with memory.store.begin() as unit:
        assert unit.allocate_refs("durham", 2022, 1) == 1


def test_every_fault_of_a_row_is_named_at_once(memory: Memory, one: Callable[..., Path]) -> None:
    report = report_on(memory, one({"mobile": "x", "email": "y", "crime_reference": ""}))
    [refused] = rows_of(report.refused_path)
    assert all(name in refused["reason"] for name in ("mobile: ", "email: ", "crime_reference: "))


def test_refused_rows_can_be_mended_and_imported_again(memory: Memory, one: Callable[..., Path]) -> None:
    path = report_on(memory, one({}, {"crime_reference": "c2", "mobile": "07700 900123 wife"})).refused_path
    assert path is not None
    path.write_text(path.read_text("utf-8-sig").replace(" wife", ""), "utf-8-sig")
    again = report_on(memory, path)
    assert (again.rows, again.accepted, again.ignored_columns) == (1, 1, ())


def test_an_old_referral_needs_as_at_and_may_be_asked_for_again_with_it(
    memory: Memory, one: Callable[..., Path]
) -> None:
    path = one({"offence_date": "2022-01-02", "referred_at": "2022-01-03T10:00"})
    report = report_on(memory, path, as_at=False)
    assert report.refused == 1
    assert rows_of(report.refused_path)[0]["reason"]
    assert report_on(memory, path, as_at=True).accepted == 1


def test_the_hour_that_does_not_exist_in_march_moves_forward(memory: Memory, one: Callable[..., Path]) -> None:
    report_on(memory, one({"referred_at": "2022-03-27T01:30", "offence_date": "2022-03-01"}))
    [dossier] = cases(memory)
    assert isinstance(dossier.stream, Case)
    assert dossier.stream.referred_at == datetime(2022, 3, 27, 1, 30, tzinfo=UTC)


def test_a_file_without_a_needed_column_is_refused_before_anything_is_imported(memory: Memory, file: Write) -> None:
    names = [name for name in REQUIRED if name != "safe_contact"]
    with pytest.raises(FileRefused, match="safe_contact"):
        report_on(memory, file(",".join(names) + "\n"))


def test_columns_that_change_nothing_for_people_may_be_missing(memory: Memory, file: Write) -> None:
    cells = [GOOD[name] if "," not in GOOD[name] else f'"{GOOD[name]}"' for name in REQUIRED]
    assert set(REQUIRED).isdisjoint(OPTIONAL)
    assert report_on(memory, file(f"{','.join(REQUIRED)}\n{','.join(cells)}\n")).accepted == 1


@pytest.mark.parametrize(
    ("name", "accepted", "known", "refused"),
    [
        ("dirty-bom-extra-columns.csv", 60, 0, 0),
        ("dirty-excel-cp1252.csv", 60, 0, 0),
        ("dirty-naughty-names.csv", 52, 0, 8),
        ("dirty-repeats-and-errors.csv", 41, 6, 10),
        ("dirty-shuffled-no-header-names.csv", 5, 0, 0),
        ("dirty-torn.csv", 20, 0, 1),
    ],
)
def test_every_dirty_file_is_read_row_by_row(
    memory: Memory, copied: Copied, name: str, accepted: int, known: int, refused: int
) -> None:
    path = copied(name)
    report = report_on(memory, path)
    assert (report.accepted, report.known, report.refused) == (accepted, known, refused)
    assert report.rows == accepted + known + refused
    again = report_on(memory, path)
    assert (again.accepted, again.known, again.refused) == (0, accepted + known, refused)


def test_extra_columns_are_named_and_not_used(memory: Memory, copied: Copied) -> None:
    assert report_on(memory, copied("dirty-bom-extra-columns.csv")).ignored_columns == ("rms_id", "station")


def test_the_demos_file_is_accepted_whole_and_reports_its_progress(memory: Memory) -> None:
    seen: list[tuple[int, int]] = []
    path = config_dir() / "demo" / "durham-2022-01.csv"
    report = import_referrals(memory.app, path, as_at=True, progress=lambda read, whole: seen.append((read, whole)))
    assert (report.rows, report.accepted) == (387, 387)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert seen == sorted(seen)


def test_a_new_case_is_bound_to_the_newest_version_in_force(memory: Memory, one: Callable[..., Path]) -> None:
    first = memory.store.policies()["durham", "1"]
    later = replace(first, version="2", in_force_from=date(2022, 4, 1))
    future = replace(first, version="3", in_force_from=date(2022, 6, 1))
    memory.store.set_policies({("durham", one_.version): one_ for one_ in (first, later, future)})
    report_on(memory, one())
    [dossier] = cases(memory)
    assert dossier.stream is not None
    assert dossier.stream.policy_version == "2"


# ── the last safe decision date ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "day", "doubt", "near"),
    [
        ({}, date(2022, 10, 1), None, ""),
        ({"offence_category": ""}, date(2022, 10, 1), None, ""),
        ({"offence_category": "CE"}, None, Doubt.CATEGORIES_DIFFER, ""),
        ({"offence_code": "CA03005"}, None, Doubt.NO_RULE, ""),
        ({"offence_code": "ZZ99999"}, None, Doubt.NOT_LISTED, ""),
        ({"offence_code": "", "offence_title": "rang every bell"}, None, Doubt.NOT_LISTED, ""),
        ({"domestic_abuse": ""}, None, Doubt.DOMESTIC_NOT_SAID, ""),
        ({"domestic_abuse": "yes"}, None, Doubt.DOMESTIC, ""),
        ({"offence_code": "TH68010", "offence_category": "CE"}, None, Doubt.LOW_VALUE, ""),
        ({"offence_code": "TH68010", "offence_category": "", "property_value": ""}, None, Doubt.VALUE_NOT_SAID, ""),
        ({"offence_code": "TH68010", "offence_category": "CE", "property_value": "200.01"}, None, None, ""),
        ({"offence_code": "CD71039", "offence_category": ""}, None, None, ""),
        ({"offence_date": "2021-10-20"}, date(2022, 4, 20), None, "near"),
        ({"offence_date": "2021-10-19"}, date(2022, 4, 19), None, "past"),
        ({"offence_date": "2021-10-20", "disposal": "outcome_22"}, date(2022, 4, 20), None, ""),
    ],
)  # fmt: skip
def test_each_new_case_is_told_with_its_last_safe_decision_date(
    memory: Memory,
    one: Callable[..., Path],
    change: dict[str, str],
    day: date | None,
    doubt: Doubt | None,
    near: str,
) -> None:
    report = report_on(memory, one(change))
    [told] = report.dated
    assert (told.ref, told.clock.day, told.clock.doubt, told.near) == ("DUR-22-000001", day, doubt, near)
    [dossier] = cases(memory)
    assert isinstance(dossier.stream, Case)
    assert dossier.stream.last_safe == day
    assert dossier.stream.last_safe_unknown == (doubt is not None)


def test_a_file_without_categories_takes_them_from_the_table(memory: Memory, file: Write) -> None:
    """And names the offence in the note where the file does not."""
    known = {name: cell for name, cell in GOOD.items() if name not in {"offence_category", "offence_title"}}
    path = file("", "bare.csv")
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(known))
        writer.writeheader()
        writer.writerow(known)
    assert report_on(memory, path).accepted == 1
    [dossier] = cases(memory)
    assert isinstance(dossier.stream, Case)
    assert (dossier.stream.offence_category, dossier.stream.last_safe) == ("CS", date(2022, 10, 1))
    assert memory.app.readings is not None
    note = memory.app.readings.texts("durham", [note_id(dossier.id)])[note_id(dossier.id)]
    assert "Offence: Assault by beating" in note


def test_a_row_known_already_is_not_told_again(memory: Memory, one: Callable[..., Path]) -> None:
    report_on(memory, one())
    assert report_on(memory, one()).dated == []
