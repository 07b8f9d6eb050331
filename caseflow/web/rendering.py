"""Templates into pages: Jinja, always escaped, a missing value is an error; the Design System's components beside them.

The components' macros count on missing values being nothing, so they live in an environment of their own: a template of
ours calls them as `govuk.button({...})`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape

from caseflow.messages import dates
from caseflow.settings.paths import templates_dir
from caseflow.web import assets, words
from caseflow.web.ringing import ring, shown

PACKAGE = "govuk_frontend_jinja"


class Components:
    """GOV.UK Design System components by name: `govuk.error_summary({...})`."""

    def __init__(self) -> None:
        loader = PrefixLoader({PACKAGE: PackageLoader(PACKAGE)})
        self._environment = Environment(loader=loader, autoescape=True, undefined=ChainableUndefined)

    def __getattr__(self, name: str) -> Callable[[Mapping[str, Any]], Markup]:
        if name.startswith("_"):
            raise AttributeError(name)
        template = self._environment.get_template(f"{PACKAGE}/components/{name.replace('_', '-')}/macro.html")
        found: Callable[[Mapping[str, Any]], Markup] = getattr(template.module, "govuk" + name.title().replace("_", ""))
        setattr(self, name, found)
        return found


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates_dir() / "web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["govuk"] = Components()
    made.globals["asset"] = assets.address
    made.globals["full_skin"] = assets.full_skin
    made.globals["ring"] = ring
    made.filters["number"] = shown
    return made


def render(template: str, language: str, context: Mapping[str, Any]) -> str:
    """The page in this language: `t`, `when`, `day` and `clock` speak it.

    `has` asks whether there are such words; `code` says a code of the domain or of a policy, as it is where the language
    has no word for it.
    """

    def t(key: str, **values: object) -> str:
        """A value that is markup (a number to ring) stays so, and then nothing else of the text is."""
        if any(isinstance(value, Markup) for value in values.values()):
            return escape(words.text(language, key, {})).format(**values)
        return words.text(language, key, values)

    def when(instant: datetime) -> str:
        return f"{dates.long_day(instant, language)}, {dates.clock(instant, language)}"

    speaking = {
        "t": t,
        "code": lambda code: words.catalogue(language).get(f"code.{code}") or code.replace("_", " ").capitalize(),
        "has": lambda key: key in words.catalogue(language),
        "language": language,
        "when": when,
        "day": lambda value: dates.long_day(value, language),
        "short_day": lambda value: dates.day(value, language),
        "clock": lambda value: dates.clock(value, language),
    }
    return environment().get_template(template).render(**speaking, **context)
