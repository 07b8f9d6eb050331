"""What a scheme's file names is taken into it: the policy it is based on, and the packs of its disposals.

So a published policy is whole: nothing that it was read with can be changed under it.
"""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caseflow.domain.policy import WITHOUT_PROSECUTION
from caseflow.settings.disposal_pack import fetched
from caseflow.settings.paths import config_dir
from caseflow.settings.plain_yaml import Problem, parse, shown

Content = dict[str, Any]
FORMAT = 2
OWN = ("scheme", "version", "title", "ref_prefix", "in_force_from")
"""What a policy based on another must say for itself."""


def taken_in(content: Any, file: str, config: Path) -> tuple[Any, list[Problem]]:
    """The whole content, or what cannot be found. A file of format 1 stands by itself and stays as it is."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return content, []
    content, problems = _based(content, file, config, ())
    return (content, problems) if problems else _with_packs(content, file, config)


def _based(content: Content, file: str, config: Path, seen: tuple[str, ...]) -> tuple[Content, list[Problem]]:
    reference = content.get("based_on")
    if not reference:
        return content, []
    if missing := [name for name in OWN if name not in content]:
        return content, [Problem(file, name, "is missing: a policy based on another says its own") for name in missing]
    if not isinstance(reference, str) or reference in seen:
        return content, [Problem(file, "based_on", f"{reference!r} leads back to itself; name another policy")]
    path = next((one for one in _homes(reference, config) if one.is_file()), None)
    if path is None:
        return content, [
            Problem(file, "based_on", f"there is no policy {reference!r} (config/schemes/{reference}.yaml)")
        ]
    base, problems = parse(path)
    if problems:
        return content, problems
    if not isinstance(base, dict) or base.get("format") != FORMAT:
        return content, [Problem(file, "based_on", f"{shown(path)} is not written in format {FORMAT}")]
    base, problems = _based(base, shown(path), config, (*seen, reference))
    return merged(base, content), problems


def _homes(reference: str, config: Path) -> list[Path]:
    return [folder / "schemes" / f"{reference}.yaml" for folder in (config, config_dir())]


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Content:
    """`base` with these changes: settings within settings one by one, everything else as a whole; null takes out."""
    whole = dict(copy.deepcopy(base))
    for name, value in changes.items():
        there = whole.get(name)
        if value is None:
            whole.pop(name, None)
        elif isinstance(there, dict) and isinstance(value, dict):
            whole[name] = merged(there, value)
        else:
            whole[name] = copy.deepcopy(value)
    return whole


def _with_packs(content: Content, file: str, config: Path) -> tuple[Content, list[Problem]]:
    problems: list[Problem] = []
    disposals = content.get("disposals")
    whole: Content = {}
    for name, rules in disposals.items() if isinstance(disposals, dict) else ():
        if not isinstance(rules, dict) or "pack" not in rules:
            whole[name] = rules  # the reader says that it is missing
            continue
        pack, why = fetched(rules["pack"], config)
        if why:
            problems.append(Problem(file, f"disposals.{name}.pack", why))
        whole[name] = {**rules, "pack": pack}
    return ({**content, "disposals": whole} if whole else content), problems


# ── before there were packs ─────────────────────────────────────────────────────────────────────
def lifted(content: Any) -> Any:
    """A policy of format 1 as one of format 2: each disposal's own words become its pack, version 0."""
    if not isinstance(content, dict) or content.get("format") != 1:
        return content
    disposals = content.get("disposals")
    if not isinstance(disposals, dict):
        return {**content, "format": FORMAT}
    found = {name: _lifted(name, rules) if isinstance(rules, dict) else rules for name, rules in disposals.items()}
    return {**content, "format": FORMAT, "disposals": found}


_SAID = ("outcome", "enforceable", "needs", "max_hours", "max_weeks")
_SOURCE = "[scheme] as the scheme wrote it, before there were packs"


def _lifted(name: str, rules: Content) -> Content:
    enforceable = rules.get("enforceable") is True
    leads_to = rules.get("breach_leads_to")
    pack: Content = {
        "format": 1, "disposal": name, "version": 0, "title": rules.get("title"), "in_force": True,
        "outcome": {"is": rules.get("outcome"), "source": _SOURCE}, "adults_from": {"age": 18, "source": _SOURCE},
        "needs": dict.fromkeys(rules.get("needs") or (), _SOURCE),
        "breach_may_lead_to": {leads_to: _SOURCE} if enforceable or leads_to in WITHOUT_PROSECUTION else {"record_only": _SOURCE},
    }  # fmt: skip
    if enforceable:
        pack["enforces"] = {"what": "what was agreed", "source": _SOURCE}
        if rules.get("max_hours"):
            pack["hours"] = {"at_most": rules["max_hours"], "of": "attendance", "source": _SOURCE}
    if rules.get("max_weeks"):
        pack["weeks"] = {"usually": rules["max_weeks"], "source": _SOURCE}
    return {"pack": pack, **{key: value for key, value in rules.items() if key not in _SAID}}
