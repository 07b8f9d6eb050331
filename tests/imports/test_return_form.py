"""A return as a form: a draft that can be kept, and the rows it makes."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from caseflow.domain.case import Session
from caseflow.domain.commands import ReturnRow
from caseflow.domain.words import Attendance
from caseflow.imports.return_form import ENGAGEMENTS, OUTCOMES, YES_NO, Bad, Draft, filled_in, kept, merged, rows
from caseflow.imports.returns import Expected

AT = datetime(2022, 1, 12, 14, tzinfo=UTC)


def session(name: str, item: str | None) -> Session:
    return Session(name, AT, "session", item, "pro-1", "4 Mill Lane", enforceable=True)


SAM = Expected(
    "DUR-22-000001", "case-1", {"s1": session("s1", "i1"), "s2": session("s2", "i2"), "s3": session("s3", None)},
    {"i1": "money", "i2": "housing"},
)  # fmt: skip
ROBIN = Expected("DUR-22-000002", "case-2", {}, {"i3": "money"})
PEOPLE = [SAM, ROBIN]
ITEMS = [(one.ref, item) for one in PEOPLE for item in one.items]
DRAFTS = st.builds(
    Draft,
    st.dictionaries(st.sampled_from(sorted(SAM.sessions)), st.sampled_from(OUTCOMES)),
    st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(ENGAGEMENTS)),
    st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(YES_NO)),
    st.dictionaries(st.sampled_from([SAM.ref, ROBIN.ref]), st.sampled_from(YES_NO)),
    st.lists(st.builds(Bad, st.integers(1, 99), st.text(), st.text(), st.text()), max_size=3).map(tuple),
)


@given(DRAFTS)
def test_a_draft_comes_back_as_it_was_kept(draft: Draft):
    assert kept(msgspec.json.decode(msgspec.json.encode(draft.plain()))) == draft
    assert kept(None) == Draft()


@given(DRAFTS)
def test_everything_that_is_filled_in_is_in_exactly_one_row(draft: Draft):
    found = rows(draft, PEOPLE)
    assert [row.row for row in found] == list(range(1, len(found) + 1))
    assert {key: outcome.value for row in found for key, outcome in row.sessions} == draft.sessions
    assert sum(len(row.sessions) for row in found) == len(draft.sessions)
    assert {(row.ref, row.item): row.engagement for row in found if row.engagement} == draft.engagement
    said = {(row.ref, row.item): "yes" if row.completed else "no" for row in found if row.completed is not None}
    assert said == draft.completed
    surveys = [(row.ref, "yes" if row.survey else "no") for row in found if row.survey is not None]
    assert sorted(surveys) == sorted(draft.survey.items())
    assert bool(found) is not draft.empty


@given(st.dictionaries(st.text(), st.text()))
def test_a_form_from_anywhere_fills_in_nothing_that_is_not_there(form: dict[str, str]):
    assert filled_in(form, PEOPLE).empty


def test_what_is_not_on_the_return_or_no_answer_is_left_out():
    form = {
        "session:s1": "late", "session:s9": "late", "session:s2": "perhaps", "engagement:DUR-22-000001:i1": "well",
        "engagement:DUR-22-000002:i1": "well", "completed:DUR-22-000002:i3": "no", "survey:DUR-22-000001": "yes",
        "survey:DUR-22-000009": "yes",
    }  # fmt: skip
    assert rows(filled_in(form, PEOPLE), PEOPLE) == (
        ReturnRow(1, SAM.ref, (("s1", Attendance.LATE),), "well", survey=True, item="i1"),
        ReturnRow(2, ROBIN.ref, completed=False, item="i3"),
    )


@given(DRAFTS, DRAFTS)
def test_a_file_says_over_what_was_filled_in_and_leaves_the_rest(before: Draft, after: Draft):
    found = merged(before, after)
    assert found.sessions == {**before.sessions, **after.sessions}
    assert found.bad == after.bad
    assert merged(before, Draft()) == Draft(before.sessions, before.engagement, before.completed, before.survey)
