"""`message preview`, `policy check` and `policy show`: what will be said, and by which rules."""

from datetime import date
from pathlib import Path

from caseflow.cli import contracts
from caseflow.cli.failures import Exit, Stop, refused, usage
from caseflow.cli.output import as_json, say, table
from caseflow.domain.policy import Policy
from caseflow.telling import story
from caseflow.telling.coming import act_words
from caseflow.telling.times import day


def preview(name: str | None, channel: str, language: str, *, json: bool) -> None:
    """A message with the longest real values; without a name, the list of messages."""
    from caseflow.messages.catalogue import CATALOGUE
    from caseflow.messages.render import preview as worded

    if name is None:
        table(
            "",
            ("message", "to", "kind", "by", "when"),
            ((m.name, m.audience, m.kind, ", ".join(m.channels), m.when) for m in CATALOGUE.values()),
        )
        return
    message = CATALOGUE.get(name)
    if message is None:
        raise usage(f"there is no message {name}; `caseflow message preview` lists them")
    by = channel or message.channels[0]
    if by not in message.channels:
        raise usage(f"{name} has no {by}; it goes by {', '.join(message.channels)}")
    if language not in {"en", "cy"}:
        raise usage(f"--language {language}: it may be en or cy")
    found = worded(name, by, language)
    if json:
        as_json(contracts.Preview(name, by, language, found.subject, found.body, found.parts))
        return
    if found.subject:
        say(f"Subject: {found.subject}", "")
    say(found.body.rstrip("\n"))
    if found.parts is not None:
        say("", f"({len(found.body)} characters, {found.parts} part{'s' if found.parts > 1 else ''})")


def check_policies(files: list[Path], *, json: bool) -> None:
    """Every file with its faults. Exit code 1 when there is one."""
    from caseflow.settings.paths import config_dir
    from caseflow.settings.scheme import PolicyError, read_scheme

    looked: list[contracts.PolicyFile] = []
    for path in files or sorted((config_dir() / "schemes").glob("*/*.yaml")):
        if not path.is_file():
            raise usage(f"{path}: there is no such file")
        try:
            read_scheme(path)
        except PolicyError as wrong:
            looked.append(contracts.PolicyFile(str(path), ok=False, problems=str(wrong).splitlines()))
        else:
            looked.append(contracts.PolicyFile(str(path), ok=True, problems=[]))
    bad = [one for one in looked if not one.ok]
    if json:
        as_json(contracts.PolicyCheck(looked))
    else:
        for one in looked:
            say(f"{one.file}: " + ("good" if one.ok else f"{len(one.problems)} faults"), *one.problems)
    if bad:
        raise Stop(Exit.REFUSED, f"{len(bad)} of {len(looked)} scheme files cannot be used")


def show_policy(scheme: str, version: str, *, json: bool) -> None:
    """A policy in words, from its file."""
    policy = find_policy(scheme, version)
    view = contracts.PolicyView(
        scheme=policy.scheme,
        version=policy.version,
        digest=policy.digest,
        title=policy.title.get("en", policy.scheme),
        in_force_from=policy.in_force_from.isoformat(),
        languages=list(policy.languages),
        disposals={name: list(rules.ladders) for name, rules in policy.disposals.items()},
        ladders=[
            contracts.PolicyLadder(
                ladder.name,
                _when(ladder.due.words("en")) if ladder.due else "",
                list(ladder.opens),
                list(ladder.met),
                [
                    contracts.PolicyRung(r.id, _when(r.at.words("en")), [act_words(act) for act in r.acts])
                    for r in ladder.rungs
                ],
            )
            for ladder in policy.ladders.values()
        ],
    )
    if json:
        as_json(view)
        return
    say(
        f"{view.title}: {view.scheme} {view.version}, in force from {day(date.fromisoformat(view.in_force_from))}",
        f"digest {view.digest}",
        "",
    )
    for name, rules in policy.disposals.items():
        leads = story.plain(rules.breach_leads_to)
        strikes = "strikes" if rules.strikes else "no strikes"
        say(f"{rules.title.get('en', name)} (outcome {rules.outcome}): {strikes}; a breach leads to {leads}")
    for ladder in view.ladders:
        say("", f"{story.plain(ladder.name)}: from {_or(ladder.opens)} until {_or(ladder.met)}"
            + (f", due {ladder.due}" if ladder.due else ""))  # fmt: skip
        for rung in ladder.rungs:
            say(f"  {rung.at:<28} {'; '.join(rung.acts)}")


def find_policy(scheme: str, version: str) -> Policy:
    """A policy from its file: this version, or the newest. Raises Stop when there is none."""
    from caseflow.settings.paths import config_dir
    from caseflow.settings.scheme import read_scheme

    folder = config_dir() / "schemes" / scheme
    files = sorted(folder.glob("*.yaml"), key=lambda path: (len(path.stem), path.stem))
    if not files:
        known = ", ".join(sorted(path.name for path in folder.parent.iterdir() if path.is_dir()))
        raise refused(f"there is no scheme {scheme} (there are: {known})")
    chosen = [path for path in files if path.stem == version] if version else files[-1:]
    if not chosen:
        raise refused(f"{scheme} has no version {version} (there are: {', '.join(path.stem for path in files)})")
    return read_scheme(chosen[0])


def _or(names: list[str]) -> str:
    return " or ".join(story.plain(name) for name in names) or "nothing"


def _when(offset: str) -> str:
    return "at once" if offset == "at the time of" else offset
