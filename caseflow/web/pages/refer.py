"""Referring somebody: a page a question, saved as one goes; then the answers to check, and what stands against them."""

from dataclasses import replace

from caseflow import bootstrap
from caseflow.access import drafts
from caseflow.access.who import May
from caseflow.domain.words import Channel, Role
from caseflow.engine.access import Draft
from caseflow.engine.ports import PersonRow
from caseflow.imports.typed import Weighed, answered, policy_now, refer, weigh
from caseflow.messages import last_safe
from caseflow.messages.dates import plain_day
from caseflow.web import referring
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.referring import BY_NAME, Asking, Step
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

FOUND = 10
"""Offences that are offered for words."""
NOTES = 2000
"""Letters for what the navigator should know."""


@pages.post("/refer", may=May.REFER)
def begin(visit: Visit) -> Answer:
    """A new draft, or the one in which nothing is written yet: what a browser kept of it is still good for that one."""
    empty = next((one for one in drafts.every(visit.app, visit.account) if not referring.begun(one.answers)), None)
    draft = empty or drafts.begin(visit.app, visit.account, _last_team(visit))
    return Go(f"/refer/{draft.id}/offence")


@pages.post("/refer/{draft}/drop", may=May.REFER)
def drop(visit: Visit, draft: str) -> Answer:
    drafts.drop(visit.app, visit.account, draft)
    return Go("/referrals?dropped=yes")


@pages.post("/refer/{draft}/send", may=May.REFER)
def send(visit: Visit, draft: str) -> Answer:
    """The referral is made, once however often it is sent: the draft's id is the wish's."""
    command_id = f"web:{visit.account.id}:{draft}"
    kept = drafts.find(visit.app, visit.account, draft)
    if kept is None:
        if ref := answered(visit.app, visit.scheme, command_id):
            return Go(f"/referrals/{ref}/sent")
        return Page("refer/gone.html", {}, 404)
    kept = replace(kept, answers={**kept.answers, "notes": visit.form.get("notes", "").strip()[:NOTES]})
    drafts.save(visit.app, kept)
    asking = _asking(visit, kept)
    if step := referring.unanswered(asking):
        return Go(f"/refer/{draft}/{step.name}")
    officer, mail = _officer(visit)
    wish = referring.wish(asking, officer, mail, policy_now(visit.app, visit.scheme)[1])
    weighed = weigh(visit.app, visit.scheme, wish)
    if weighed.problem or any(one.stops == "referral" for one in weighed.reasons):
        return _check(visit, kept, asking, weighed, status=409)
    (found,) = refer(visit.app, visit.scheme, [wish], command_id, by=visit.account.person)
    if found.what == "refused":
        return _check(visit, kept, asking, Weighed(found.reasons[0]), status=409)
    drafts.drop(visit.app, visit.account, draft)
    if found.what == "known" and not _own(visit, found.case):
        return Page("refer/known.html", {})
    return Go(f"/referrals/{found.ref}/sent")


@pages.get("/refer/{draft}/{step}", may=May.REFER, shows="")
def question(visit: Visit, draft: str, step: str) -> Answer:
    """One page of questions, or (`check`) all the answers."""
    kept = drafts.find(visit.app, visit.account, draft)
    if kept is None:
        return Page("refer/gone.html", {}, 404)
    asking = _asking(visit, kept)
    if step == "check":
        if missing := referring.unanswered(asking):
            return Go(f"/refer/{draft}/{missing.name}")
        officer, mail = _officer(visit)
        wish = referring.wish(asking, officer, mail, policy_now(visit.app, visit.scheme)[1])
        return _check(visit, kept, asking, weigh(visit.app, visit.scheme, wish))
    if (found := BY_NAME.get(step)) is None:
        visit.nothing_here()
    return _step(visit, kept, asking, found, {})


@pages.post("/refer/{draft}/{step}", may=May.REFER)
def save(visit: Visit, draft: str, step: str) -> Answer:
    """The answers of one page are kept, right or wrong; with faults it is shown again, else the next one comes."""
    kept, found = drafts.find(visit.app, visit.account, draft), BY_NAME.get(step)
    if kept is None:
        return Page("refer/gone.html", {}, 404)
    if found is None:
        visit.nothing_here()
    answers, faults = referring.read(found, visit.form, _asking(visit, kept))
    kept = replace(kept, answers=answers)
    drafts.save(visit.app, kept)
    asking = _asking(visit, kept)
    if faults:
        return _step(visit, kept, asking, found, faults)
    following = referring.unanswered(asking)
    return Go(f"/refer/{draft}/{following.name if following else 'check'}")


# ── what the pages show ─────────────────────────────────────────────────────────────────────────
def _step(visit: Visit, draft: Draft, asking: Asking, step: Step, faults: referring.Faults) -> Page:
    names = [one.name for one in referring.steps(asking)]
    words = visit.query.get("words", "").strip()[:100] or asking.said("offence")
    return Page(f"refer/{step.name}.html", {
        "draft": draft, "step": step.name, "said": asking.said, "faults": faults, "policy": asking.policy,
        "number": names.index(step.name) + 1 if step.name in names else 0, "count": len(names),
        "back": _back(draft.id, names, step.name),
        "words": words, "found": asking.offences.search(words, FOUND) if step.name == "which" else (),
        "unlisted": referring.unlisted(asking), "own_words": referring.OWN_WORDS,
        "needs": referring.needs(asking), "asks_value": referring.asks_value(asking),
    }, 422 if faults else 200)  # fmt: skip


def _back(draft: str, names: list[str], name: str) -> str:
    at = names.index(name) if name in names else 0
    return f"/refer/{draft}/{names[at - 1]}" if at else "/referrals"


def _check(visit: Visit, draft: Draft, asking: Asking, weighed: Weighed, status: int = 200) -> Page:
    rules = asking.policy.disposals[asking.said("disposal")]
    offence, born = asking.offences.find(referring.code_of(asking)), referring.day_of(asking, "born")
    assert born is not None
    return Page("refer/check.html", {
        "draft": draft, "step": "check", "said": asking.said, "policy": asking.policy, "rules": rules, "offence": offence,
        "offence_code": referring.code_of(asking), "own_words": referring.own_words(asking),
        "happened": referring.day_of(asking, "happened"), "born": plain_day(born, visit.language),
        "needs": referring.needs(asking), "asks_value": referring.asks_value(asking), "weighed": weighed,
        "stopped": bool(weighed.problem) or any(one.stops == "referral" for one in weighed.reasons),
        "last_safe": _last_safe(weighed), "spoken": referring.spoken(asking),
        "phones": {one.scheme: _phone(visit, one.scheme) for one in weighed.reasons if one.scheme},
    }, status)  # fmt: skip


def _phone(visit: Visit, scheme: str) -> str:
    """The number of another scheme, as its messages give it."""
    found = bootstrap.services(bootstrap.config_of(visit.settings)).get(scheme)
    return found.phone if found else ""


def _last_safe(weighed: Weighed) -> str:
    command, clock = weighed.command, weighed.clock
    if command is None:
        return ""
    if clock.day is not None:
        return last_safe.at_referral(clock.day, "", "", None)
    if clock.doubt is not None:
        return last_safe.unknown(clock.doubt, command.offence_category, command.offence_listed)
    return last_safe.NONE


# ── who asks ────────────────────────────────────────────────────────────────────────────────────
def _asking(visit: Visit, draft: Draft) -> Asking:
    policy, now = policy_now(visit.app, visit.scheme)
    today = policy.calendar.local(now).date()
    return Asking(today, policy, visit.app.offences, draft.answers, bool(_officer(visit)[1]))


def _officer(visit: Visit) -> tuple[PersonRow, str | None]:
    """The officer as the register knows them, and their address. Raises NotThere for an account without a person."""
    with visit.app.store.begin() as unit:
        found = unit.people(visit.scheme, [visit.account.person]).get(visit.account.person)
    if found is None:
        visit.nothing_here()
    mail = found.addresses.get(Channel.EMAIL)
    return found, mail[1] if mail else None


def _last_team(visit: Visit) -> dict[str, str]:
    """The team's mailbox of the last referral: most likely it is the same."""
    for line in visit.readings.cases_of_officer(visit.scheme, visit.account.person, limit=1):
        case = visit.readings.snapshots(visit.scheme, [line.id]).get(line.id)
        team = getattr(case, "parties", {}).get(Role.TEAM, "")
        with visit.app.store.begin() as unit:
            known = unit.people(visit.scheme, [team]).get(team)
        if known and (mail := known.addresses.get(Channel.EMAIL)):
            return {"team": mail[1]}
    return {}


def _own(visit: Visit, case: str) -> bool:
    found = visit.readings.snapshots(visit.scheme, [case]).get(case)
    return visit.account.person in getattr(found, "parties", {}).values()
