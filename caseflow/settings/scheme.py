"""A scheme's policy file becomes a `Policy`: `YAML | taken in | canonical JSON | shape | whole-policy checks | domain value`.

A file is ``config/schemes/<scheme>/<version>.yaml``. The canonical JSON is what is kept in the database when a version
is published and what its digest is taken of, so comments and layout may change and nothing else may.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from caseflow.domain.calendar import DAY_NAMES, Calendar
from caseflow.domain.policy import (
    WITHOUT_PROSECUTION,
    Act,
    Ages,
    ContactRules,
    DigestRules,
    EvidenceRules,
    Ladder,
    Policy,
    ReasonRules,
    ReturnRules,
    Rung,
    StrikeRules,
)
from caseflow.domain.words import Role
from caseflow.settings.disposal_pack import pack_of, pack_paths, read_pack, rules_by
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.offered import Listed, offered_messages, with_catalogue
from caseflow.settings.paths import config_dir, templates_dir
from caseflow.settings.plain_yaml import FileRefused, Problem, canonical_json, parse, problems_of, shown
from caseflow.settings.roster import RosterError, read_roster
from caseflow.settings.scheme_checks import findings, victim_days
from caseflow.settings.scheme_file import SETTINGS, LadderFile, RungFile, SchemeFile
from caseflow.settings.taking_in import lifted, taken_in

Catalogue = Mapping[str, Listed]


class PolicyError(FileRefused):
    """A policy that may not be used: every problem found, each with file, place and reason."""


def canonical(path: Path) -> tuple[str, str]:
    """The canonical JSON of a policy file, whole, and its SHA-256 in hex. What it names is taken in; nothing is checked."""
    return _canonical(path, _config_of(path))


def _canonical(path: Path, config: Path) -> tuple[str, str]:
    content, problems = parse(path)
    if problems:
        raise PolicyError(problems)
    return _text(content, shown(path), config)


def _text(content: object, file: str, config: Path) -> tuple[str, str]:
    whole, problems = taken_in(content, file, config)
    if problems:
        raise PolicyError(problems)
    text = canonical_json(whole)
    return text, digest_of(text)


def digest_of(canonical_text: str) -> str:
    """The SHA-256, in hex, that names a policy's content."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def read_scheme(path: Path, *, calendar: Calendar | None = None, catalogue: Catalogue | None = None) -> Policy:
    """The policy in a file, checked whole; `PolicyError` with everything that is wrong.

    The roster is read from ``rosters/<scheme>.yaml`` of the same config folder. With the catalogue of messages,
    audiences are checked too (a room below the messages cannot fetch it).
    """
    text, _ = canonical(path)
    policy = _build(text, shown(path), _config_of(path) / "rosters", calendar or england_and_wales(), catalogue)
    if (policy.scheme, policy.version) != (path.parent.name, path.stem):
        says = f"scheme {policy.scheme}, version {policy.version}"
        raise PolicyError([Problem(shown(path), "scheme", f"the file says {says}: its folder and name must agree")])
    return policy


def from_content(content: object, path: Path, catalogue: Catalogue | None = None) -> Policy:
    """The policy that a file at `path` with this content would hold; `PolicyError` with everything that is wrong."""
    text, _ = _text(content, shown(path), _config_of(path))
    return _build(text, shown(path), _config_of(path) / "rosters", england_and_wales(), catalogue)


def _config_of(path: Path) -> Path:
    """The folder that holds ``schemes/<scheme>/<version>.yaml``."""
    return path.resolve().parent.parent.parent


def read_draft(path: Path, *, rosters: Path, catalogue: Catalogue | None = None) -> Policy:
    """A policy to be tried out, from a file of any name, checked whole like one in force. Raises PolicyError."""
    text, _ = _canonical(path, rosters.parent)
    return _build(text, shown(path), rosters, england_and_wales(), catalogue)


def load_schemes(config: Path | None = None, *, catalogue: Catalogue | None = None) -> dict[tuple[str, str], Policy]:
    """Every policy below ``<config>/schemes``, by (scheme, version); `PolicyError` with the problems of all files."""
    policies: dict[tuple[str, str], Policy] = {}
    problems: list[Problem] = []
    for path in sorted(((config or config_dir()) / "schemes").glob("*/*.yaml")):
        try:
            policy = read_scheme(path, catalogue=catalogue)
        except FileRefused as refused:
            problems += refused.problems
        else:
            policies[policy.scheme, policy.version] = policy
    if problems:
        raise PolicyError(problems)
    return policies


def packs_not_used(schemes: Mapping[tuple[str, str], Policy], config: Path) -> Iterator[tuple[Path, Policy]]:
    """The packs that none of these schemes goes by, each put into a scheme as its only disposal, so that it can be proved.

    One that is not in force is taken for one that is: what is proved is what would happen on the day it comes in. Where the
    law has no prosecution the ladders are those without strikes: the letters about strikes speak of what may follow.
    """
    used = {rules.pack.label for policy in schemes.values() for rules in policy.disposals.values()}
    for path in pack_paths(config):
        pack = read_pack(path)
        if pack.label in used:
            continue
        strikes = not set(pack.breach_may_lead_to) <= WITHOUT_PROSECUTION
        policy, like = next(
            (policy, rules)
            for policy in schemes.values()
            for rules in policy.disposals.values()
            if rules.strikes is strikes
        )
        rules = rules_by(
            replace(pack, in_force=True, why_not=""),
            strikes=strikes, ladders=like.ladders, breach_leads_to=pack.breach_may_lead_to[0],
        )  # fmt: skip
        yield path, replace(policy, scheme=f"{policy.scheme} with the pack {pack.name}", disposals={pack.name: rules})


def policy_from_canonical(json_text: str, calendar: Calendar, *, rosters: Path | None = None) -> Policy:
    """The policy of a version kept in the database; `PolicyError` where a message or an office it needs has gone."""
    return _build(json_text, "published policy", rosters or config_dir() / "rosters", calendar, None)


def _build(text: str, file: str, rosters: Path, calendar: Calendar, catalogue: Catalogue | None) -> Policy:
    """canonical JSON | lifted where it is old | shape | checks | Policy"""
    try:
        scheme = SchemeFile.model_validate_json(canonical_json(lifted(json.loads(text))))
    except ValidationError as error:
        raise PolicyError(problems_of(file, error, SETTINGS)) from error
    roster_path = rosters / f"{scheme.scheme}.yaml"
    try:
        offices = read_roster(roster_path).offices if roster_path.is_file() else None
    except RosterError as refused:
        raise PolicyError(refused.problems) from refused
    offered = offered_messages(templates_dir())
    if catalogue is not None:
        offered = with_catalogue(offered, catalogue)
    found = findings(scheme, offered=offered, calendar=calendar, offices=offices)
    if offices is None:
        found.append(("scheme", f"there is no roster {shown(roster_path)}: write one, so that roles have people"))
    if found:
        raise PolicyError([Problem(file, where, reason) for where, reason in found])
    return _policy(scheme, digest_of(text), calendar, offices or {})


# ── the file's shape as domain values ───────────────────────────────────────────────────────────
def _policy(scheme: SchemeFile, digest: str, calendar: Calendar, team: Mapping[Role, str]) -> Policy:
    ladders = {name: _ladder(name, ladder) for name, ladder in scheme.ladders.items()}
    signals = sorted({signal for ladder in ladders.values() for signal in ladder.opens})
    decides, reasons = scheme.decides, scheme.reasons
    return Policy(
        scheme=scheme.scheme,
        version=str(scheme.version),
        digest=digest,
        title=dict(scheme.title),
        force=scheme.force,
        ref_prefix=scheme.ref_prefix,
        languages=tuple(scheme.languages),
        in_force_from=scheme.in_force_from,
        refuse_older_than_days=scheme.refuse_older_than_days,
        contact=ContactRules(
            texts=scheme.contact.texts,
            calls=scheme.contact.calls,
            office=scheme.contact.office,
            chases_per_week=scheme.contact.auto_chases_per_week,
            chase_gap_working_days=scheme.contact.chase_gap_working_days,
            offer_times=scheme.contact.offer_times,
            agreed_with_person=scheme.contact.agreed_with_person,
        ),
        disposals={
            name: rules_by(pack_of(disposal.pack), **disposal.model_dump(exclude={"pack"}))
            for name, disposal in scheme.disposals.items()
        },
        ladders=ladders,
        strikes=StrikeRules(**scheme.strikes.model_dump()),
        excuses=reasons.accepted,
        override_reasons=reasons.overrides,
        end_reasons=reasons.ends,
        hold_max_working_days=decides.hold_max_working_days,
        hold_by=decides.hold,
        excuse_by=decides.excuse,
        end_agreed_by=decides.end,
        breach_decided_by=decides.breach,
        breach_tie=decides.tie_or_silence,
        no_decision=decides.no_decision,
        returns=ReturnRules(**scheme.returns.model_dump()),
        digest_rules=DigestRules(
            weekday=DAY_NAMES.index(scheme.digest.weekday), at=scheme.digest.at, every_weeks=scheme.digest.every_weeks
        ),
        victim_working_days=victim_days(scheme, "standard_rights"),
        victim_enhanced_working_days=victim_days(scheme, "enhanced_rights"),
        side_working_days=decides.side_working_days,
        review_working_days=decides.review_working_days,
        calendar=calendar,
        team=dict(team),
        opens={signal: tuple(ladder for ladder in ladders.values() if signal in ladder.opens) for signal in signals},
        reasons=ReasonRules(**reasons.model_dump(exclude={"accepted", "overrides", "ends"})),
        evidence=EvidenceRules(**scheme.evidence.model_dump()),
        consequences=scheme.consequences.model_dump(),
        last_safe_margin_working_days=scheme.last_safe_margin_working_days,
        ages=None if scheme.ages is None else Ages(**scheme.ages.model_dump()),
        based_on=scheme.based_on,
    )


def _ladder(name: str, ladder: LadderFile) -> Ladder:
    values: dict[str, Any] = ladder.model_dump(exclude={"rungs", "due"})
    rungs = tuple(_rung(rung) for rung in ladder.rungs)
    by_rung = {rung.id: index for index, rung in enumerate(rungs)}
    return Ladder(name=name, rungs=rungs, by_rung=by_rung, due=ladder.due, **values)


def _rung(rung: RungFile) -> Rung:
    acts = tuple(
        Act(act.do, act.to or Role.SYSTEM, act.message, act.channels, act.task, act.only_if) for act in rung.acts
    )
    return Rung(rung.id, rung.at, acts, rung.only_if, rung.expires, rung.chase, rung.hours or _hours(acts))


def _hours(acts: tuple[Act, ...]) -> str:
    """The contact hours a rung keeps when it does not say: those of its strictest act."""
    if any(act.do == "call" for act in acts):
        return "calls"
    return "texts" if any(act.to is Role.PARTICIPANT for act in acts) else "office"
