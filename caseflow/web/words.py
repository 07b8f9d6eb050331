"""The words on the pages, by language: `templates/web/words/<language>/<subject>.yaml`, each key in both (tests/web/test_words.py).

What the policy and the facts say in words comes from elsewhere (caseflow.telling, caseflow.messages).
"""

from collections.abc import Mapping
from functools import cache

import yaml

from caseflow.settings.paths import templates_dir

LANGUAGES = ("en", "cy")


class NoWords(LookupError):
    """A page asks for words that are in no file."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every text of this language by its key."""
    found: dict[str, str] = {}
    for path in sorted((templates_dir() / "web" / "words" / language).glob("*.yaml")):
        for group, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found |= {f"{group}.{name}": str(text) for name, text in texts.items()}
    return found


def text(language: str, key: str, values: Mapping[str, object]) -> str:
    """The words of this key. Raises NoWords, and KeyError for a value that the words need."""
    found = catalogue(language).get(key)
    if found is None:
        raise NoWords(f"no file in templates/web/words/{language} has {key}")
    return found.format_map(dict(values)) if values else found
