"""The panel sheet as a page: sections of paragraphs and tables, filled into `templates/casefile/`.

Both forms say the same in the same order; only how a table looks is theirs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from caseflow.messages.catalogue import CATALOGUE
from caseflow.settings.paths import templates_dir
from caseflow.telling import story
from caseflow.telling.casefile.contract import CaseFile, SheetBreach, SheetExpectation, SheetFact, SheetView
from caseflow.telling.glossary import GLOSSARY
from caseflow.telling.naming import Naming
from caseflow.telling.times import day, local

REGISTER = "Id in the register"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of a row heads it. `about` is said under the caption. Without rows `empty` is said in its place."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    says: tuple[str, ...]
    tables: tuple[Table, ...] = ()


def as_html(sheet: CaseFile) -> str:
    """One file: no script, no picture, its own style."""
    return _page("sheet.html", sheet)


def as_markdown(sheet: CaseFile) -> str:
    return _page("sheet.md", sheet)


def _page(template: str, sheet: CaseFile) -> str:
    style = (templates_dir() / "casefile" / "sheet.css").read_text(encoding="utf-8")
    return _environment().get_template(template).render(sheet=sheet, sections=sections(sheet), style=style)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates_dir() / "casefile"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["md"] = markdown_cell
    made.filters["local"] = local
    return made


def markdown_cell(text: str) -> str:
    """People's words as plain text in Markdown: nothing in them becomes a mark."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(str(text).split()))


# ── what stands where ───────────────────────────────────────────────────────────────────────────
def on_screen(sheet: CaseFile) -> list[Section]:
    """The sections for whoever reads them with names: nobody needs the register's ids there."""
    return [replace(one, tables=tuple(_without(table) for table in one.tables)) for one in sections(sheet)]


def _without(table: Table) -> Table:
    """The table without its column of ids."""
    if REGISTER not in table.columns:
        return table
    place = table.columns.index(REGISTER)
    rows = tuple((*row[:place], *row[place + 1 :]) for row in table.rows)
    return replace(table, columns=(*table.columns[:place], *table.columns[place + 1 :]), rows=rows)


def sections(sheet: CaseFile) -> list[Section]:
    """The sheet in reading order."""
    return [
        _at_a_glance(sheet),
        _breaches(sheet),
        _strikes(sheet),
        _agreed(sheet),
        _sessions(sheet),
        _messages(sheet),
        Section(
            "answers", "Contact and answers", (),
            (_facts("What the person said, and what was tried to reach them", sheet.answers, "No contact is recorded."),),
        ),
        Section(
            "rulings", "Excuses, rulings and discretion", (),
            (_facts("What people decided by themselves, each with its reason", sheet.rulings,
                    "Nothing was excused, waived, held or ruled on. Strikes have their own part."),),
        ),
        _options(sheet),
        _next(sheet),
        Section("policy", "The policy that applied", (*_bound(sheet), *sheet.rules)),
        Section(
            "expectations", "What was expected, step by step",
            ("Something is expected of somebody by a time. If it does not come, a ladder of steps is climbed.",),
            tuple(_ladder(one) for one in sheet.expectations),
        ),
        Section(
            "history", "The whole history",
            ("Every fact as it was recorded. Numbers of lines elsewhere on this sheet point here.",),
            (_facts("Facts in order", sheet.history, ""),),
        ),
        _words(),
    ]  # fmt: skip


def _sessions(sheet: CaseFile) -> Section:
    rows = (
        (s.id, local(s.start), s.what, _yes(s.enforceable), f"{s.outcome}; {s.reminder}" if s.reminder else s.outcome,
         local(s.known_at), s.reason, s.ruling)
        for s in sheet.sessions
    )  # fmt: skip
    columns = ("Session", "When", "What", "Enforceable", "What happened", "Known since", "Reason", "Ruling")
    table = _table("Every planned session and what came of it", columns, rows, "No session was planned.")
    return Section("sessions", "Sessions and attendance", (), (table,))


def _options(sheet: CaseFile) -> Section:
    rows = ((one.name, _yes(one.there), one.words) for one in sheet.options)
    says = "Under this disposal and this policy. This is not legal advice."
    table = _table("Options", ("Option", "Is there", "Why, and by whom"), rows, "")
    return Section("options", "What may be decided, and what may not", (says,), (table,))


def _bound(sheet: CaseFile) -> tuple[str, ...]:
    """The version the case is bound to, and the facts that moved it to another one."""
    policy = sheet.policy
    begins = day(date.fromisoformat(policy.in_force_from))
    version = f"{policy.title}, version {policy.version}, in force from {begins}; content {policy.digest[:16]}…."
    if not sheet.moves:
        return (f"{version} The case has been bound to it since it was referred.",)
    return (
        f"{version} The case was moved to it; each ladder below names the version that it began under.",
        *(f"{fact.what}, {local(fact.at)} by {fact.who} (line {fact.line})." for fact in sheet.moves),
    )


WORDS = (
    "disposal", "participant", "navigator", "OIC", "provider", "panel", "plan item", "expectation", "ladder", "reached", "strike",
    "alleged breach", "hold", "last safe decision date",
)  # fmt: skip
"""What somebody who has never seen this system will stumble over, as `docs/reference/words.md` has it."""

STANDS = {
    "referred": "referred: nothing is agreed yet",
    "assessed": "assessed: what is needed is known, a plan is not yet agreed",
    "engaged": "engaged: a plan is agreed and under way",
    "completed": "completed: signed off",
    "breached": "breached: named people decided so",
    "declined": "declined, without fault",
    "withdrawn": "withdrawn: they stopped, without fault",
    "ended": "ended, without fault",
}


def _words() -> Section:
    rows = ((one, GLOSSARY[one]) for one in WORDS)
    return Section("words", "Words on this sheet", (), (_table("What they mean here", ("Word", "Meaning"), rows, ""),))


def _at_a_glance(sheet: CaseFile) -> Section:
    standing = sum(one.standing.startswith("stands") and one.standing != "stands no more" for one in sheet.strikes)
    alleged = next((one for one in reversed(sheet.breaches) if not one.decision), None)
    ended = f", ended {local(sheet.ended_at)}" if sheet.ended_at else ""
    rows: list[Row] = [
        ("Participant", sheet.participant or "Not named on this sheet"),
        ("Disposal", f"{sheet.disposal} (outcome {sheet.outcome})"),
        ("Offence", sheet.offence),
        (
            "Where it stands",
            STANDS.get(sheet.state, sheet.state) + (f" ({sheet.end_reason})" if sheet.end_reason else "") + ended,
        ),
        ("Referred", local(sheet.referred_at)),
        ("Accepted", local(sheet.accepted_at) or "Not accepted"),
        ("Last safe decision date", sheet.last_safe_words),
        ("Strikes that stand", str(standing)),
        ("Alleged breach", f"{alleged.cause}, since {local(alleged.at)}; not decided" if alleged else "None open"),
        ("Victim", sheet.victim),
    ]
    named = any(one.name for one in sheet.people)
    people = ((p.role, p.name or "—", p.id) if named else (p.role, p.id) for p in sheet.people)
    columns = ("Part", "Name", REGISTER) if named else ("Part", REGISTER)
    case = Table("The case", ("", ""), tuple(rows))
    return Section("glance", "At a glance", (), (case, _table("Who is who", columns, people, "")))


def _agreed(sheet: CaseFile) -> Section:
    items = ((i.id, i.what, i.kind, i.provider, i.hours, i.state) for i in sheet.items)
    return Section(
        "agreed", "What was agreed and explained", tuple(sheet.contact),
        (
            _facts("What was said and agreed, in order", sheet.agreed, "Nothing was agreed yet."),
            _table("The plan", ("Item", "What", "Kind", "With whom", "Hours", "State"), items, "There is no plan."),
        ),
    )  # fmt: skip


def _messages(sheet: CaseFile) -> Section:
    rows = (
        (str(m.number), local(m.at), m.what, m.to, " then ".join(m.channels), m.result, _yes(m.reached), m.step)
        for m in sheet.messages
    )
    known = {story.plain(name): message.when for name, message in CATALOGUE.items()}
    purposes = ((name, known[name]) for name in sorted({m.what for m in sheet.messages}) if name in known)
    return Section(
        "messages", "Messages and what became of them",
        ("Sent is not delivered. Only what was delivered to an address the person confirmed has reached them.",),
        (
            _table("Every message", ("No.", "Made", "What", "To", "By", "Delivery result", "Reached them", "Why"), rows,
                   "No message was made."),
            _table("What these messages are for", ("Message", "When it goes"), purposes, ""),
        ),
    )  # fmt: skip


def _strikes(sheet: CaseFile) -> Section:
    rows = (
        (f"{s.number}", s.session, f"{local(s.at)} (line {s.line})", s.by,
         f"{s.proof}, {local(s.proof_at)} (line {s.proof_line})", local(s.told), s.standing, s.fades_on)
        for s in sheet.strikes
    )  # fmt: skip
    columns = (
        "Strike",
        "Session",
        "Confirmed",
        "By",
        "Proof that they were reached",
        "Warned",
        "Where it stands",
        "Fades by itself",
    )
    return Section(
        "strikes", "Strikes and their proof", (), (_table("Every strike", columns, rows, "No strike was confirmed."),)
    )


def _breaches(sheet: CaseFile) -> Section:
    says = () if sheet.breaches else ("No breach was ever alleged.",)
    return Section("breach", "Alleged breach, views and decision", says, tuple(_breach(one) for one in sheet.breaches))


def _breach(one: SheetBreach) -> Table:
    rows: list[Row] = [
        ("Alleged", f"{one.cause}, {local(one.at)} (line {one.line})"),
        (
            "The person's side",
            one.side
            if one.decision or one.side.startswith(("given", "would rather"))
            else f"{one.side}; they have until {one.side_by}",
        ),
        ("The provider", "heard" if one.provider_heard else "not heard"),
    ]
    for role in ("navigator", "OIC"):
        views = [_view(view) for view in one.views if view.role == role]
        rows.append((f"View of the {role}", "; ".join(views) or "not written"))
    if one.side_words:
        rows.insert(2, ("Their words", f"“{one.side_words}”"))
    if one.provider_words:
        rows.insert(-2, ("The provider's words", f"“{one.provider_words}”"))
    by = f", by {one.decided_by}, {local(one.decided_at)}" if one.decided_by else ""
    rows.append(("Decision", f"{one.decision}{by}" if one.decision else "not decided"))
    if one.reasons:
        rows.append(("Reasons", one.reasons))
    if one.decision_words:
        rows.append(("Words beside the decision", f"“{one.decision_words}”"))
    return Table(f"Breach alleged {local(one.at)}", ("", ""), tuple(rows))


def _view(one: SheetView) -> str:
    signed = f"{one.by}, {local(one.at)}, line {one.line}"
    words = f" — “{one.words}”" if one.words else ""
    return f"{one.opinion} ({signed}){words}" if one.opinion else f"written, shown when both are in ({signed})"


def _ladder(one: SheetExpectation) -> Table:
    because = f", because of line {one.because_line}" if one.because_line else ""
    due = f"; due {local(one.due)}" if one.due else ""
    again = f", time {one.cycle + 1}" if one.cycle else ""
    ended = f", {local(one.ended)}" if one.ended else ""
    rows = (
        (story.plain(s.rung), s.comes, "; ".join(s.does) or "nothing", s.came,
         f"{local(s.at)} (line {s.line})" if s.line else "")
        for s in one.steps
    )  # fmt: skip
    about = (
        f"{one.about} Expected of: {one.owner}. Since {local(one.opened)} (line {one.opened_line}{because}){due}. "
        f"{one.end}{ended}. Policy {one.policy}, ladder {story.plain(one.ladder)}."
    )
    columns = ("Step", "Comes", "What it does", "What became of it", "When")
    return Table(f"{story.first(Naming().expectation(one.id))}{again}", columns, tuple(rows), about=about)


def _next(sheet: CaseFile) -> Section:
    coming = ((local(c.at), c.what, c.step) for c in sheet.coming)
    todo = ((t.owner, t.what, local(t.due)) for t in sheet.todo)
    return Section(
        "next", "What happens next",
        (
            "By itself, if nobody says or does anything before. A breach is never decided by itself: only named people do that.",
            *(f"Set aside, and waiting for a person to mend it: {one}." for one in sheet.set_aside),
        ),
        (
            _table("Steps that come by themselves", ("When", "What", "Step"), coming, "Nothing happens by itself any more."),
            _table("What people have to do", ("Who", "What", "By"), todo, "Nobody has anything to do."),
        ),
    )  # fmt: skip


def _facts(caption: str, facts: Sequence[SheetFact], empty: str) -> Table:
    rows = ((str(f.line), local(f.at), f.who, f.what + (f" — “{f.words}”" if f.words else "")) for f in facts)
    return _table(caption, ("Line", "When", "Who", "What"), rows, empty)


def _table(caption: str, columns: tuple[str, ...], rows: Iterable[Row], empty: str) -> Table:
    return Table(caption, columns, tuple(rows), empty)


def _yes(there: bool) -> str:  # noqa: FBT001 - a word for an answer
    return "yes" if there else "no"
