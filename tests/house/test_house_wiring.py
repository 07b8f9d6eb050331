"""Every part that two rooms must agree on: commands, facts, signals, conditions, messages, queues, the calendar."""

import ast
import json
import re
from datetime import date
from typing import get_args

import house
import pytest

from caseflow.bell import LANES
from caseflow.domain import commands, conditions, decide, events, evolve, meaning, policy
from caseflow.domain.notices import KINDS
from caseflow.domain.signals import SIGNALS
from caseflow.engine import ports
from caseflow.messages.catalogue import CATALOGUE
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.scheme import load_schemes
from caseflow.store import codec, migrations
from caseflow.telling import story
from workers.app import QUEUES, SETTINGS
from workers.beat import SCHEDULE
from workers.run import CREW

SMALL = {
    "provider_return": (commands.ReturnCommand, events.ReturnEvent),
    "digest": (commands.DigestCommand, events.DigestEvent),
}
GOLDEN = house.ROOT / "tests/store/golden"
HEAD = "0020"


@pytest.fixture(scope="module")
def schemes():
    return load_schemes(catalogue=CATALOGUE)


def names(kinds) -> set[str]:
    return {kind.__name__ for kind in kinds}


# ── queues ──────────────────────────────────────────────────────────────────────────────────────
def test_every_queue_somebody_sends_to_is_drained():
    drained = {queue for queues in CREW.values() for queue in queues}
    sent_to = set(LANES) | {route["queue"] for route in SETTINGS["task_routes"].values()} | _rung()
    assert sent_to <= drained == set(QUEUES)


def test_beat_rings_every_lane():
    assert set(LANES) <= {entry["task"] for entry in SCHEDULE.values()}


def _rung() -> set[str]:
    """The lanes the engine names when it rings, or says what moved."""
    found = set()
    for path in house.modules("caseflow/engine/", "caseflow/simulate/", "workers/"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"\.ring\(\"([\w.]+)\"\)", text))
        found |= {
            lane for group in re.findall(r"lanes=\{([^}:]+)\}", text) for lane in re.findall(r"\"([\w.]+)\"", group)
        }
    return found


# ── commands ────────────────────────────────────────────────────────────────────────────────────
def test_every_command_of_a_case_has_a_rule():
    asked = set(get_args(commands.CaseCommand))
    assert asked - {commands.Refer} == set(decide.RULES), "decide.RULES and CaseCommand disagree"
    assert asked >= decide.RULINGS
    assert asked >= decide.AFTER_THE_END


@pytest.mark.parametrize("room", SMALL)
def test_every_command_of_a_smaller_stream_has_a_rule(room):
    answered = house.names_of(house.ROOT / f"caseflow/domain/{room}.py", "decide", "c")
    assert names(get_args(SMALL[room][0])) <= answered


def test_every_command_can_be_stored_and_asked_for_by_name():
    assert set(codec.COMMAND_KINDS.values()) == set(get_args(commands.Command))


def test_whatever_the_journey_offers_is_a_command():
    from caseflow.domain import journey  # noqa: PLC0415 - only here

    offered = house.constants("caseflow/domain/journey.py") & set(codec.COMMAND_KINDS)
    for name in (*journey.ALWAYS, *journey.WHILE_OPEN):
        assert name in codec.COMMAND_KINDS
    never = {"refer", "fire_timer"} | {codec.kind_of(kind) for union, _ in SMALL.values() for kind in get_args(union)}
    missing = set(codec.COMMAND_KINDS) - offered - never
    assert not missing, f"commands that `case do --list` never offers: {sorted(missing)}"


# ── facts ───────────────────────────────────────────────────────────────────────────────────────
CHANGES_NOTHING = {
    events.ExpectationsExplained,  # read-back of a plan is in PlanAgreed; this is for the history
    events.NeedUnmet,  # for figures
    events.EngagementNoted,  # for figures
    events.Signposted,  # free help: never chased, never reported
    events.SafeguardingNoted,  # opens a task at once
    events.WentAway,  # a Held comes with it
    events.VictimTold,  # meets its expectation
    events.TaskFinished,  # closes its task
}
"""Facts that leave the case as it is; each has its say elsewhere."""
NOTHING_IN = {
    "provider_return": {"TaskFinished", "AccessAsked", "ExpectationOpened", "ExpectationClosed", "Rebased"},
    "digest": {"DigestClosed", "DeliveryNoted", "ExpectationOpened", "ExpectationClosed", "RungFired"},
}
"""…in the smaller streams; the engine's own facts go through `expectations_after` there."""


def test_for_every_fact_somebody_decided_what_it_changes():
    facts = set(get_args(events.CaseEvent)) - {events.Referred}
    assert not set(evolve._CHANGES) & CHANGES_NOTHING
    undecided = facts - set(evolve._CHANGES) - CHANGES_NOTHING
    assert not undecided, f"write what they change, or add them to CHANGES_NOTHING with the reason: {names(undecided)}"
    assert set(evolve._CHANGES) | CHANGES_NOTHING <= facts


@pytest.mark.parametrize("room", SMALL)
def test_for_every_fact_of_a_smaller_stream_too(room):
    source = house.ROOT / f"caseflow/domain/{room}.py"
    decided = house.names_of(source, "evolve", "ev") | house.names_of(source, "start", "ev") | NOTHING_IN[room]
    assert names(get_args(SMALL[room][1])) <= decided


def test_every_fact_has_a_golden_file_of_each_version_it_ever_had():
    wanted = {f"{kind}.{n}.json" for kind, newest in codec.VERSIONS.items() for n in range(1, newest + 1)}
    assert {path.name for path in GOLDEN.glob("*.json")} == wanted


@pytest.mark.parametrize("kind", codec.EVENT_KINDS)
def test_every_fact_has_words_for_people(kind):
    version = codec.VERSIONS[kind]
    event = codec.decode_event(kind, version, (GOLDEN / f"{kind}.{version}.json").read_bytes())
    words = story.wording(event, {"words": "Sam"})
    assert words == words.strip()
    assert "_" not in words


def test_versions_only_rise_with_an_upcaster():
    steps = {(kind, n) for kind, newest in codec.VERSIONS.items() for n in range(1, newest)}
    assert steps == set(codec.UPCASTERS)


# ── signals and conditions ──────────────────────────────────────────────────────────────────────
def test_every_signal_is_given_by_some_fact():
    given = house.constants(*(f"caseflow/domain/{room}.py" for room in ("meaning", "provider_return", "digest")))
    assert not set(SIGNALS) - given, "signals a policy may write and nothing ever gives"


def test_no_fact_gives_a_signal_without_a_name():
    for node in ast.walk(house.tree(house.ROOT / "caseflow/domain/meaning.py")):
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str(name)), _]):
                assert name in SIGNALS, f"meaning.py gives {name!r}, which signals.py does not know"
            case _:
                pass
    assert meaning.signals_of


def test_every_condition_is_a_question_somebody_answers():
    assert set(policy.CONDITIONS) <= set(conditions.QUESTIONS)


def test_every_condition_has_words_in_the_reference():
    from caseflow.cli.reference.policy_page import ACT_WORDS, CONDITIONS  # noqa: PLC0415 - only here

    assert set(CONDITIONS) == set(conditions.QUESTIONS)
    assert set(ACT_WORDS) == set(policy.ACTS)


# ── messages ────────────────────────────────────────────────────────────────────────────────────
def test_the_domain_and_the_catalogue_agree_on_every_message():
    assert {message.name: message.kind for message in CATALOGUE.values()} == KINDS


def test_what_may_be_sent_again_when_unclear_is_the_same_for_catalogue_and_engine():
    again = {message.kind for message in CATALOGUE.values() if message.unclear == "at_least_once"}
    assert again == set(ports.AT_LEAST_ONCE)


def test_every_message_of_the_catalogue_is_sent_by_a_ladder_or_a_fact(schemes):
    by_ladders = {
        act.message
        for scheme in schemes.values()
        for ladder in scheme.ladders.values()
        for rung in ladder.rungs
        for act in rung.acts
        if act.message
    }
    by_facts = house.constants("caseflow/domain/", "caseflow/store/", but=("caseflow/domain/notices.py",)) & set(
        CATALOGUE
    )
    assert by_ladders <= set(CATALOGUE)
    unused = set(CATALOGUE) - by_ladders - by_facts
    assert not unused, f"messages nobody ever sends: {sorted(unused)}"


def test_every_message_a_fact_sends_is_in_the_catalogue():
    sent = [
        argument.value
        for path in house.modules("caseflow/domain/react/")
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_write"
        for argument in node.args[4:5]
        if isinstance(argument, ast.Constant)
    ]
    assert len(sent) > 5
    assert set(sent) <= set(CATALOGUE)


def test_every_code_a_digest_may_carry_is_worded_in_both_languages():
    from caseflow.messages import phrases  # noqa: PLC0415 - only here

    codes = {
        node.args[-1].value
        for path in house.modules("caseflow/domain/react/")
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "_digest"
        and isinstance(node.args[-1], ast.Constant)
    }
    assert len(codes) > 5
    text = (house.ROOT / "caseflow/messages/phrases.py").read_text(encoding="utf-8")
    assert phrases
    assert not [code for code in codes if f'"{code}"' not in text]


# ── schemes, database, calendar ─────────────────────────────────────────────────────────────────
def test_both_schemes_load_and_every_ladder_of_theirs_runs_somewhere(schemes):
    assert {"durham", "dyfed-powys"} <= {scheme for scheme, _ in schemes}
    for scheme in schemes.values():
        used = {name for rules in scheme.disposals.values() for name in rules.ladders}
        case_ladders = {name for name, ladder in scheme.ladders.items() if ladder.stream == "case"}
        assert case_ladders <= used, f"{scheme.scheme}: ladders no disposal uses: {sorted(case_ladders - used)}"


def test_the_migration_head_is_the_one_we_think():
    assert migrations.head() == HEAD, (
        "a new migration: set HEAD, and say in CHANGELOG.md that `caseflow db upgrade` is due"
    )


def test_every_table_belongs_to_a_scheme():
    from caseflow.store.tables import metadata  # noqa: PLC0415 - only here

    apart = {"clock", "home", "marks", "policies", "beats", "receipts", "tallies"}  # a receipt names no scheme
    missing = [table.name for table in metadata.sorted_tables if "scheme_id" not in table.columns]
    assert set(missing) <= apart, f"tables without scheme_id: {missing}"


def test_bank_holidays_reach_through_the_year_after_the_newest_release():
    changes = (house.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = max(date.fromisoformat(day) for day in re.findall(r"^## .*?(\d{4}-\d\d-\d\d)", changes, re.MULTILINE))
    known = england_and_wales().known_until
    assert known >= date(released.year + 1, 12, 31), (
        f"Bank holidays are certain until {known} only. When the government has published next year's: upgrade the "
        "`holidays` package, compare its days with the published list, put what differs under `extra` or `removed` in "
        "config/calendars/england-and-wales.yaml, and move `known_until` there."
    )


def test_golden_files_are_json_for_people_to_read():
    for path in GOLDEN.glob("*.json"):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
