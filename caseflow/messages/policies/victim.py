"""What an officer says to a victim: `policy, disposal, language | template | Markdown`. The tasks of a policy call it the script.

Why this was chosen, what comes of it, what support there is. Nothing of the person's needs or plan. What may follow is said
only where the disposal's pack has it.
"""

from collections.abc import Mapping
from typing import Any, Final

from caseflow.domain.calendar import Offset
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.messages.policies.words import Unsayable
from caseflow.messages.templates import environment
from caseflow.settings.paths import templates_dir

Said = Mapping[str, str]

IT_MEANS: Final[Mapping[str, Said]] = {
    "record_only": {
        "en": "It means that it does not go to court. They do something about it instead.",
        "cy": "Mae'n golygu nad yw'n mynd i'r llys. Maent yn gwneud rhywbeth amdano yn lle hynny.",
    },
    "oic_reconsiders": {
        "en": "It means that they do something about it first. Then I look at it again.",
        "cy": "Mae'n golygu eu bod yn gwneud rhywbeth amdano yn gyntaf. Wedyn byddaf yn edrych arno eto.",
    },
    "becomes_a_fine": {
        "en": "It means that it does not go to court. They keep to conditions instead.",
        "cy": "Mae'n golygu nad yw'n mynd i'r llys. Maent yn cadw at amodau yn lle hynny.",
    },
    "prosecution_revives": {
        "en": "It means that the decision to go to court is put off, not dropped.",
        "cy": "Mae'n golygu bod y penderfyniad i fynd i'r llys wedi'i ohirio, nid wedi'i ollwng.",
    },
    "may_be_prosecuted": {
        "en": "It means that it does not go to court while they keep to its conditions.",
        "cy": "Mae'n golygu nad yw'n mynd i'r llys tra byddant yn cadw at ei amodau.",
    },
}
"""By what a breach leads to: what the disposal comes to, for somebody who has never heard of it."""

BECAUSE: Final[Mapping[str, Said | None]] = {
    "admission": {"en": "They said that they did it.", "cy": "Dywedasant mai hwy a'i gwnaeth."},
    "consent": {"en": "They agreed to take part.", "cy": "Cytunasant i gymryd rhan."},
    "evidential_test": None,  # the officer's business; a word on evidence would be a word on guilt
    "signature": None,  # it comes with the plan
}

MAY_FOLLOW: Final[Mapping[str, Said]] = {
    "record_only": {
        "en": "If they stop, that is written down. It does not go to court.",
        "cy": "Os stopiant, nodir hynny. Nid yw'n mynd i'r llys.",
    },
    "oic_reconsiders": {
        "en": "If they stop, I look at it again and decide what happens.",
        "cy": "Os stopiant, byddaf yn edrych arno eto ac yn penderfynu beth sy'n digwydd.",
    },
    "becomes_a_fine": {
        "en": "If they stop, they may be asked to pay a fine. It does not go to court for that.",
        "cy": "Os stopiant, gellir gofyn iddynt dalu dirwy. Nid yw'n mynd i'r llys am hynny.",
    },
    "prosecution_revives": {
        "en": "If it ends early, it may go to court after all.",
        "cy": "Os daw i ben yn gynnar, gallai fynd i'r llys wedi'r cyfan.",
    },
    "may_be_prosecuted": {
        "en": "If they do not keep to it without a good reason, it may go to court.",
        "cy": "Os na chadwant ato heb reswm da, gallai fynd i'r llys.",
    },
}


UNITS: Final[Mapping[str, Said]] = {
    "h": {"en": "hours", "cy": "awr"},
    "d": {"en": "days", "cy": "diwrnod"},
    "wd": {"en": "working days", "cy": "diwrnod gwaith"},
}


def script(policy: Policy, disposal: str, language: str) -> str:
    """The script as Markdown. Raises Unsayable for what has no words, LookupError for a disposal that is not there."""
    if language not in policy.languages:
        raise Unsayable(f"{policy.scheme} does not write in {language!r}: it has {' and '.join(policy.languages)}")
    template = environment(templates_dir() / "policy", language).get_template(f"victim/{language}/victim.md")
    return template.render(_fields(policy, policy.disposals[disposal], language)).strip() + "\n"


def _fields(policy: Policy, rules: DisposalRules, language: str) -> dict[str, Any]:
    meeting = next(
        (one.due for one in map(policy.ladder, rules.ladders) if "first_meeting_held" in one.met and one.due), None
    )
    return {
        "scheme": policy.title[language],
        "title": rules.title[language],
        "it_means": _said(IT_MEANS, rules.breach_leads_to, language),
        "because": [_said(BECAUSE, one, language) for one in rules.needs if BECAUSE.get(one, "?") is not None],
        "soon": _soon(meeting, language),
        "max_weeks": rules.max_weeks,
        "enforces": rules.enforceable,
        "may_follow": [_said(MAY_FOLLOW, rules.breach_leads_to, language)],
        "days": policy.victim_working_days,
        "days_enhanced": policy.victim_enhanced_working_days,
    }


def _soon(due: Offset | None, language: str) -> str:
    if due is None or due.unit not in UNITS:
        return ""
    return {
        "en": f" within {due.amount} {UNITS[due.unit]['en']}",
        "cy": f" o fewn {due.amount} {UNITS[due.unit]['cy']}",
    }[language]


def _said(table: Mapping[str, Said | None], key: str, language: str) -> str:
    said = table.get(key)
    if said is None:
        raise Unsayable(f"{key!r} has no words for the victim's script: caseflow/messages/policies/victim.py")
    return said[language]
