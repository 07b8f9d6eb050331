"""Why somebody cannot come, as they would say it beforehand; the leaflet has the same reasons as they are looked back on."""

from collections.abc import Mapping
from typing import Final

from caseflow.domain.policy import Policy
from caseflow.messages.policies.leaflet import REASONS

CANNOT: Final[Mapping[str, Mapping[str, str]]] = {
    "illness": {"en": "I am ill", "cy": "Rwy'n sâl"},
    "medical_appointment": {"en": "I have to see a doctor or nurse", "cy": "Mae'n rhaid i mi weld meddyg neu nyrs"},
    "in_hospital": {"en": "I am in hospital", "cy": "Rwyf yn yr ysbyty"},
    "bereavement": {"en": "Somebody close to me has died", "cy": "Mae rhywun agos wedi marw"},
    "work_shift": {"en": "I have to work", "cy": "Rwy'n gweithio"},
    "farm_work": {"en": "The farm needs me", "cy": "Mae fy angen ar y fferm"},
    "education": {"en": "I have school or college", "cy": "Mae gennyf ysgol neu goleg"},
    "childcare_or_family": {"en": "My children or family need me", "cy": "Mae fy angen ar fy mhlant neu fy nheulu"},
    "religious_observance": {"en": "It is a holy day for me", "cy": "Mae'n ddydd sanctaidd i mi"},
    "court_or_legal": {"en": "I have to be with a solicitor or a judge", "cy": "Mae gennyf apwyntiad cyfreithiol"},
    "transport": {"en": "I have no way to get there", "cy": "Nid oes gennyf ffordd o gyrraedd"},
    "roads_or_weather": {"en": "The roads or the weather are bad", "cy": "Mae'r ffyrdd neu'r tywydd yn wael"},
    "welsh_not_offered": {"en": "I would like it in Welsh", "cy": "Hoffwn ei gael yn Gymraeg"},
    "safety": {"en": "I do not feel safe", "cy": "Nid wyf yn teimlo'n ddiogel"},
    "other": {"en": "Something else", "cy": "Rhywbeth arall"},
}
"""By the policy's codes."""
NOT_THEIRS: Final = frozenset({"service_cancelled", "our_mistake", "reported_by_provider", "in_custody", "on_hold"})
"""Reasons that services give, or that nobody gives beforehand."""


def reasons(policy: Policy, language: str) -> dict[str, str]:
    """What somebody may pick, by code, in this language. A code of a scheme's own has the leaflet's words, or none."""
    said = {code: CANNOT.get(code) or REASONS.get(code) for code in policy.excuses if code not in NOT_THEIRS}
    return {code: words[language] for code, words in said.items() if words}
