"""`policy explain | timeline | diff`: a policy file into words. Needs no database."""

from pathlib import Path

from caseflow.cli import contracts
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, instant, say
from caseflow.cli.words import find_policy
from caseflow.domain.policy import Policy

READERS = {"participant": ("md",), "victim": ("md",), "officer": ("md", "mermaid", "svg"), "navigator": ("md",)}
"""Who reads, and in which shapes."""
MORNING = "T10:00"
"""A referral of which only the day is given came in at ten."""


def named(text: str) -> Policy:
    """SCHEME, SCHEME/VERSION, or a file. Raises Stop for what is not there, PolicyError for a file with faults."""
    from caseflow.settings.scheme import read_scheme

    if text.endswith((".yaml", ".yml")):
        if not Path(text).is_file():
            raise usage(f"{text}: there is no such file")
        return read_scheme(Path(text))
    scheme, _, version = text.partition("/")
    return find_policy(scheme, version)


def explain(scheme: str, reader: str, disposal: str, language: str, shape: str) -> None:
    """Print the leaflet, the picture or the guide."""
    from caseflow.messages.policies import guide, leaflet, picture, victim

    if reader not in READERS:
        raise usage(f"--for {reader}: it may be {', '.join(READERS)}")
    if shape not in READERS[reader]:
        raise usage(f"--format {shape}: for the {reader} it may be {', '.join(READERS[reader])}")
    policy = named(scheme)
    if reader not in {"participant", "victim"} and language != "en":
        raise usage(f"--lang {language}: what a {reader} reads is in English, as the tasks of a policy are")
    _spoken(policy, language)
    if reader == "participant":
        say(leaflet.leaflet(policy, _disposal(policy, disposal), language).rstrip())
    elif reader == "victim":
        say(victim.script(policy, _disposal(policy, disposal), language).rstrip())
    elif reader == "navigator":
        say(guide.guide(policy, _disposal(policy, disposal) if disposal else None).rstrip())
    else:
        drawn = {"md": picture.page, "mermaid": picture.mermaid, "svg": picture.svg}[shape]
        say(drawn(policy, _disposal(policy, disposal)).rstrip())


def timeline(scheme: str, disposal: str, referred: str, language: str, *, json: bool) -> None:
    """Print the worked examples."""
    from caseflow.domain.worked import COURSES, Unplayable
    from caseflow.messages import dates
    from caseflow.messages.policies import course

    policy = named(scheme)
    _spoken(policy, language)
    chosen = _disposal(policy, disposal)
    at = instant("--referred", referred if "T" in referred else f"{referred}{MORNING}")
    courses = []
    for name, play in COURSES.items():
        try:
            lines = course.lines(play(policy, chosen, at), language)
        except Unplayable as wrong:
            raise refused(f"{course.TITLES[name]['en']}: {wrong}") from None
        cal = policy.calendar
        notes = course.notes(cal, cal.local(lines[0].at).date(), cal.local(lines[-1].at).date(), language)
        told = [contracts.CourseLine(one.at, one.kind, one.what, one.ladder, one.rung) for one in lines]
        courses.append(contracts.Course(name, course.TITLES[name][language], told, notes))
    if json:
        as_json(contracts.PolicyTimeline(policy.scheme, policy.version, chosen, at, courses))
        return
    say(f"# {policy.title[language]}: {policy.disposals[chosen].title[language]}")
    for one in courses:
        say("", f"## {one.title}", "")
        for line in one.lines:
            say(f"{dates.dated(line.at, language)} {dates.clock(line.at, language)}: {line.what}")
        if one.notes:
            say("", *(f"({note})" for note in one.notes))


def diff(a: str, b: str, *, json: bool) -> None:
    """Print what is different in B, grouped by what it is about."""
    from caseflow.messages.policies.changes import differences, in_words

    before, after = named(a), named(b)
    found = differences(before, after)
    if json:
        changes = [
            contracts.PolicyChange(list(one.whom), one.about, one.step, one.how, one.before, one.after) for one in found
        ]
        as_json(contracts.PolicyDiff(_name(before), _name(after), changes))
        return
    if not found:
        say(f"{_name(before)} and {_name(after)} say the same.")
    about = ""
    for one in found:
        if one.about != about:
            about = one.about
            say("", f"## {about}", "")
        say(f"- {in_words(one)}")


def _name(policy: Policy) -> str:
    return f"{policy.scheme}/{policy.version}"


def _disposal(policy: Policy, name: str) -> str:
    if not name:
        return next(iter(policy.disposals))
    if name not in policy.disposals:
        raise usage(f"--disposal {name}: {_name(policy)} has {', '.join(policy.disposals)}")
    return name


def _spoken(policy: Policy, language: str) -> None:
    if language not in policy.languages:
        raise usage(f"--lang {language}: {_name(policy)} writes in {', '.join(policy.languages)}")
