"""The words of the pages: the same keys and values to fill in in both languages, all of them used, none missing."""

import re
import string
from pathlib import Path

import pytest

import caseflow.web
from caseflow.settings.paths import templates_dir
from caseflow.web.words import LANGUAGES, NoWords, catalogue, text

WEB = templates_dir() / "web"
ASKED = re.compile(r"""\bt\(\s*["']([\w.]+)["'](\s*~)?""")
SAID = re.compile(r"""\.say\(\s*"([\w.]+)\"""")
"""Forms say some of their words themselves: caseflow/web/forms."""
NAMED = re.compile(r"""["']((?:nav|part|state)\.[\w.]+)["']""")


def used() -> tuple[set[str], set[str]]:
    """Keys that templates ask for by name, and beginnings of those they put together."""
    whole, begun = set(), set()
    for path in WEB.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        whole |= set(NAMED.findall(source))
        for key, joined in ASKED.findall(source):
            (begun if joined else whole).add(key)
    for path in Path(caseflow.web.__file__).parent.rglob("*.py"):
        whole |= set(SAID.findall(path.read_text(encoding="utf-8")))
    return whole, begun | {"code."}


def holes(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_both_languages_have_the_same_keys():
    assert [set(catalogue(one)) for one in LANGUAGES] == [set(catalogue("en"))] * len(LANGUAGES)


@pytest.mark.parametrize("key", catalogue("en"))
def test_both_languages_fill_in_the_same(key):
    english, welsh = (catalogue(one)[key] for one in ("en", "cy"))
    assert holes(english) == holes(welsh)
    assert english.strip()
    assert welsh.strip()


def test_every_key_is_used_and_every_key_asked_for_is_there():
    whole, begun = used()
    assert whole <= set(catalogue("en")), "asked for and in no file"
    unused = {key for key in catalogue("en") if key not in whole and not key.startswith(tuple(begun))}
    assert not unused, "in the files and asked for by nobody"


def test_welsh_is_not_english_left_standing():
    said = {key: re.sub(r"\{\w+\}", "", words) for key, words in catalogue("en").items()}  # only what is in words
    same = {key for key, words in catalogue("en").items() if catalogue("cy")[key] == words and len(said[key]) > 3}
    assert not same


def test_a_missing_key_is_an_error_and_so_is_a_missing_value():
    with pytest.raises(NoWords, match=r"words/en has nav\.nothing"):
        text("en", "nav.nothing", {})
    with pytest.raises(KeyError):
        text("en", "home.hello", {"nobody": 1})
