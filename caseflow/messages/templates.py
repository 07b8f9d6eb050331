"""Where the words stand, and the engine that fills them: one Jinja environment per folder and language."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from caseflow.messages import dates
from caseflow.settings.paths import templates_dir

FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("sms.txt",),
    "email": ("email.subject.txt", "email.txt"),
    "letter": ("letter.html",),
}
SHORT: Final = "sms.short.txt"


def messages_dir() -> Path:
    """Where the templates of messages stand, in a checkout or in an installed wheel."""
    return templates_dir() / "messages"


@cache
def environment(root: Path, language: str) -> Environment:
    """One per language, built once: its filters already know which language they speak."""
    environment = Environment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        word: partial(getattr(dates, word), language=language) for word in ("day", "long_day", "clock")
    }
    environment.globals = {"lang": language}
    return environment
