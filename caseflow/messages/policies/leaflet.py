"""The participant's leaflet: `policy, disposal, language | what reaches them, step by step | template | Markdown`.

Short sentences, everyday words, no blame (the wording rules of docs/how-to/add-a-message.md). What may follow is said
only where it may follow. Every ladder that speaks to the person stands under the fact that opens it.
"""

from collections.abc import Mapping
from typing import Any, Final

from caseflow.domain.calendar import Offset
from caseflow.domain.policy import Act, DisposalRules, Ladder, Policy, Rung
from caseflow.domain.words import Role
from caseflow.messages.policies import words
from caseflow.messages.policies.words import Unsayable
from caseflow.messages.templates import environment
from caseflow.settings.paths import templates_dir

Said = Mapping[str, str]

HEADINGS: Final[Mapping[str, Said]] = {
    "accepted": {"en": "When you join us", "cy": "Pan ymunwch â ni"},
    "session_booked": {"en": "Before we meet", "cy": "Cyn i ni gwrdd"},
    "first_meeting_missed": {"en": "If we miss you the first time", "cy": "Os na welwn chi y tro cyntaf"},
    "first_meeting_held": {"en": "After our first meeting", "cy": "Ar ôl ein cyfarfod cyntaf"},
    "referred_on": {"en": "While we find you a place", "cy": "Wrth i ni gael lle i chi"},
    "absence_known": {"en": "If you do not come and we do not know why", "cy": "Os na ddewch ac ni wyddom pam"},
    "strike_confirmed": {"en": "If it counts against you", "cy": "Os yw'n cyfrif yn eich erbyn"},
    "contact_expected": {"en": "If we lose touch", "cy": "Os collwn gysylltiad"},
    "hold_ran_out": {"en": "After a break", "cy": "Ar ôl seibiant"},
    "breach_opened": {"en": "If we ask if you can carry on", "cy": "Os gofynnwn a gewch barhau"},
    "signed_off": {"en": "When you are done", "cy": "Pan fyddwch wedi gorffen"},
}
"""By the fact that opens a ladder."""

SINCE: Final[Mapping[str, Said]] = {
    "accepted": {"en": "you join us", "cy": "i chi ymuno â ni"},
    "first_meeting_missed": {"en": "we missed you", "cy": "i ni beidio â'ch gweld"},
    "first_meeting_held": {"en": "our first meeting", "cy": "ein cyfarfod cyntaf"},
    "referred_on": {"en": "we ask for a place", "cy": "i ni ofyn am le"},
    "absence_known": {"en": "we hear of it", "cy": "i ni glywed am hyn"},
    "strike_confirmed": {"en": "that", "cy": "hynny"},
    "contact_expected": {"en": "we last spoke", "cy": "i ni siarad ddiwethaf"},
    "hold_ran_out": {"en": "the break", "cy": "y seibiant"},
    "breach_opened": {"en": "we start to ask", "cy": "i ni ddechrau gofyn"},
    "signed_off": {"en": "you are done", "cy": "i chi orffen"},
    "start": {"en": "we meet", "cy": "cwrdd"},
    "due": {"en": "the last day for it", "cy": "y diwrnod olaf"},
}
"""What a step counts from: the fact that opens its ladder, or its anchor."""

MESSAGES: Final[Mapping[str, Said]] = {
    "first_contact": {"en": "We say hello and ask for a good time.", "cy": "Dywedwn helo a gofyn am amser da."},
    "first_meeting_reminder": {"en": "We say when and where we meet.", "cy": "Dywedwn pryd a ble y byddwn yn cwrdd."},
    "first_meeting_missed": {"en": "We offer you two new times.", "cy": "Cynigiwn ddau amser newydd i chi."},
    "provider_waiting": {"en": "We are still finding you a place.", "cy": "Rydym yn dal i chwilio am le i chi."},
    "session_reminder": {"en": "We say when and where it is.", "cy": "Dywedwn pryd a ble y bydd."},
    "session_reminder_short": {"en": "A short one, if you asked for it.", "cy": "Neges fer, os gofynnoch amdani."},
    "session_changed": {"en": "We tell you the new time.", "cy": "Dywedwn yr amser newydd."},
    "session_cancelled": {"en": "We tell you that it is off.", "cy": "Dywedwn na fydd yn digwydd."},
    "missed_session": {"en": "We ask if all is OK and offer two times.", "cy": "Gofynnwn a yw popeth yn iawn a chynnig dau amser."},
    "your_move": {
        "en": "We keep your place to a day. The next step is yours.",
        "cy": "Cadwn eich lle tan ryw ddydd. Chi biau'r cam nesaf.",
    },
    "no_answer": {"en": "We ask how you are.", "cy": "Gofynnwn sut ydych chi."},
    "strike_letter": {
        "en": "It says what happened, and how to tell us your side.",
        "cy": "Mae'n dweud beth ddigwyddodd, a sut i roi eich ochr chi.",
    },
    "your_side": {"en": "We ask for your side. What you say matters.", "cy": "Gofynnwn am eich ochr chi. Mae eich barn yn bwysig."},
    "decision_carry_on": {"en": "You carry on with us.", "cy": "Rydych yn parhau gyda ni."},
    "decision_breached": {"en": "Our time ends here, and we say why.", "cy": "Daw ein hamser i ben, a dywedwn pam."},
    "decision_ended": {"en": "It ends here, and nobody is to blame.", "cy": "Daw i ben yma, heb fai ar neb."},
    "closed_not_reached": {"en": "We did not get to meet. Nobody is to blame.", "cy": "Ni lwyddwyd i gwrdd. Nid oes bai ar neb."},
    "completed": {"en": "We say well done. There is no more to do.", "cy": "Dywedwn da iawn. Nid oes mwy i'w wneud."},
    "survey": {"en": "We ask how it was, if you like.", "cy": "Gofynnwn sut aeth hi, os hoffech ddweud."},
    "survey_again": {"en": "We ask once more, then no more.", "cy": "Gofynnwn unwaith eto, yna dim mwy."},
    "plan_copy": {"en": "It says what we agreed.", "cy": "Mae'n dweud beth y cytunwyd arno."},
    "stopped": {"en": "You told us that you stop. That is fine.", "cy": "Dywedoch eich bod yn stopio. Mae hynny'n iawn."},
}  # fmt: skip
"""What each message to the participant says, in a line."""

BY: Final[Mapping[str, Said]] = {
    "text": {"en": "a text", "cy": "neges destun"},
    "email": {"en": "an e-mail", "cy": "e-bost"},
    "letter": {"en": "a letter", "cy": "lythyr"},
}
OR: Final = {"en": "or", "cy": "neu"}

REASONS: Final[Mapping[str, Said | None]] = {
    "illness": {"en": "you were ill", "cy": "roeddech yn sâl"},
    "medical_appointment": {"en": "you saw a doctor or nurse", "cy": "gwelsoch feddyg neu nyrs"},
    "bereavement": {"en": "someone close to you died", "cy": "bu farw rhywun agos"},
    "work_shift": {"en": "you had to work", "cy": "roeddech yn gweithio"},
    "farm_work": {"en": "the farm needed you", "cy": "roedd eich angen ar y fferm"},
    "education": {"en": "you had school or college", "cy": "roedd ysgol neu goleg"},
    "childcare_or_family": {"en": "your children or family needed you", "cy": "roedd eich angen ar eich plant neu'ch teulu"},
    "religious_observance": {"en": "it was a holy day for you", "cy": "roedd yn ddydd sanctaidd i chi"},
    "court_or_legal": {"en": "you had to be with a solicitor or a judge", "cy": "roedd gennych apwyntiad cyfreithiol"},
    "in_custody": {"en": "you were held somewhere", "cy": "roeddech yn cael eich cadw yn rhywle"},
    "in_hospital": {"en": "you were in hospital", "cy": "roeddech yn yr ysbyty"},
    "transport": {"en": "the bus or train did not come", "cy": "ni ddaeth y bws neu'r trên"},
    "roads_or_weather": {"en": "the roads or the weather were bad", "cy": "roedd y ffyrdd neu'r tywydd yn wael"},
    "welsh_not_offered": {"en": "it was not to be had in Welsh", "cy": "nid oedd ar gael yn Gymraeg"},
    "safety": {"en": "you did not feel safe", "cy": "nid oeddech yn teimlo'n ddiogel"},
    "service_cancelled": {"en": "we called it off", "cy": "ni wnaeth ddigwydd o'n hachos ni"},
    "our_mistake": {"en": "we made a mistake", "cy": "gwnaethom gamgymeriad"},
    "other": {"en": "there was some other good reason", "cy": "roedd rheswm da arall"},
    "reported_by_provider": None,  # a note between services; the reason behind it stands above
}  # fmt: skip

AGREED: Final[Mapping[str, Said]] = {
    "language": {"en": "the language you want", "cy": "yr iaith a ddymunwch"},
    "channel": {"en": "if we text, ring or write", "cy": "ai tecstio, ffonio neu ysgrifennu"},
    "times": {"en": "good times and bad times", "cy": "amseroedd da a drwg"},
    "who_else_sees_it": {"en": "who else sees your phone or post", "cy": "pwy arall sy'n gweld eich ffôn neu'ch post"},
    "what_if_we_lose_touch": {"en": "what we do if we lose touch", "cy": "beth a wnawn os collwn gysylltiad"},
    "travel": {"en": "how you get here", "cy": "sut y dewch yma"},
    "adjustments": {"en": "what would make it easier", "cy": "beth fyddai'n ei wneud yn haws"},
    "interpreter": {"en": "if you want an interpreter", "cy": "a hoffech gyfieithydd"},
}

MAY_FOLLOW: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "record_only": {
        "en": ("If you stop, we only write that down.",),
        "cy": ("Os stopiwch, dim ond ei nodi a wnawn.",),
    },
    "oic_reconsiders": {
        "en": ("If you stop, the officer who sent you to us looks at it again.",),
        "cy": ("Os stopiwch, bydd y swyddog a'ch anfonodd atom yn edrych eto.",),
    },
    "becomes_a_fine": {
        "en": ("If you stop, you may be asked to pay a fine.", "You cannot be prosecuted for stopping."),
        "cy": ("Os stopiwch, gellid gofyn i chi dalu dirwy.", "Ni ellir eich erlyn am stopio."),
    },
    "prosecution_revives": {
        "en": (
            "If it ends early, the officer in charge looks at it again.",
            "You may then be prosecuted for it. That means going to court.",
            "A solicitor can tell you what that means.",
        ),
        "cy": (
            "Os daw i ben yn gynnar, bydd y swyddog sy'n gyfrifol yn edrych eto.",
            "Gallech wedyn gael eich erlyn amdano. Mae hynny'n golygu mynd i'r llys.",
            "Gall cyfreithiwr ddweud beth mae hynny'n ei olygu.",
        ),
    },
    "may_be_prosecuted": {
        "en": (
            "If it ends early and there is no good reason, you may be prosecuted.",
            "That means going to court for what first brought you here.",
            "A solicitor can tell you what that means.",
        ),
        "cy": (
            "Os daw i ben yn gynnar heb reswm da, gallech gael eich erlyn.",
            "Mae hynny'n golygu mynd i'r llys am yr hyn a ddaeth â chi yma.",
            "Gall cyfreithiwr ddweud beth mae hynny'n ei olygu.",
        ),
    },
}

NEEDS: Final[Mapping[str, Said | None]] = {
    "evidential_test": None,  # the officer's business, not something the person does
    "admission": {"en": "You said that you did it.", "cy": "Dywedoch mai chi a'i gwnaeth."},
    "consent": {"en": "You said yes to it.", "cy": "Dywedoch ie."},
    "signature": {"en": "You sign the plan.", "cy": "Rydych yn llofnodi'r cynllun."},
}

IF_SO: Final[Mapping[str, Said | None]] = {
    "first_session": {"en": "The very first time:", "cy": "Y tro cyntaf un:"},
    "not_first_session": {"en": "After that:", "cy": "Wedi hynny:"},
    "private_phone": {"en": "If no one else reads your phone:", "cy": "Os nad oes neb arall yn darllen eich ffôn:"},
    "side_not_given": {"en": "If we have not heard you yet:", "cy": "Os nad ydym wedi'ch clywed eto:"},
    "has_provider": {"en": "If another service helps you:", "cy": "Os oes gwasanaeth arall yn eich helpu:"},
    "no_confirmed_letter": {"en": "If we are not sure of your address:", "cy": "Os nad ydym yn sicr o'ch cyfeiriad:"},
    "unbooked": {"en": "If we have no day yet:", "cy": "Os nad oes diwrnod eto:"},
    "not_held": {"en": "If we have not met yet:", "cy": "Os nad ydym wedi cwrdd eto:"},
    "letter_at_confirmed_address": None,  # the usual case
    "wants_short_reminder": None,  # the line itself says so
    "no_survey": None,
    "strikes_possible": None,  # decided by the disposal, which is the leaflet's own
    "no_strikes": None,
    "reachable_by_text": None,
    "phone_usable": None,
    "unanswered": None,
    "expecting": None,
}
"""The conditions of a step, as the person would say them; None where the leaflet need not."""

ANSWERED_BY_THEM: Final = frozenset({"two_way_contact", "absence_settled", "plan_agreed", "breach_decided"})
"""What meets a ladder whose calls ring the participant; the navigator's other calls ring providers."""


def leaflet(policy: Policy, disposal: str, language: str) -> str:
    """The leaflet as Markdown. Raises Unsayable for what has no words, LookupError for a disposal that is not there."""
    if language not in policy.languages:
        raise Unsayable(f"{policy.scheme} does not write in {language!r}: it has {' and '.join(policy.languages)}")
    rules = policy.disposals[disposal]
    template = environment(templates_dir() / "policy", language).get_template(f"leaflet/{language}/leaflet.md")
    return template.render(fields(policy, rules, language)).strip() + "\n"


def fields(policy: Policy, rules: DisposalRules, language: str) -> dict[str, Any]:
    """Everything the template may use; it asks nothing itself."""
    return {
        "scheme": policy.title[language],
        "title": rules.title[language],
        "needs": [said for need in rules.needs if (said := _said(NEEDS, need, language, "need"))],
        "agreed": [_said(AGREED, code, language, "thing agreed") for code in policy.contact.agreed_with_person],
        "texts": words.hours(policy.contact.texts, language),
        "calls": words.hours(policy.contact.calls, language),
        "a_week": policy.contact.chases_per_week,
        "max_weeks": rules.max_weeks,
        "max_hours": rules.max_hours,
        "strikes": rules.strikes,
        "breach_opens_at": policy.strikes.breach_opens_at,
        "voluntary_never": "voluntary_item" in policy.strikes.never,
        "fades_after": policy.strikes.fades_after_kept,
        "fades_days": policy.strikes.fades_after_days,
        "side_days": policy.side_working_days,
        "review_days": policy.review_working_days,
        "reasons": [said for code in policy.excuses if (said := _said(REASONS, code, language, "reason"))],
        "may_follow": MAY_FOLLOW[rules.breach_leads_to][language],
        "sections": sections(policy, rules, language),
    }


def sections(policy: Policy, rules: DisposalRules, language: str) -> list[dict[str, Any]]:
    """What reaches the person, under the fact it follows from, in the order of the disposal's ladders."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in rules.ladders:
        ladder = policy.ladder(name)
        for rung in ladder.rungs:
            steps = [
                _step(rung, act, language)
                for act in rung.acts
                if reaches(ladder, act) and _runs(act, rung, ladder, rules)
            ]
            if steps:
                heading = _said(HEADINGS, ladder.opens[0], language, "opening of a ladder that speaks to the person")
                found.setdefault(str(heading), []).append({"when": when(rung.at, ladder, language), "steps": steps})
    return [{"heading": heading, "rungs": rungs} for heading, rungs in found.items()]


def reaches(ladder: Ladder, act: Act) -> bool:
    """Does this act reach the participant: a message to them, or a call that rings them?"""
    if act.message:
        return act.to is Role.PARTICIPANT
    theirs = ladder.owner is Role.PARTICIPANT or bool(ANSWERED_BY_THEM.intersection(ladder.met))
    return act.do == "call" and act.to is Role.NAVIGATOR and theirs


def _runs(act: Act, rung: Rung, ladder: Ladder, rules: DisposalRules) -> bool:
    """Can it come at all for this disposal?"""
    asked = {*act.only_if, *rung.only_if, *ladder.only_if}
    return ("no_strikes" if rules.strikes else "strikes_possible") not in asked


def _step(rung: Rung, act: Act, language: str) -> str:
    return " ".join([*_if_so((*rung.only_if, *act.only_if), language), _does(act, language)])


def _if_so(names: tuple[str, ...], language: str) -> list[str]:
    return [said for name in names if (said := _said(IF_SO, name, language, "condition"))]


def _does(act: Act, language: str) -> str:
    if act.do == "call":
        return {"en": "Your worker rings you.", "cy": "Bydd eich gweithiwr yn eich ffonio."}[language]
    by = f" {OR[language]} ".join(str(_said(BY, one, language, "channel")) for one in act.channels)
    says = _said(MESSAGES, act.message, language, "message to the person")
    return {"en": f"You get {by}. {says}", "cy": f"Cewch {by}. {says}"}[language]


def when(at: Offset, ladder: Ladder, language: str) -> str:
    """When a step comes, as the person would say it."""
    if at.unit == "half":
        return {"en": "Half-way to the last day", "cy": "Hanner ffordd at y diwrnod olaf"}[language]
    since = str(_said(SINCE, at.anchor if at.anchor in SINCE else ladder.opens[0], language, "opening of a ladder"))
    if at.amount == 0:
        at_once = {"en": "Straight away", "cy": "Ar unwaith"}[language]
        return {"start": {"en": "At the time", "cy": "Ar y pryd"}[language]}.get(at.anchor, at_once)
    return f"{at.words(language)} {since}"


def _said(table: Mapping[str, Said | None], key: str, language: str, what: str) -> str | None:
    if key not in table:
        raise Unsayable(
            f"the {what} {key!r} has no words for the leaflet: give it some in caseflow/messages/policies/leaflet.py"
        )
    said = table[key]
    return None if said is None else said[language]
