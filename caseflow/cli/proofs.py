"""`policy verify`: what was proved of a policy, and for what was not, the shortest story of how it goes wrong."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from caseflow.cli import contracts
from caseflow.cli.failures import Exit, Stop, refused, usage
from caseflow.cli.output import as_json, local, say, table
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain.policy import Policy
from caseflow.domain.verify import Memo, Report, Unplayable, Verdict, Worded, verify
from caseflow.domain.words import Channel, Role
from caseflow.telling import story
from caseflow.telling.coming import act_words

VOICES = {
    "nav-1": "the navigator",
    "sup-1": "the supervisor",
    "oic-1": "the OIC",
    "pro-1": "the provider",
    "off-1": "the officer",
}
"""The people of a story have no names: they are their parts."""


def verify_policies(what: str | None, *, mutants: bool, json: bool) -> None:
    """Every policy meant, or one. Exit code 1 when a property is refuted, or a mutant survives."""
    from caseflow.messages.worded import worded

    words, memo = worded(), Memo()
    looked: list[contracts.PolicyProof] = []
    for file, policy in meant(what):
        begun = time.monotonic()
        try:
            report = verify(policy, words, memo)
        except Unplayable as wrong:
            raise refused(f"{file}: {wrong}") from wrong
        proof = _proof(file, policy, report, time.monotonic() - begun)
        looked.append(proof)
        if not json:
            _show(proof)
    good = [Path(one.file) for one in looked if one.proved and mutants and "schemes" in Path(one.file).parts]
    tried = [end for file in good for end in _mutants(file, words, memo, json=json)]
    if json:
        as_json(contracts.PolicyVerify(looked, tried))
    bad = [one for one in looked if not one.proved]
    alive = [one for one in tried if one.end == "survived"]
    if bad or alive:
        names = ", ".join(f"{one.scheme} {one.version}" for one in bad)
        said = [f"refuted: {names}"] if bad else []
        raise Stop(Exit.REFUSED, "; ".join([*said, *([f"{len(alive)} mutants survived"] if alive else [])]))


def meant(what: str | None) -> Iterator[tuple[Path, Policy]]:
    """Every policy meant, with its file. A file outside a config folder is a draft of any name. Raises Stop, PolicyError."""
    from caseflow.messages.catalogue import CATALOGUE
    from caseflow.settings.paths import config_dir
    from caseflow.settings.scheme import load_schemes, packs_not_used, read_draft, read_scheme

    for path in _paths(what):
        if _in_a_config_folder(path):
            yield path, read_scheme(path, catalogue=CATALOGUE)
        else:  # a draft of any name, read as `policy whatif` reads it
            yield path, read_draft(path, rosters=config_dir() / "rosters", catalogue=CATALOGUE)
    if what is None:
        yield from packs_not_used(load_schemes(), config_dir())


def _in_a_config_folder(path: Path) -> bool:
    schemes = path.resolve().parent.parent
    return schemes.name == "schemes" and (schemes.parent / "rosters").is_dir()


def _paths(what: str | None) -> list[Path]:
    from caseflow.settings.paths import config_dir

    schemes = config_dir() / "schemes"
    if what is None:
        return sorted(schemes.glob("*/*.yaml"))
    if what.endswith((".yaml", ".yml")):
        if not Path(what).is_file():
            raise usage(f"{what}: there is no such file")
        return [Path(what)]
    scheme, _, version = what.partition("/")
    found = sorted((schemes / scheme).glob(f"{version or '*'}.yaml"), key=lambda path: (len(path.stem), path.stem))
    if not found:
        known = ", ".join(f"{path.parent.name}/{path.stem}" for path in sorted(schemes.glob("*/*.yaml")))
        raise refused(f"there is no policy {what} (there are: {known}); a file ends in .yaml")
    return found


def _proof(file: Path, policy: Policy, report: Report, seconds: float) -> contracts.PolicyProof:
    return contracts.PolicyProof(
        file=str(file),
        scheme=report.scheme,
        version=report.version,
        proved=report.proved,
        models=report.models,
        states=report.states,
        steps=report.steps,
        seconds=round(seconds, 1),
        properties=[_property(policy, verdict) for verdict in report.verdicts],
    )


def _property(policy: Policy, verdict: Verdict) -> contracts.PropertyProof:
    return contracts.PropertyProof(
        name=verdict.name,
        title=verdict.title,
        proved=verdict.proved,
        states=verdict.states,
        how=verdict.how if verdict.proved else "",
        where=verdict.where,
        why=verdict.why,
        story=story_lines(policy, verdict),
    )


def _show(proof: contracts.PolicyProof) -> None:
    rows = [
        (one.title, "proved" if one.proved else "REFUTED", f"{one.states:,}", one.how or one.why)
        for one in proof.properties
    ]
    table(f"{proof.scheme} {proof.version}", ("property", "", "states", "how"), rows)
    for one in proof.properties:
        if not one.proved:
            say(f"Refuted: {one.title}", f"  {one.where}: {one.why}", *(f"  {line}" for line in one.story), "")
    say(f"{proof.states:,} states, {proof.steps:,} steps in {proof.models} models, {proof.seconds} s", "")


# ── the story ───────────────────────────────────────────────────────────────────────────────────
def story_lines(policy: Policy, verdict: Verdict) -> list[str]:
    """Day by day, in plain words, what happens on the shortest way to what may not be. Empty where nothing has to happen."""
    lines = [line for beat in verdict.story for line in _beat(policy, beat.facts, beat.wishes)]
    return [*lines, f"→ {verdict.why}"] if lines else []


def _beat(policy: Policy, facts: Iterable[object], wishes: Iterable[fx.Effect]) -> Iterator[str]:
    sent = {(w.expectation, w.rung): w for w in wishes if isinstance(w, fx.Send) and w.to is Role.PARTICIPANT}
    for fact in facts:
        record: ev.Recorded = fact.record  # type: ignore[attr-defined]  # a Fact of the checker
        words = _words(policy, record.event, sent)
        if words:
            yield f"{local(record.recorded_at)}: {words}"


def _words(policy: Policy, event: ev.Event, sent: dict[tuple[str | None, str], fx.Send]) -> str:
    match event:
        case ev.RungFired():
            what = _rung(policy, event)
            send = sent.get((event.expectation, event.rung))
            went = (
                ""
                if send is None
                else f" [{story.plain(send.purpose)} by {_by(send)}; nobody knows yet whether it arrived]"
            )
            return f"{what}{went}"
        case ev.ExpectationOpened():
            return f"expected from now on: {story.plain(event.expectation)}"
        case _:
            return story.wording(event, VOICES)


def _by(send: fx.Send) -> str:
    return {Channel.TEXT: "text", Channel.EMAIL: "e-mail", Channel.LETTER: "letter"}[send.channels[0]]


def _rung(policy: Policy, fired: ev.RungFired) -> str:
    step = f"{story.plain(fired.expectation)}, step “{story.plain(fired.rung)}”"
    if fired.end.value == "blocked":
        return f"{step} is held back: {fired.why}"
    if fired.end.value != "fired":
        return f"{step} is {fired.end.value}: {fired.why}"
    ladder = policy.ladder(fired.expectation.partition(":")[0])
    left_out = fired.left_out or ()
    acts = [act_words(act) for n, act in enumerate(ladder.rung(fired.rung).acts) if n not in left_out]
    return f"{step}: {'; '.join(acts) or 'nothing to do'}"


# ── mutants ─────────────────────────────────────────────────────────────────────────────────────
def _mutants(file: Path, words: Worded, memo: Memo, *, json: bool) -> list[contracts.MutantEnd]:
    """What became of every small change for the worse to this policy."""
    from caseflow.messages.catalogue import CATALOGUE
    from caseflow.settings.scheme_mutants import judged

    ends = [
        contracts.MutantEnd(file.parent.name, one.name, one.end, one.why)
        for one in judged(file, words, catalogue=CATALOGUE, memo=memo)
    ]
    if not json:
        name = f"mutants of {file.parent.name} {file.stem}"
        table(name, ("mutant", "", "why"), ((one.name, one.end, one.why) for one in ends))
        say(", ".join(f"{many} {end}" for end, many in sorted(Counter(one.end for one in ends).items())), "")
    return ends
