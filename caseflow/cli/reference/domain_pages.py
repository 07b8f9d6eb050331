"""Pages about the domain: words, journey, events, commands."""

from collections.abc import Iterable
from enum import StrEnum
from typing import get_args

from caseflow.cli.reference.markdown import code, heading, page, table
from caseflow.cli.reference.sources import doc, field_rows, one_paragraph, remarks, sections, spaced
from caseflow.domain import commands, decide, events, journey, words
from caseflow.domain.words import OPEN_STATES, State
from caseflow.store.codec import VERSIONS, kind_of
from caseflow.telling.glossary import GLOSSARY

STREAMS = (
    ("case", commands.CaseCommand, events.CaseEvent),
    ("provider return", commands.ReturnCommand, events.ReturnEvent),
    ("digest", commands.DigestCommand, events.DigestEvent),
)


def words_page() -> str:
    """The glossary, then every list of words the code uses."""
    enums = [cls for _, found in sections(words) for cls in found if issubclass(cls, StrEnum)]
    blocks = []
    for cls in enums:
        said = remarks(cls)
        blocks += [heading(spaced(cls.__name__)), doc(cls), _members(cls, said)]
    return page(
        "Words",
        "The words of the trade as caseflow uses them, on screen, in the files and in the code.",
        table(("word", "meaning"), ((f"**{word}**", meaning) for word, meaning in GLOSSARY.items())),
        "The lists below are the words themselves, as they stand in commands, facts, JSON and policy files.",
        *blocks,
    )


def _members(cls: type[StrEnum], said: dict[str, str]) -> str:
    if any(said.values()):
        return table(("word", ""), ((f"`{one.value}`", said.get(one.name, "")) for one in cls))
    return _listed(one.value for one in cls)


def journey_page() -> str:
    """The diagram, the steps, and what may be done when."""
    ends = ", ".join(f"`{state}`" for state in State if state not in OPEN_STATES)
    return page(
        "The journey",
        "One definition (`caseflow/domain/journey.py`) makes this diagram, the table below it and the table in memory. "
        "`caseflow journey draw` prints the diagram.",
        code(journey.mermaid(), "mermaid"),
        f"Open: {', '.join(f'`{state}`' for state in State if state in OPEN_STATES)}. Ends: {ends}. "
        "Acceptance is a fact inside `referred`: it starts the clocks of first contact and first meeting. "
        "Only a decision by named people leads to `breached`, and never a timer.",
        heading("Steps"),
        table(("step", "from", "to"), _steps()),
        heading("What may be done"),
        "`caseflow case do ID --list` shows what makes sense for one case now; the rules have the last word and "
        "answer a "
        "refusal in plain words. At any time, the end included: " + _listed(journey.ALWAYS) + ".",
        "While the journey is open, also: " + _listed(journey.WHILE_OPEN) + ".",
        "The rest depends on how far the case has come: [commands](commands.md).",
    )


def _steps() -> Iterable[tuple[str, str, str]]:
    for name in dict.fromkeys(trigger for _, trigger in journey.NEXT):
        sources = [source for (source, trigger) in journey.NEXT if trigger == name]
        yield f"`{name}`", _listed(source.value for source in sources), f"`{journey.NEXT[sources[0], name]}`"


def events_page() -> str:
    """Every kind of fact with its fields."""
    kinds = set(get_args(events.Event))
    blocks = []
    for title, found in sections(events):
        facts = [cls for cls in found if cls in kinds]
        parts = [cls for cls in found if cls not in kinds and cls is not events.Recorded]
        if facts:
            blocks.append(heading(title))
        for cls in facts:
            blocks += [heading(f"`{kind_of(cls)}`", 3), _about_event(cls), _fields(cls, defaults=False)]
        for cls in parts:
            blocks += [heading(f"{cls.__name__} (a part of the above)", 3), doc(cls), _fields(cls, defaults=False)]
    return page(
        "Events",
        "Facts: kept for ever, never changed. A wrong one is corrected by another. They hold ids, never names, "
        "numbers, "
        "addresses or free text: those live apart and can be erased. A change of shape is a new version of the "
        "kind, and a "
        "pure function lifts the old ones when they are read (ADR 0014).",
        heading("The envelope"),
        one_paragraph(events.Recorded.__doc__ or ""),
        _fields(events.Recorded, defaults=False),
        *blocks,
    )


def _about_event(cls: type) -> str:
    streams = [name for name, _, facts in STREAMS if cls in get_args(facts)]
    where = f"Version {VERSIONS[kind_of(cls)]}; in the history of a {' and of a '.join(streams)}."
    return f"{doc(cls)} {where}".strip()


def commands_page() -> str:
    """Every command with its fields, and who may ask."""
    kinds = set(get_args(commands.Command))
    blocks = []
    for title, found in sections(commands):
        wishes = [cls for cls in found if cls in kinds]
        parts = [cls for cls in found if cls not in kinds and cls is not commands.Asked]
        blocks.append(heading(title or "Parts"))
        for cls in (*parts, *wishes):
            name = f"`{kind_of(cls)}`" if cls in kinds else f"{cls.__name__} (a part of others)"
            blocks += [heading(name, 3), _about_command(cls) if cls in kinds else doc(cls), _fields(cls)]
    return page(
        "Commands",
        "What people, clocks and channels may ask. A command is a wish: the answer is facts, or a refusal with a "
        "code and "
        "plain words. From a shell: `caseflow case do REFERENCE COMMAND field=value … --by ROLE:PERSON`.",
        "Every command has an id, unique in the scheme: the same id asked again gets the first answer and changes "
        "nothing.",
        heading("The envelope"),
        one_paragraph(commands.Asked.__doc__ or ""),
        _fields(commands.Asked),
        *blocks,
    )


def _about_command(cls: type) -> str:
    said = [doc(cls)]
    streams = [name for name, wishes, _ in STREAMS if cls in get_args(wishes)]
    if streams != ["case"]:
        said.append(f"For a {' or a '.join(streams)}.")
    if cls in decide.RULINGS:
        said.append("Only a named person may ask this, never a clock or a channel.")
    if "case" in streams and cls is not commands.Refer and cls not in decide.AFTER_THE_END:
        said.append("Refused when the journey is over.")
    return " ".join(one for one in said if one)


def _fields(cls: type, *, defaults: bool = True) -> str:
    rows = field_rows(cls)
    if defaults:
        return table(
            ("field", "is", "if left out", ""),
            ((f"`{name}`", kind, default, said) for name, kind, default, said in rows),
        )
    return table(("field", "is", ""), ((f"`{name}`", kind, said) for name, kind, _, said in rows))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
