"""The page about policies: every setting of a policy file, every word it may use, and the shipped schemes in words."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from caseflow.cli.reference.markdown import code, heading, page, table
from caseflow.cli.reference.sources import doc, type_words
from caseflow.domain.conditions import QUESTIONS
from caseflow.domain.policy import ACTS, Ladder, Policy, Rung
from caseflow.domain.signals import SIGNALS, TIMED
from caseflow.messages.policies.words import ACT_WORDS, CONDITIONS, when
from caseflow.settings import scheme_file
from caseflow.settings.scheme import load_schemes
from caseflow.settings.scheme_file import SchemeFile, Strict
from caseflow.telling.coming import act_words


def policy_page() -> str:
    """The language of policies, then what the shipped ones say."""
    schemes = [block for policy in load_schemes().values() for block in _scheme(policy)]
    return page(
        "Policies",
        "A scheme's rules are a file, `config/schemes/<scheme>/<version>.yaml`. How to change one: "
        "[change a policy](../how-to/change-a-policy.md). `caseflow policy check` names every fault with its place.",
        heading("Settings"),
        *(block for model in _models() for block in _model(model)),
        heading("Times"),
        "A rung is due at an offset: from the fact that opened the ladder (`+2h`, `+3wd`), from the thing's own time "
        "(`start-2d`), or from when it is due (`due`, `due+1wd`, `half` for half-way). `min` and `h` are elapsed "
        "time, `d` days at "
        "the same time of day, `wd` working days (Monday to Friday less the bank holidays of England and Wales). "
        "What falls "
        "outside contact hours moves into them: reminders earlier, everything else later.",
        heading("Signals"),
        "What opens, meets and lapses a ladder. Those marked * bring a time of their own: only their ladders may "
        "count from "
        "`start`.",
        table(
            ("signal", "when"), ((f"`{name}`{' *' if name in TIMED else ''}", said) for name, said in SIGNALS.items())
        ),
        heading("Conditions"),
        "What `only_if` may ask; every one named must hold.",
        table(("condition", "holds when"), ((f"`{name}`", CONDITIONS[name]) for name in QUESTIONS)),
        heading("Acts"),
        table(("act", "what it does"), ((f"`{name}`", ACT_WORDS[name]) for name in ACTS)),
        *schemes,
    )


def _models() -> list[type[BaseModel]]:
    return [SchemeFile, *(model for model in Strict.__subclasses__() if model is not SchemeFile)]


def _model(model: type[BaseModel]) -> Iterator[str]:
    name = model.__name__.removesuffix("File").lower()
    hints = get_type_hints(model, include_extras=True)
    yield heading("The file" if model is SchemeFile else f"`{name}`", 3)
    yield doc(model)
    yield table(
        ("setting", "is", "if left out"),
        ((f"`{key}`", _words(hints[key]), _default(field)) for key, field in model.model_fields.items()),
    )


ALIASES: dict[str, str] = {
    "Signal": "signal",
    "Condition": "condition",
    "ActName": "act",
    "ARole": "[role](words.md#role)",
    "AnOffset": "time",
    "SomeHours": "hours, such as `Mon-Fri 09:00-18:30`",
    "AClock": "time of day",
    "Code": "code in small letters",
    "Words": "words",
    "Positive": "number above 0",
    "EvidenceName": "kind of proof",
    "NoEvidenceName": "kind of non-proof",
    "NeverName": "ground against a strike",
    "EndReason": "end reason",
    "ByLanguage": "words by language",
}


def _alias(hint: Any) -> str:
    return next(
        (
            words
            for name, words in ALIASES.items()
            if getattr(scheme_file, name) is hint or getattr(scheme_file, name) == hint
        ),
        "",
    )


def _words(hint: Any) -> str:
    if found := _alias(hint):
        return found
    args = [arg for arg in get_args(hint) if arg not in {Ellipsis, type(None)}]
    origin = get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return type_words(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"`{hint.__name__.removesuffix('File').lower()}`"
    if origin is dict:
        return f"name → {_words(args[1])}"
    if origin is tuple:
        return f"list of {_words(args[0])}"
    if origin is not None and args and all(isinstance(arg, str | int) for arg in args):
        return ", ".join(f"`{arg}`" for arg in args)
    if origin is not None and args:
        return _words(args[0])
    return {bool: "yes or no", int: "number", str: "text"}.get(hint, _plain(hint))


def _plain(hint: Any) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", getattr(hint, "__name__", str(hint))).lower()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    default = field.get_default()
    return (
        "none" if default in (None, "", ()) else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    )


def _scheme(policy: Policy) -> Iterator[str]:
    yield heading(f"{policy.title['en']} ({policy.scheme}, version {policy.version})")
    yield (
        f"In force from {policy.in_force_from}; languages {' and '.join(policy.languages)}; returns every "
        f"{policy.returns.every}; at most {policy.contact.chases_per_week} automatic messages a week."
    )
    yield table(
        ("disposal", "outcome", "strikes", "a breach leads to", "asks for"),
        (
            (
                rules.title.get("en", name),
                rules.outcome,
                "yes" if rules.strikes else "no",
                rules.breach_leads_to.replace("_", " "),
                ", ".join(rules.needs).replace("_", " "),
            )
            for name, rules in policy.disposals.items()
        ),
    )
    for ladder in policy.ladders.values():
        yield heading(f"`{ladder.name}`", 3)
        yield _ladder(ladder)
        yield code("\n".join(_rung(rung) for rung in ladder.rungs), "text")


def _ladder(ladder: Ladder) -> str:
    said = [f"From {_signals(ladder.opens)} until {_signals(ladder.met) or 'it has run out'}."]
    if ladder.lapses:
        said.append(f"Pointless once {_signals(ladder.lapses)}.")
    if ladder.due is not None:
        said.append(f"Due {when(ladder.due)}.")
    if ladder.only_if:
        said.append(f"Only if {' and '.join(CONDITIONS[name] for name in ladder.only_if)}.")
    return " ".join(said)


def _signals(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _rung(rung: Rung) -> str:
    only = f" (only if {' and '.join(name.replace('_', ' ') for name in rung.only_if)})" if rung.only_if else ""
    acts = [
        act_words(act) + (f" (only if {' and '.join(act.only_if).replace('_', ' ')})" if act.only_if else "")
        for act in rung.acts
    ]
    return f"{when(rung.at)}{only}: {'; '.join(acts)}"
