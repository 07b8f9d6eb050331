"""What participants do with a message that reached them: mostly nothing, sometimes an answer, a STOP or a WRONG."""

from datetime import timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import NoteAnswer, NoteSurvey
from caseflow.domain.words import Actor, Channel, Origin, Role
from caseflow.engine.readings import PostedLine
from caseflow.simulate.world import World

SURVEYS = {"completed", "survey", "survey_again"}


def read(world: World, case: Case, line: PostedLine) -> None:
    """The message lies before them. An answer comes within a day, when people are awake."""
    person = world.person(case.id)
    occasion = f"reads:{line.purpose}:{line.expectation}:{line.cycle}:{line.rung}:{line.channel}"
    if person.number == "wrong" and line.channel == Channel.TEXT.value:
        if world.chance(0.5, case, occasion):  # a stranger tells us
            _plan(world, case, line, "wrong", occasion)
        return
    if line.channel == Channel.EMAIL.value and not world.chance(
        world.rates.answers.reads_email, case, f"{occasion}:opened"
    ):
        return
    if person.drifting:
        return
    answer = _answer(world, case, line, occasion)
    if answer:
        _plan(world, case, line, answer, occasion)


def _answer(world: World, case: Case, line: PostedLine, occasion: str) -> str:
    answers, attendance = world.rates.answers, world.rates.attendance
    if line.purpose in SURVEYS:
        return "survey" if world.chance(answers.survey, case, occasion) else ""
    if line.purpose in {"session_reminder", "first_meeting_reminder", "session_reminder_short"}:
        return "cant" if world.chance(answers.cannot_come, case, occasion) else ""
    rate = {
        "first_contact": answers.reply_in_a_day,
        "missed_session": attendance.back_after_text,
        "first_meeting_missed": attendance.back_after_text,
        "your_move": attendance.back_after_letter,
        "no_answer": answers.reply_in_a_day,
        "your_side": answers.reply_in_a_day,
    }.get(line.purpose, 0.0)
    if line.kind == "chase" and line.channel == Channel.TEXT.value:
        if world.chance(answers.stop, case, f"{occasion}:stop"):
            return "stop"
        if line.purpose == "first_contact" and world.chance(answers.wrong, case, f"{occasion}:wrong"):
            return "wrong"
    if not world.chance(rate, case, occasion):
        return ""
    if line.purpose in {"first_contact", "your_side", "your_move"}:
        return "call"
    return "free" if world.chance(answers.needs_reading, case, f"{occasion}:words") else "ok"


def _plan(world: World, case: Case, line: PostedLine, answer: str, occasion: str) -> None:
    hours = world.whole(1, 20, case, f"{occasion}:hours")
    at = world.hours.waking(world.now + timedelta(hours=hours))
    if line.channel == Channel.LETTER.value:
        at = world.hours.waking(at + timedelta(days=2))
    channel = "text" if line.channel == Channel.TEXT.value else "email" if line.channel == "email" else "phone"
    world.later(at, case.id, "answer", f"{answer}|{channel}|{line.subject or ''}")


def answer(world: World, case: Case, detail: str) -> None:
    """The answer arrives at the scheme's number."""
    reads_as, channel, about = detail.split("|")
    participant = Actor(case.parties[Role.PARTICIPANT], Role.PARTICIPANT)
    person = world.person(case.id)
    world.tally.answers[reads_as] += 1
    if reads_as == "survey":
        if not case.survey:
            world.ask(case.id, NoteSurvey(filled_in=True), participant, origin=Origin.CHANNEL)
        return
    needs_reading = reads_as == "free"
    note = NoteAnswer(reads_as, channel, about or None, needs_reading=needs_reading)
    world.ask(case.id, note, participant, origin=Origin.CHANNEL)
    if reads_as == "stop":
        person.next_try("stop")
        return
    if reads_as == "wrong" or not case.open:
        return
    person.told = True
    office = world.hours.office(world.now + timedelta(hours=1))
    session = case.sessions.get(about)
    if session is not None and session.status == "missed":
        world.later(office, case.id, "settle" if session.kind != "first_meeting" else "book_first", about)
    elif session is not None and reads_as == "cant":
        world.later(office, case.id, "cannot_come", about)
    elif not person.held and reads_as != "call":
        world.later(office, case.id, "book_first")
    elif case.breach is not None:
        world.later(office, case.id, "give_side")
