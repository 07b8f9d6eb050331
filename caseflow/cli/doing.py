"""`case do`: any command of the domain out of KEY=VALUE pairs, and the list of those that make sense now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, say, table
from caseflow.domain import commands as c
from caseflow.domain.case import Stream
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer
from caseflow.engine.readings import Dossier
from caseflow.telling import commanding, story
from caseflow.telling.commanding import COMMANDS, ENGINE_ONLY, PEOPLE, described, is_union

__all__ = ["COMMANDS", "ENGINE_ONLY", "PEOPLE", "actor_of", "build", "described", "do", "list_offered", "person_named"]

Texts = list[tuple[str, str | None, str]]


def list_offered(key: str, scheme: str | None, *, json: bool) -> None:
    """What can be done now, with the particulars each asks for."""
    with opened(scheme) as desk:
        dossier = desk.dossier(key)
    offered = commanding.offered(dossier)
    if json:
        as_json(offered)
        return
    table(
        f"{offered.ref} is {offered.state}. Now you can:" if offered.state else "",
        ("command", "with", "what it is"),
        ((one.name, " ".join(commanding.shown(each) for each in one.fields), one.what) for one in offered.commands),
        empty="Nothing can be done on it.",
    )


def do(
    key: str, name: str, values: Sequence[str], by: str, *, at: str, command_id: str, scheme: str | None, json: bool
) -> None:
    """One command on one case; refused with the domain's own words, exit code 1."""
    if name not in COMMANDS:
        raise usage(f"there is no command {name}; `caseflow case do {key} --list` shows what can be done")
    if not by:
        raise usage("say who does it: --by ROLE or --by ROLE:PERSON, such as --by navigator")
    with opened(scheme) as desk:
        dossier = desk.dossier(key)
        stream = dossier.stream
        if stream is None:
            raise refused(f"{dossier.ref} was set aside because its history cannot be read; `caseflow audit` says more")
        policy = desk.app.policy(dossier.scheme, stream.policy_version)
        texts: Texts = []
        given = _given(name, values, policy, dossier, desk, texts)
        command = build(name, given)
        asked = c.Asked(
            command_id or desk.app.ids(),
            dossier.id,
            command,
            actor_of(by, dossier, stream, policy, desk),
            at=_instant(at, policy) if at else None,
        )
        if texts:
            with desk.app.store.begin() as unit:
                unit.add_texts(dossier.scheme, texts)
        answer = handle(desk.for_scheme(dossier.scheme), [asked])[0]
    if answer.refused:
        raise refused(f"not done: {answer.words}")
    if json:
        as_json(contracts.Done(dossier.ref, answer.seq, answer.repeat, answer.already))
        return
    say(f"{dossier.ref}: {story.plain(name)}, {_came_to(answer)}")


def _came_to(answer: Answer) -> str:
    if answer.repeat:
        return "done before; nothing changed"
    return "was so already; nothing changed" if answer.already else f"done (line {answer.seq})"


def build(name: str, given: Mapping[str, Any]) -> c.Command:
    """The command of this public name from plain values. Raises Stop(usage) that names the field."""
    try:
        return commanding.build(name, given)
    except commanding.NotACommand as wrong:
        raise usage(str(wrong)) from None


def _given(
    name: str, values: Sequence[str], policy: Policy, dossier: Dossier, desk: Desk, texts: Texts
) -> dict[str, Any]:
    """The pairs as values: JSON where it looks like it, local times as instants, free text kept apart from facts."""
    hints = get_type_hints(COMMANDS[name])
    given: dict[str, Any] = {}
    for pair in values:
        key, mark, value = pair.partition("=")
        if not mark:
            raise usage(f"{pair}: write it as KEY=VALUE")
        if key in given:
            raise usage(f"{key} is given twice")
        given[key] = _value(key, value, hints.get(key), policy)
        if key in PEOPLE and hints.get(key) is not None and value:
            given[key] = person_named(value, PEOPLE[key], dossier.scheme, desk, key)
        if key == "text" and value:
            kept = desk.app.ids()
            texts.append((kept, None, value))
            given[key] = kept
    if name == "accept" and "navigator" not in given:
        given["navigator"] = _least_loaded(dossier.scheme, desk)
    return given


def person_named(text: str, kinds: Sequence[str], scheme: str, desk: Desk, field: str) -> str:
    """The id of a person given by id or name. Raises Stop when it is nobody, or could be two."""
    if desk.readings.names(scheme, [text]):
        return text
    found = desk.readings.called(scheme, text, kinds)
    if len(found) != 1:
        many = "more than one is" if found else "nobody is"
        raise usage(f"{field}={text}: {many} called that in {scheme}; give the whole name or the id")
    return found[0]


def _least_loaded(scheme: str, desk: Desk) -> str:
    found = commanding.least_loaded(desk.readings, scheme)
    if found is None:
        raise refused(f"{scheme} has no navigator in its roster (config/rosters)")
    return found


def _value(key: str, value: str, hint: Any, policy: Policy) -> Any:
    if value[:1] in {"[", "{"}:
        try:
            return msgspec.json.decode(value)
        except msgspec.DecodeError as wrong:
            raise usage(f"{key} is not JSON: {wrong}") from None
    kinds = {one for one in (get_args(hint) if is_union(hint) else (hint,)) if isinstance(one, type)}
    if datetime in kinds:
        return _instant(value, policy)
    if bool in kinds:
        return {"yes": True, "no": False}.get(value.lower(), value)
    if get_origin(hint) is tuple:
        return [one for one in value.split(",") if one]
    return value


def _instant(text: str, policy: Policy) -> datetime:
    """A local time (Europe/London), or an instant with its offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise usage(f"{text}: write a day and time as 2022-01-31T14:30") from None
    return moment if moment.tzinfo else policy.calendar.instant(moment)


def actor_of(by: str, dossier: Dossier, stream: Stream, policy: Policy, desk: Desk) -> Actor:
    """ROLE, or ROLE:PERSON where PERSON is an id, or a name of somebody on the case or the scheme's team."""
    wanted, _, person = by.partition(":")
    try:
        role = Role(wanted.strip().lower())
    except ValueError:
        raise usage(f"--by {by}: the roles are {', '.join(one for one in Role if one is not Role.SYSTEM)}") from None
    if role is Role.SYSTEM:
        raise usage("--by system: what a person does is signed by a person")
    parties: dict[Role, str] = dict(getattr(stream, "parties", {}))
    if provider := getattr(stream, "provider", None):
        parties[Role.PROVIDER] = provider
    if not person:
        found = parties.get(role) or policy.team.get(role)
        if not found:
            raise usage(f"--by {by}: nobody is known as {story.role(role)} here; write --by {role}:PERSON with an id")
        return Actor(found, role)
    around = {*parties.values(), *policy.team.values(), person}
    names = desk.readings.names(dossier.scheme, around)
    if person in names:
        return Actor(person, role)
    wanted = person.casefold()
    meant = [one for one, name in names.items() if wanted in {name.casefold(), name.split(" ")[0].casefold()}]
    if len(meant) == 1:
        return Actor(meant[0], role)
    kinds = {Role.NAVIGATOR: ("navigator",), Role.PROVIDER: ("provider",)}.get(role, PEOPLE["person"])
    return Actor(person_named(person, kinds, dossier.scheme, desk, f"--by {role}"), role)
