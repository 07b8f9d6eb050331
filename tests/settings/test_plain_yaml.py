import pytest

from caseflow.settings.plain_yaml import canonical_json, near, parse, place


def _read(tmp_path, text):
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return parse(path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10:00", "10:00"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("2022-01-01", "2022-01-01"),
        ("01632", "01632"),
        ("1.5", "1.5"),
        ("1_000", "1_000"),
        ("7", 7),
        ("0", 0),
        ("-3", -3),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'7'", "7"),
    ],
)
def test_what_is_written_is_what_is_meant(tmp_path, written, meant):
    assert _read(tmp_path, f"x: {written}\n") == ({"x": meant}, [])


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "x: {a: 1, a: 2}\n", "x:\n  - {a: 1, a: 1}\n"])
def test_a_key_that_stands_twice_is_refused(tmp_path, text):
    content, problems = _read(tmp_path, text)
    assert content is None
    assert "'a' stands twice" in problems[0].reason
    assert problems[0].path_in_file.startswith("line ")


def test_a_tag_that_would_make_an_object_is_refused(tmp_path):
    content, problems = _read(tmp_path, "x: !!python/object/apply:os.getcwd []\n")
    assert content is None
    assert problems


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "some.yaml"
    path.write_bytes(b"x: caf\xe9\n")
    assert "UTF-8" in parse(path)[1][0].reason


def test_canonical_text_sorts_keys_and_keeps_letters():
    assert canonical_json({"b": "ŵ", "a": [1, True, None]}) == '{"a":[1,true,null],"b":"ŵ"}'


def test_a_place_reads_like_the_file():
    assert place(("ladders", "session", "rungs", 0, "at")) == "ladders.session.rungs[0].at"


def test_a_guess_is_made_only_when_it_is_close():
    assert near("mised", ["missed", "held"]) == " (did you mean 'missed'?)"
    assert near("zebra", ["missed", "held"]) == ""
