"""What people really text back, in English and Welsh, and what it must (not) do. In doubt a person reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.domain.replies import Reading, read

SURE = {
    # STOP acts at once: whatever else it is, nobody is texted after it
    "stop": [
        "STOP", "stop", "Stop.", "STP", "sotp", "STOPP", "stoppppp", "stop please", "Please stop", "STOP!!!", "stop stop", "stop txting me",
        "stop texting me", "Stop texting me mate", "stop messaging me pls", "pls stop sending me texts", "dont text me", "Don’t text me again",
        "do not contact me", "no more texts", "leave me alone", "unsubscribe", "opt out", "stop these messages", "take me off",
        "Stopiwch", "STOPIWCH os gwelwch yn dda", "Stopiwch anfon negeseuon", "stopia", "peidiwch â thecstio fi", "Peidiwch ag anfon", "dim mwy o negeseuon",
    ],
    "wrong": [
        "WRONG", "wrong", "wrong number", "Wrong number mate", "wrng number", "rong numba", "sorry wrong person", "Sorry, wrong number!", "you have the wrong number",
        "u got the wrong number pal", "this is the wrong number", "anghywir", "Rhif anghywir", "rhif anghywir, sori", "RHIF ANGHWIR", "person anghywir",
    ],
    "call": [
        "CALL", "call", "Call me", "call me please", "ring me", "Can you ring me?", "can u call me pls", "give me a call", "give us a ring tomorrow", "phone me",
        "HELP", "hlp", "call me back", "Cymorth", "ffoniwch fi", "Ffonia fi plis", "galwch", "Ffoniwch fi yfory",
    ],
    "cant": [
        "CANT", "can't", "Can’t come", "cant make it", "carnt come", "I can't come", "i cant make it today", "CHANGE", "chnage", "change please", "can we change it?",
        "not coming", "methu", "Methu dod", "dwi methu dod", "newid", "Newid plis", "alla i ddim dod",
    ],
}  # fmt: skip
READ = [
    # two meanings in one text
    ("STOP I can't come", "free"), ("yes and stop", "free"), ("STOP. Call me instead", "free"), ("1 or 2", "free"), ("1, 2 or call", "free"), ("yes but not thursday", "free"),
    ("yes or no", "free"), ("wrong day, can you call", "free"), ("ie ond methu dod", "free"), ("call me, wrong number before", "free"),
    # the word, but not the meaning
    ("Don't stop texting me", "free"), ("I'll stop by at 2", "free"), ("the bus didnt stop", "free"), ("trying to stop drinking", "free"), ("stop smoking group is when", "free"),
    ("don't call me", "free"), ("I'll call you", "free"), ("wrong day?", "free"), ("not today", "free"), ("not sure", "free"), ("not well", "free"), ("not wrong", "doubt"), ("can't stop, driving", "free"), ("never said yes", "free"),
    ("I help my nan on mondays", "free"), ("cancel", "free"), ("what time", "free"),
    # mockery and doubt
    ("yeah right", "free"), ("yes 🙄", "free"), ("ok whatever", "free"), ("yes lol", "free"), ("as if", "free"), ("sure thing boss", "free"), ("ok if i have to", "free"),
    ("maybe", "free"), ("ok 😂", "free"), ("STOP 😂", "free"), ("I suppose", "free"), ("👍", "free"), ("", "free"), ("   ", "free"), ("x", "free"), ("efallai", "free"), ("???", "free"),
    # perhaps somebody else
    ("who is this", "doubt"), ("Who is this?", "doubt"), ("who dis", "doubt"), ("whos this", "doubt"), ("who r u", "doubt"), ("Pwy yw hwn?", "doubt"), ("pwy sy'na", "doubt"), ("not sam", "doubt"),
    ("this isnt sam", "doubt"), ("this is his mum", "doubt"), ("he doesn't live here any more", "doubt"), ("never heard of him", "doubt"), ("new phone who dis", "doubt"),
    ("is this the wrong number?", "doubt"), ("I gave you the wrong number last time", "doubt"), ("nid fi yw hwn", "doubt"),
    # a clear no: to what, a person must see
    ("no", "no"), ("Nope", "no"), ("no thanks", "no"), ("nac ydw", "no"), ("Nage", "no"), ("dim diolch", "no"), ("na", "no"),
    # free words
    ("my address is 4 High St now", "free"), ("thanks for last week", "free"), ("what's this about", "free"), ("lost my phone", "free"), ("Diolch am ddoe", "free"),
    ("is Jo still working there?", "free"), ("tell the court I did it", "free"), ("sick of this", "free"), ("running 10 minutes late", "free"),
]  # fmt: skip
PROPOSED = [
    ("can't come, my lad is ill", "cant", {"absence:illness", "absence:childcare"}),
    ("cant come im at work", "cant", {"absence:work"}),
    ("cant make it got a docs appointment at the hospital", "cant", {"absence:medical"}),
    ("im poorly", "free", {"absence:illness"}),
    ("wont be there, funeral", "cant", {"absence:bereavement"}),
    ("cant do fri got court", "cant", {"absence:court", "time"}),
    ("cant come its eid", "cant", {"absence:religious"}),
    ("no bus, cant get there", "free", {"absence:other"}),
    ("got college that day", "free", {"absence:education"}),
    ("methu dod, dwi'n sâl", "cant", {"absence:illness", "welsh"}),
    ("dwi methu dod, mae'r plentyn yn sal", "cant", {"absence:illness", "absence:childcare", "welsh"}),
    ("methu dod gwaith", "cant", {"absence:work", "welsh"}),
    ("tues 3pm", "free", {"time"}),
    ("Thursday morning is good", "free", {"time"}),
    ("any time after 2", "free", {"time"}),
    ("1pm", "free", {"time"}),
    ("10.30 tomoz", "free", {"time"}),
    ("bore dydd mawrth", "free", {"time", "welsh"}),
    ("help im scared", "call", {"absence:safety"}),
]  # fmt: skip
URGENT = [
    "i want to die",
    "going to kill myself",
    "thinking about suicide",
    "cant go on",
    "he's hitting me",
    "dwi eisiau marw",
    "STOP im going to end it all",
    "took an overdose",
]


@pytest.mark.parametrize(("text", "meaning"), [(text, name) for name, texts in SURE.items() for text in texts])
def test_what_was_said_in_so_many_words_needs_no_reader(text, meaning):
    reading = read(text, "session_reminder")
    assert (reading.reads_as, reading.needs_reading) == (meaning, False)


@pytest.mark.parametrize(("text", "kind"), READ)
def test_in_doubt_a_person_reads_it(text, kind):
    reading = read(text, "session_reminder")
    assert (reading.reads_as, reading.needs_reading) == (kind, True)


@pytest.mark.parametrize(("text", "kind", "proposes"), PROPOSED)
def test_what_a_person_may_confirm_is_proposed_and_read(text, kind, proposes):
    reading = read(text, "missed_session")
    assert (reading.reads_as, reading.needs_reading, set(reading.proposes)) == (kind, True, proposes)


@pytest.mark.parametrize("text", URGENT)
def test_danger_comes_before_everything_else_the_text_may_say(text):
    reading = read(text)
    assert (reading.reads_as, reading.needs_reading) == ("call", True)
    assert "urgent" in reading.proposes


YES = [
    "YES",
    "yes please",
    "Yep",
    "yeah",
    "yh",
    "ok",
    "Okay thanks",
    "sure",
    "See you then",
    "will be there",
    "ie",
    "Ie, diolch",
    "Ydw",
    "iawn",
    "byddaf",
]


@pytest.mark.parametrize("text", YES)
def test_yes_is_read_against_what_was_asked(text):
    assert read(text, "session_reminder").reads_as == "ok"
    assert not read(text, "session_reminder").needs_reading
    assert read(text, "first_contact").reads_as == "call", "they are willing: ring them"
    assert read(text, "survey").reads_as == "call"
    assert read(text, "missed_session").needs_reading, "yes to which of the two times?"
    assert read(text).needs_reading, "yes to what?"


@pytest.mark.parametrize(
    ("text", "slot"),
    [("1", 1), ("2", 2), ("1 please", 1), ("Option 2 thanks mate", 2), ("the first one", 1), ("two", 2), ("no 1", 1), ("un", 1), ("dau", 2), ("Rhif 2", 2), ("2 is fine", 2)],
)  # fmt: skip
def test_one_and_two_choose_a_time_where_two_were_offered_and_mean_nothing_elsewhere(text, slot):
    reading = read(text, "missed_session")
    assert (reading.reads_as, reading.needs_reading) == ("ok", False)
    assert f"slot:{slot}" in reading.proposes
    assert read(text, "session_reminder").needs_reading
    assert read(text).needs_reading


@pytest.mark.parametrize(
    "text", ["Ie", "Methu dod", "rhif anghywir", "Diolch, dwi'n iawn", "bore dydd mawrth", "Stopiwch anfon negeseuon"]
)
def test_welsh_is_noticed_so_that_the_choice_can_be_asked_for(text):
    assert "welsh" in read(text).proposes


@pytest.mark.parametrize("text", ["yes", "no", "STOP", "in hospital", "cant come", "meet at the bore hole", "Sam"])
def test_english_is_not_taken_for_welsh(text):
    assert "welsh" not in read(text).proposes


def test_there_are_enough_of_them_to_mean_something():
    assert len(READ) + len(PROPOSED) + len(URGENT) + len(YES) + sum(map(len, SURE.values())) >= 120


@given(st.text(max_size=200), st.sampled_from([None, "missed_session", "first_contact", "session_reminder"]))
def test_anything_can_be_read_and_what_is_not_certain_waits_for_a_person(text, asked):
    reading = read(text, asked)
    assert isinstance(reading, Reading)
    assert reading.needs_reading or reading.reads_as in {"ok", "cant", "call", "stop", "wrong"}


@given(st.sampled_from(SURE["stop"]), st.sampled_from(SURE["call"] + YES))
def test_stop_with_anything_else_is_never_taken_for_the_other_thing(stop, other):
    reading = read(f"{stop}. {other}", "session_reminder")
    assert reading.reads_as == "stop" or reading.needs_reading
