"""`answers`: texts that came in and wait for a person: list, show, assign, dismiss, and take them from other gateways."""

import sys
from pathlib import Path

from caseflow.cli import contracts, doing
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, local, say, table, warn
from caseflow.domain.words import Actor, Role
from caseflow.engine import inbound
from caseflow.engine.inbound_rows import InboundText

STAFF_KINDS = ("navigator", "staff", "officer", "team")


def take(file: str, scheme: str | None, *, json: bool) -> None:
    """Keep texts, one JSON object a line; lines that are none are named and the others are kept."""
    texts, bad = _read(file)
    with opened(scheme) as desk:
        by_scheme: dict[str, list[InboundText]] = {}
        for text in texts:
            by_scheme.setdefault(_scheme(desk, text, scheme), []).append(text)
        fresh = sum(inbound.take_inbound(desk.app, some, name) for name, some in by_scheme.items())
    if json:
        as_json(
            contracts.AnswersTaken(len(texts), fresh, len(texts) - fresh, {str(no): why for no, why in bad.items()})
        )
    else:
        say(f"{len(texts)} texts: {fresh} new, {len(texts) - fresh} known already, {len(bad)} lines that are none")
    for number, why in bad.items():
        warn(f"line {number}: {why}")
    if bad:
        raise refused(f"{len(bad)} lines are no texts; mend them and take the file again")


def _read(file: str) -> tuple[list[InboundText], dict[int, str]]:
    from caseflow.imports.inbound_texts import NotAText, received

    if file != "-" and not Path(file).is_file():
        raise usage(f"{file}: there is no such file (- reads what is piped in)")
    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    texts: list[InboundText] = []
    bad: dict[int, str] = {}
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            try:
                texts.append(received(line))
            except NotAText as wrong:
                bad[number] = str(wrong)
    return texts, bad


def _scheme(desk: Desk, text: InboundText, wanted: str | None) -> str:
    from caseflow.imports.inbound_texts import scheme_of

    found = scheme_of(text.to, dict(desk.settings.inbound_numbers), list(desk.schemes))
    name = found if wanted is None else wanted
    return name or desk.only_scheme()


def list_waiting(scheme: str | None, limit: int, *, json: bool) -> None:
    """The queue, oldest first. Of a number only its last four digits are shown, of a person only references."""
    with opened(scheme) as desk:
        found = [line for name in desk.schemes for line in map(_line, inbound.waiting(desk.app, name, limit))]
    found = sorted(found, key=lambda line: line.received_at)[:limit]
    if json:
        as_json(contracts.AnswerList(found))
        return
    table(
        "",
        ("text", "from", "came", "waits", "may be", "why"),
        (
            (one.id, f"…{one.last_digits}", one.received_at, _age(one.age_hours), ", ".join(one.candidates), one.why)
            for one in found
        ),
        empty="Nothing waits: every text that came in is with its case.",
    )


def _line(one: inbound.Waiting) -> contracts.AnswerLine:
    row = one.row
    return contracts.AnswerLine(
        row.id, row.scheme, row.received_at, int(one.age.total_seconds() // 3600), row.number[-4:], row.why,
        list(one.candidates),
    )  # fmt: skip


def _age(hours: int) -> str:
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def show(id_: str, by: str, scheme: str | None, *, json: bool) -> None:
    """The words of one text. Who read them is kept."""
    with opened(scheme) as desk:
        name = _where(desk, id_)
        one = inbound.look_at(desk.app, name, id_, _signed(by, name, desk).person)
    if json:
        as_json(contracts.AnswerShown(_line(one), one.row.state, one.row.body, one.row.dealt_by))
        return
    line = _line(one)
    say(
        f"{line.id}, from …{line.last_digits}, {local(line.received_at)}",
        f"  “{one.row.body}”",
        f"  {one.row.state}: {line.why}" if line.why else f"  {one.row.state}",
        f"  may be {', '.join(line.candidates)}" if line.candidates else "  nobody we know has this number",
    )


def assign(id_: str, key: str, by: str, scheme: str | None, *, json: bool) -> None:
    """The text becomes an answer on this case."""
    with opened(scheme) as desk:
        dossier = desk.dossier(key)
        if dossier.stream is None or dossier.kind != "case":
            raise refused(f"{dossier.ref} is no case that can be read; `caseflow case list` shows the cases")
        policy = desk.app.policy(dossier.scheme, dossier.stream.policy_version)
        if not by:
            raise usage("say who says so: --by ROLE or --by ROLE:PERSON")
        actor = _staff(doing.actor_of(by, dossier, dossier.stream, policy, desk), by)
        try:
            answer = inbound.assign(desk.app, dossier.scheme, id_, dossier.id, actor)
        except inbound.NotWaiting as wrong:
            raise refused(f"not done: {wrong}") from wrong
    if answer.refused:
        raise refused(f"not done: {answer.words}")
    if json:
        as_json(contracts.Done(dossier.ref, answer.seq, answer.repeat))
        return
    say(f"{dossier.ref}: the answer is on the case (line {answer.seq})")


def dismiss(id_: str, why: str, by: str, scheme: str | None, *, json: bool) -> None:
    """Nothing follows from the text, and why."""
    if not why.strip():
        raise usage("say why nothing follows from it: --why …")
    with opened(scheme) as desk:
        name = _where(desk, id_)
        try:
            inbound.dismiss(desk.app, name, id_, _signed(by, name, desk), why)
        except inbound.NotWaiting as wrong:
            raise refused(f"not done: {wrong}") from wrong
    if json:
        as_json(contracts.AnswerDismissed(id_, why.strip()))
        return
    say(f"{id_}: dismissed")


def _where(desk: Desk, id_: str) -> str:
    """The scheme that holds this text. Raises Stop when none does."""
    with desk.app.store.begin() as unit:
        for name in desk.schemes:
            if unit.lock_inbound(name, [id_]):
                return name
    raise refused(f"there is no text {id_}; `caseflow answers list` shows those that wait")


def _signed(by: str, scheme: str, desk: Desk) -> Actor:
    """ROLE:PERSON, for a text is on no case yet that would say who plays a part."""
    wanted, _, person = by.partition(":")
    if not person or wanted not in {one.value for one in Role}:
        raise usage("say who does it: --by ROLE:PERSON, such as --by navigator:Jo (an id or a name)")
    return _staff(Actor(doing.person_named(person, STAFF_KINDS, scheme, desk, f"--by {wanted}"), Role(wanted)), by)


def _staff(actor: Actor, by: str) -> Actor:
    if actor.role in {Role.SYSTEM, Role.PARTICIPANT}:
        raise usage(f"--by {by}: a text is read and placed by a member of staff")
    return actor
