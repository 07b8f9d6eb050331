"""The rules of wording that a machine can check: length, forbidden words, one ask, a person, a way to answer, short sentences."""

import html
import re
from datetime import UTC, date, datetime

import pytest

from caseflow.engine.links import LINK_MARK
from caseflow.messages import phrases
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.render import preview, render
from caseflow.messages.templates import messages_dir
from caseflow.messages.text import MAX_PARTS, REPLY_WORDS, count

PARTICIPANT = [message for message in CATALOGUE.values() if message.audience == "participant"]
TEXTS = [(message.name, language) for message in PARTICIPANT if "text" in message.channels for language in LANGUAGES]
WORDS = [
    (message.name, channel, language)
    for message in PARTICIPANT
    for channel in message.channels
    for language in LANGUAGES
]
OTHERS = [
    (message.name, language)
    for message in CATALOGUE.values()
    if message.audience != "participant"
    for language in LANGUAGES
]

# Never to a participant: a shared phone or a letter on the mat would tell, or the word blames or threatens.
FORBIDDEN = {
    "en": r"\b(police\w*|offen[cd]\w*|courts?|drugs?|program(me)?s?|breach\w*|must|fail\w*|final\w*|strikes?|warn\w*"
    r"|prosecut\w*|crim\w*|cautions?|probation|custody|arrest\w*|punish\w*|guilt\w*|have to|fault of yours)\b",
    # With the first letters as Welsh softens them: trosedd, drosedd, throsedd, nhrosedd.
    "cy": r"\b(heddlu\w*|(t|d|th|nh)rosedd\w*|ll?ys(oedd)?|(c|g|ch|ngh)yffur\w*|rh?aglen\w*|rh?ybudd\w*|rh?aid|(m|f)eth(u|odd|och|iant|ais|wyd)"
    r"|(t|d|th|nh)erfynol|streic\w*|(t|d|th|nh)oriad\w*|(t|d|th|nh)orri|(t|d|th|nh)ramgwydd\w*|erlyn\w*|(c|g|ch|ngh)osb\w*"
    r"|(d|dd|n)edfryd\w*|arest\w*|euog\w*|(c|g|ch|ngh)archar\w*)\b",
}
# What may follow is spoken first and then written in a letter; a text must not even hint at it.
CONSEQUENCE = {
    "en": r"\b(otherwise|or else|if you do(n't| not)|if we do(n't| not)|consequence\w*|may end|will end|decision|decid\w*|officer|agreement|against you|lose|taken further)\b",
    "cy": r"\b(fel arall|os na|canlyniad\w*|dod i ben|(p|b|ph|mh)enderfyn\w*|swyddog\w*|(c|g|ch|ngh)ytundeb\w*|yn eich erbyn|ymhellach)\b",
}
ASKING = {"en": r"\b(reply|ring|call)\b(?! (you|with a new|and we will ring))", "cy": r"\b(atebwch|ffoniwch)\b"}
WRONG_TAIL = r"(Not|Nid) [^.?]+\? (Reply WRONG|Atebwch ANGHYWIR)\."

# Short ordinary values: with them a sentence's length is the wording's own.
PLAIN = {
    "first_name": "Sam",
    "worker": "Jo",
    "service": "Northgate",
    "phone": "01632",
    "place": "Northgate",
    "reasons": "Sam.",
    "items": ["Sam"],
    "start": datetime(2026, 1, 15, 14, tzinfo=UTC),
    "offers": [datetime(2026, 1, 18, 10, tzinfo=UTC), datetime(2026, 1, 19, 15, tzinfo=UTC)],
    "by": date(2026, 1, 29),
    "missed_on": date(2026, 1, 14),
    "see_online": [],
}


def plain(name, channel, language):
    return render(name, channel, language, {field: PLAIN[field] for field in CATALOGUE[name].fields})


def readable(body):
    """A letter or mail as lines of words: blocks end a sentence, tags and marks are gone."""
    body = re.sub(r"(?s)<style>.*?</style>", "", body)
    body = re.sub(r"</?(p|li|h1|h2|br|title|ul|body|head|html)[^>]*>", "\n", body)
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def sentences(text):
    return [s.strip() for s in re.split(r"\n|(?<=[.?!:])\s+", text) if s.strip()]


@pytest.mark.parametrize(("name", "language"), TEXTS)
def test_a_text_with_the_longest_real_fields_is_one_part_in_english_and_at_most_two_in_welsh(name, language):
    counted = count(preview(name, "text", language).body)
    assert counted.encoding == "GSM-7", counted.non_gsm
    assert counted.parts <= (1 if language == "en" else 2)
    if language == "en":
        assert counted.units <= 160


@pytest.mark.parametrize("name", ["session_reminder", "first_meeting_reminder"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_reminder_that_brings_a_link_is_of_two_parts_at_most(name, language):
    fields = {field.name: field.sample(language) for field in CATALOGUE[name].fields.values()}
    link = f"https://appointments.northgate.example/a/{LINK_MARK}"
    body = render(name, "text", language, fields | {"see_online": [link]}).body
    assert body.endswith(f" {link}")
    assert count(body).parts <= 2


@pytest.mark.parametrize(
    "file", sorted(messages_dir().glob("*/*/sms*.txt")), ids=lambda path: "/".join(path.parts[-3:])
)
def test_no_text_costs_more_by_its_own_letters(file):
    assert count(file.read_text(encoding="utf-8")).non_gsm == set()


@pytest.mark.parametrize(("name", "language"), TEXTS)
@pytest.mark.parametrize("first_name", ["Siân", "Llŷr", "Gwenllïan", "Zoë"])
def test_a_name_with_a_letter_outside_gsm_still_goes_as_a_text_and_is_spelt_right(name, language, first_name):
    fields = {field.name: field.sample(language) for field in CATALOGUE[name].fields.values()} | {
        "first_name": first_name,
        "worker": "Siân",
    }
    words = render(name, "text", language, fields)
    assert first_name in words.body
    assert count(words.body).encoding == "UCS-2"
    assert words.parts <= MAX_PARTS


@pytest.mark.parametrize(("name", "channel", "language"), WORDS)
def test_no_forbidden_word_reaches_a_participant(name, channel, language):
    words = preview(name, channel, language)
    for text in (words.subject or "", readable(words.body)):
        assert re.search(FORBIDDEN[language], text, re.IGNORECASE) is None


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "Police"),
        ("en", "You must"),
        ("en", "final"),
        ("en", "breached"),
        ("en", "your offence"),
        ("cy", "y llys"),
        ("cy", "rhaid"),
        ("cy", "drosedd"),
        ("cy", "rybudd"),
        ("cy", "gyffuriau"),
    ],
)
def test_the_list_of_forbidden_words_sees_them_in_all_their_shapes(language, word):
    assert re.search(FORBIDDEN[language], f"Hello {word} Sam", re.IGNORECASE)


@pytest.mark.parametrize(("name", "language"), TEXTS)
def test_a_consequence_is_never_in_a_text(name, language):
    for words in (preview(name, "text", language), plain(name, "text", language)):
        assert re.search(CONSEQUENCE[language], words.body, re.IGNORECASE) is None


@pytest.mark.parametrize(("name", "language"), TEXTS)
def test_a_text_asks_one_thing(name, language):
    for words in (preview(name, "text", language), plain(name, "text", language)):
        body = re.sub(WRONG_TAIL, "", words.body)
        assert body.count("?") <= 1
        asking = [s for s in sentences(body) if re.search(ASKING[language], s, re.IGNORECASE)]
        assert len(asking) <= 1, asking


@pytest.mark.parametrize(("name", "language"), TEXTS)
def test_a_text_names_a_person_and_a_way_to_answer(name, language):
    for words in (preview(name, "text", language), plain(name, "text", language)):
        worker, phone = ("Christopher", "01632 960123") if "Christopher" in words.body else ("Jo", "01632")
        assert len(re.findall(worker, words.body)) >= (
            2 if worker == "Christopher" else 1
        )  # the participant is the other Christopher
        replies = "|".join(each[language] for each in REPLY_WORDS.values())
        assert phone in words.body or re.search(rf"\b({replies})\b", words.body)


@pytest.mark.parametrize(("name", "language"), TEXTS)
def test_a_text_only_asks_for_words_we_understand_in_its_language(name, language):
    for file in (messages_dir() / name / language).glob("sms*.txt"):
        asked = re.findall(r"\b[A-Z]{2,}\b", re.sub(r"\{\{.*?\}\}", "", file.read_text(encoding="utf-8")))
        assert set(asked) - {"OK"} <= {each[language] for each in REPLY_WORDS.values()}


@pytest.mark.parametrize(("name", "channel", "language"), WORDS)
def test_sentences_to_participants_are_fifteen_words_at_most(name, channel, language):
    text = readable(plain(name, channel, language).body)
    long = [s for s in sentences(text) if len(s.split()) > 15]
    assert long == []


@pytest.mark.parametrize(("name", "channel", "language"), WORDS)
def test_mail_and_letters_to_participants_say_who_writes_and_which_number_answers(name, channel, language):
    body = readable(preview(name, channel, language).body)
    assert "Christopher" in body
    if channel != "text":
        assert "01632 960123" in body
        assert "Northgate Support Durham" in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_before_a_decision_say_how_to_be_heard_who_decides_and_who_helps(language):
    heard = {
        "en": ["your side", "Citizens Advice", "manager", "computer", "may"],
        "cy": ["ochr chi", "Cyngor ar Bopeth", "rheolwr", "cyfrifiadur", "ll"],
    }
    for name in ("strike_letter", "your_side"):
        body = readable(preview(name, "letter", language).body)
        assert [word for word in heard[language] if word not in body] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_about_a_breach_gives_reasons_a_review_within_ten_working_days_and_legal_advice(language):
    body = readable(preview("decision_breached", "letter", language).body)
    wanted = {
        "en": ["Two planned sessions", "10 working days", "solicitor"],
        "cy": ["Collwyd dwy sesiwn", "10 diwrnod gwaith", "yfreithiwr"],
    }
    assert [word for word in wanted[language] if word not in body] == []


@pytest.mark.parametrize(("name", "language"), OTHERS)
def test_mail_to_officers_and_providers_names_no_participant_and_no_offence(name, language):
    words = preview(name, "email", language)
    assert words.subject
    assert len(words.subject) <= 78
    if "reference" in CATALOGUE[name].fields:
        assert re.search(r"(DUR|DYP)-22-000417", words.subject)


@pytest.mark.parametrize(
    ("known", "english", "welsh"),
    [
        ({}, "DUR-22-000417: nothing yet", "DUR-22-000417: dim eto"),
        (
            {"attended": 3, "missed": 1, "unknown": 2, "done": False, "survey": True},
            "DUR-22-000417: sessions attended: 3, not attended: 1, we have not heard about: 2, survey filled in",
            "DUR-22-000417: sesiynau a fynychwyd: 3, heb eu mynychu: 1, heb glywed am: 2, arolwg wedi'i lenwi",
        ),
        ({"attended": 5, "unknown": 1, "done": True}, "DUR-22-000417: sessions attended: 5, completed", "DUR-22-000417: sesiynau a fynychwyd: 5, cwblhawyd"),
    ],
)  # fmt: skip
def test_a_providers_request_says_what_is_known_of_each_participant(known, english, welsh):
    assert phrases.return_line({"ref": "DUR-22-000417", **known}, "en") == english
    assert phrases.return_line({"ref": "DUR-22-000417", **known}, "cy") == welsh
