"""The officer's one-page picture of a scheme: boxes and arrows from the policy's data, as mermaid or as an SVG of ours.

Ladders are found by the facts that open and meet them, not by their names, so a scheme may call them what it likes.
The left column is how it goes; the right one what happens when it goes quiet, each branch beside where it begins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

from caseflow.domain.calendar import Offset
from caseflow.domain.policy import DisposalRules, Ladder, Policy
from caseflow.domain.words import Role
from caseflow.messages.policies import law, words
from caseflow.messages.policies.guide import for_disposal
from caseflow.messages.policies.leaflet import reaches
from caseflow.messages.policies.words import both, plain

LANGUAGE = "en"
OFFICERS = (Role.ARRESTING_OFFICER, Role.OIC)
WIDE = 38
"""Letters to a line of a box; a title is bold and has room for fewer."""
SINCE: Mapping[str, str] = {
    "referred": "you refer",
    "accepted": "the scheme accepts",
    "first_meeting_held": "the first meeting",
    "first_meeting_missed": "it is known",
    "absence_known": "it is known",
    "contact_expected": "the last contact",
    "items_done": "the last of it",
    "breach_opened": "it is alleged",
}
"""What the times of a ladder count from, by the fact that opens it."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box. `after` is the box its arrow comes from ("": none); `aside` puts it into the right column."""

    id: str
    title: str
    lines: tuple[str, ...]
    after: str = ""
    aside: bool = False


def boxes(policy: Policy, disposal: str) -> list[Box]:
    """The picture's boxes, in order, for one disposal."""
    rules = policy.disposals[disposal]
    unlike = "no_strikes" if rules.strikes else "strikes_possible"
    running = [for_disposal(policy.ladder(n), unlike) for n in rules.ladders if unlike not in policy.ladder(n).only_if]
    return [*_way(policy, rules, running), *_aside(policy, rules, running)]


def _way(policy: Policy, rules: DisposalRules, running: Sequence[Ladder]) -> Iterator[Box]:
    """How it goes when it goes well."""
    needs = both(words.word(words.NEEDS, need, "need") for need in rules.needs)
    yield Box("refer", "You refer", (f"{rules.title[LANGUAGE]}: {needs}.",))
    yield Box("accept", "The scheme answers", _due(running, "accepted", *_told(running, "accepted")), "refer")
    yield Box("meet", "First meeting", _due(running, "first_meeting_held", "With the navigator."), "accept")
    yield Box("plan", "The plan", _due(running, "plan_agreed", "Signed, and said back in their own words."), "meet")
    limits = [f"{one[:1].upper()}{one[1:]}." for one in law.limits(rules)]
    enforced = "What is agreed can be enforced." if rules.enforceable else "Every step is an invitation."
    yield Box("sessions", "Sessions", (enforced, *limits), "plan")
    yield Box(
        "done", "Done", _due(running, "signed_off", "Signed off by a person.", *_told(running, "ended")), "sessions"
    )


def _due(running: Sequence[Ladder], met: str, *said: str) -> tuple[str, ...]:
    """The due time of the ladder that this fact meets, where there is one, and what else is said."""
    dues = [_since(one, one.due) for one in running if met in one.met and one.due is not None]
    return (*(f"Due {due}." for due in dues[:1]), *said)


def _told(running: Sequence[Ladder], opened: str) -> list[str]:
    """When an officer hears of this fact, where a ladder tells them."""
    rungs = [rung for one in running if opened in one.opens for rung in one.rungs]
    told = [rung for rung in rungs if any(act.do == "tell" and act.to in OFFICERS for act in rung.acts)]
    return [f"You hear {words.when(rung.at)}." for rung in told[:1]]


def _aside(policy: Policy, rules: DisposalRules, running: Sequence[Ladder]) -> Iterator[Box]:
    """What happens when it goes quiet."""
    branches = (
        ("no_contact", "Not reached at first", "accept", "accepted", "two_way_contact"),
        ("missed_first", "First meeting missed", "meet", "first_meeting_missed", "first_meeting_held"),
        ("quiet", "We lose touch", "sessions", "contact_expected", "two_way_contact"),
        ("missed", "A session missed", "sessions", "absence_known", "absence_settled"),
    )
    for name, title, after, opened, met in branches:
        for ladder in running:
            if opened in ladder.opens and met in ladder.met:
                yield Box(name, title, tuple(_chased(ladder)), after, aside=True)
                break
    if rules.strikes:
        yield from _strikes(policy, rules, running)
    else:
        leads = words.word(words.LEADS_TO, rules.breach_leads_to, "end of a breach")
        yield Box(
            "without",
            "Without engagement",
            (f"Ends as “{plain(rules.ends_without_engagement)}”, without fault.", f"Then {leads}."),
            "missed",
            aside=True,
        )


def _chased(ladder: Ladder) -> Iterator[str]:
    acts = [act for rung in ladder.rungs for act in rung.acts]
    calls = sum(act.do == "call" and reaches(ladder, act) for act in acts)
    sent = sum(bool(act.message) and act.to is Role.PARTICIPANT for act in acts)
    yield f"{_count(calls, 'call')} and {_count(sent, 'message')}."
    last = ladder.rungs[-1]
    act = last.acts[-1]
    yield f"Then, {_since(ladder, last.at)}, {words.role(act.to)} {words.word(words.DOES, act.do, 'act')}."


def _since(ladder: Ladder, at: Offset) -> str:
    """When it comes, counted from what an officer knows."""
    return words.when(at).replace("it opened", words.word(SINCE, ladder.opens[0], "opening of a ladder in the picture"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _strikes(policy: Policy, rules: DisposalRules, running: Sequence[Ladder]) -> Iterator[Box]:
    confirmed = both(words.role(one) for one in policy.strikes.confirmed_by)
    yield Box(
        "strike",
        "A strike",
        (f"Only if {confirmed} confirms it: no reason, and the person was reached.",),
        "missed",
        aside=True,
    )
    views = [one.due for one in running if "view_given" in one.met and one.due is not None]
    asked = [f"Your view is due {due.words(LANGUAGE)} you are asked. Silence is never agreement." for due in views[:1]]
    yield Box("breach", f"{policy.strikes.breach_opens_at} strikes: is it a breach?", (
        f"The person has {policy.side_working_days} working days to give their side.", *asked), "strike", aside=True)  # fmt: skip
    decided = [_since(one, one.due) for one in running if "breach_decided" in one.met and one.due is not None]
    by = both(words.role(one) for one in policy.breach_decided_by)
    due = [f"Due {at}." for at in decided[:1]]
    yield Box(
        "decide",
        "People decide",
        (
            f"{by[:1].upper()}{by[1:]}; where they differ, {words.role(policy.breach_tie)}.",
            *due,
            "No decision means carry on.",
        ),
        "breach",
        aside=True,
    )
    leads = words.word(words.LEADS_TO, rules.breach_leads_to, "end of a breach")
    yield Box("after", "Carry on, end without fault, or breached", (f"If breached: {leads}.",), "decide", aside=True)


def heard(policy: Policy, disposal: str) -> list[str]:
    """Everything that reaches an officer, in the order of the disposal's ladders: when, and what."""
    rules = policy.disposals[disposal]
    unlike = "no_strikes" if rules.strikes else "strikes_possible"
    found = []
    for ladder in (for_disposal(policy.ladder(name), unlike) for name in rules.ladders):
        if unlike in ladder.only_if:
            continue
        for rung in ladder.rungs:
            theirs = [act for act in rung.acts if act.to in OFFICERS]
            found += [f"{words.ladder_name(ladder)}, {words.when(rung.at)}: {words.act(act)}" for act in theirs]
    return found


def page(policy: Policy, disposal: str) -> str:
    """The whole page as Markdown: the picture, and what reaches an officer."""
    title = f"# {policy.title[LANGUAGE]}: {policy.disposals[disposal].title[LANGUAGE]}"
    listed = "\n".join(f"- {line}" for line in heard(policy, disposal))
    return f"{title}\n\n```mermaid\n{mermaid(policy, disposal)}```\n\n## What reaches you\n\n{listed}\n"


def mermaid(policy: Policy, disposal: str) -> str:
    """The picture as a mermaid flowchart."""
    drawn = boxes(policy, disposal)
    lines = ["flowchart TD"]
    lines += [f'    {box.id}["{_quoted("<br/>".join([f"<b>{box.title}</b>", *box.lines]))}"]' for box in drawn]
    there = {box.id for box in drawn}
    lines += [f"    {box.after} {'-.->' if box.aside else '-->'} {box.id}" for box in drawn if box.after in there]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


# ── our own drawing ─────────────────────────────────────────────────────────────────────────────
LEFT, RIGHT, WIDTH, LINE, PAD, GAP, TOP = 24, 440, 340, 20, 14, 34, 84


@dataclass(frozen=True, slots=True)
class _Placed:
    box: Box
    x: int
    y: int
    text: tuple[str, ...]
    titled: int  # so many lines of it are the title

    @property
    def height(self) -> int:
        return LINE * len(self.text) + 2 * PAD


def svg(policy: Policy, disposal: str) -> str:
    """The picture as an SVG: real text, a title and a description for those who hear it, black on white."""
    placed = _place(boxes(policy, disposal))
    by_id = {one.box.id: one for one in placed}
    height = max(one.y + one.height for one in placed) + 24
    title = f"{policy.title[LANGUAGE]}: {policy.disposals[disposal].title[LANGUAGE]}"
    told = " ".join(f"{one.box.title}. {' '.join(one.box.lines)}" for one in placed)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {RIGHT + WIDTH + LEFT} {height}" role="img" lang="{LANGUAGE}" '
            'aria-labelledby="title desc" font-family="Arial, Helvetica, sans-serif" font-size="15">'
        ),
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(told)}</desc>',
        (
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 0L10 5L0 10z"/></marker></defs>'
        ),
        f'<rect width="{RIGHT + WIDTH + LEFT}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="34" font-size="20" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="66" font-weight="bold">How it goes</text>',
        f'<text x="{RIGHT}" y="66" font-weight="bold">When it goes quiet</text>',
        *(_arrow(by_id[one.box.after], one) for one in placed if one.box.after in by_id),
        *(line for one in placed for line in _drawn(one)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _place(drawn: Iterable[Box]) -> list[_Placed]:
    """Top to bottom in each column; a branch never above the box it leaves, so that no arrow runs upwards."""
    placed: dict[str, _Placed] = {}
    below = {False: TOP, True: TOP}
    for box in drawn:
        titled = wrap(box.title, WIDE - 6)
        text = (*titled, *(part for line in box.lines for part in wrap(line, WIDE)))
        source = placed.get(box.after)
        beside = source.y if box.aside and source is not None and not source.box.aside else 0
        y = max(below[box.aside], beside)
        one = placed[box.id] = _Placed(box, RIGHT if box.aside else LEFT, y, text, len(titled))
        below[box.aside] = y + one.height + GAP
    return list(placed.values())


def _arrow(a: _Placed, b: _Placed) -> str:
    stroke = 'fill="none" stroke="#000" stroke-width="1.5" marker-end="url(#tip)"'
    if a.x == b.x and b.y - (a.y + a.height) == GAP:
        return f'<path d="M{a.x + WIDTH // 2} {a.y + a.height}V{b.y}" {stroke}/>'
    if a.x == b.x:  # past the boxes between
        side = a.x + WIDTH + 12
        return f'<path d="M{a.x + WIDTH} {a.y + a.height // 2}H{side}V{b.y + 20}H{a.x + WIDTH}" {stroke} stroke-dasharray="5 4"/>'
    lane = (a.x + WIDTH + b.x) // 2
    return f'<path d="M{a.x + WIDTH} {a.y + a.height // 2}H{lane}V{b.y + 20}H{b.x}" {stroke} stroke-dasharray="5 4"/>'


def _drawn(one: _Placed) -> Iterator[str]:
    fill = "#fff7e6" if one.box.aside else "#e8f1fb"
    yield f'<rect x="{one.x}" y="{one.y}" width="{WIDTH}" height="{one.height}" rx="6" fill="{fill}" stroke="#000"/>'
    for number, line in enumerate(one.text):
        weight = ' font-weight="bold"' if number < one.titled else ""
        y = one.y + PAD + LINE * number + 14
        yield f'<text x="{one.x + 12}" y="{y}"{weight}>{escape(line)}</text>'
