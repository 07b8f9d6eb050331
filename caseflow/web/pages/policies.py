"""The scheme's policy as people read it: its versions, each as a guide, a leaflet and a picture, and what changed between two."""

from itertools import groupby
from urllib.parse import quote

from caseflow.access.who import May
from caseflow.domain.policy import Policy
from caseflow.messages.dates import LONDON
from caseflow.messages.policies import guide, leaflet, picture
from caseflow.messages.policies.changes import differences
from caseflow.telling.policies import in_force
from caseflow.web.answers import Answer, Page
from caseflow.web.drawn import drawn
from caseflow.web.prose import prose
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

WRITTEN_IN = "en"
"""Guides, pictures and changes are in English, as the tasks of a policy are."""


@pages.get("/policies", may=May.WORDS, shows="")
def policies(visit: Visit) -> Answer:
    """Every version; one that was published since this process began, too."""
    visit.app.refresh()
    found = visit.policies()
    now = in_force(found, visit.now().astimezone(LONDON).date())
    return Page("policies.html", {"versions": found, "now": now, "spoken": lambda one: _spoken(visit, one)})


@pages.get("/policies/compare", may=May.WORDS, shows="")
def compare(visit: Visit) -> Answer:
    """What is different in one version from another, in words."""
    found = visit.policies()
    newest = [*found, *found][:2]
    before = _version(visit, visit.query.get("older") or newest[1].version)
    after = _version(visit, visit.query.get("newer") or newest[0].version)
    by_subject = [(about, list(some)) for about, some in groupby(differences(before, after), key=lambda one: one.about)]
    return Page("policy_compare.html", {
        "versions": found, "before": before, "after": after, "by_subject": by_subject, "spoken": lambda one: _spoken(visit, one),
    })  # fmt: skip


@pages.get("/policies/{version}", may=May.WORDS, shows="")
def policy(visit: Visit, version: str) -> Answer:
    """Where to read on about one version: for whom, and for which disposal."""
    one = _version(visit, version)
    now = in_force(visit.policies(), visit.now().astimezone(LONDON).date())
    return Page("policy.html", {"policy": one, "now": now, "spoken": lambda two: _spoken(visit, two)})


@pages.get("/policies/{version}/guide", may=May.WORDS, shows="")
def guide_page(visit: Visit, version: str) -> Answer:
    """For a navigator: every step, for one disposal or all."""
    one, disposal = _version(visit, version), visit.query.get("disposal", "")
    if disposal and disposal not in one.disposals:
        visit.nothing_here()
    return _read(one, guide.guide(one, disposal or None), WRITTEN_IN)


@pages.get("/policies/{version}/leaflet", may=May.WORDS, shows="")
def leaflet_page(visit: Visit, version: str) -> Answer:
    """For the person: what to expect, in whichever language the scheme writes."""
    one = _version(visit, version)
    disposal, language = _disposal(visit, one), visit.query.get("in") or _spoken(visit, one)
    if language not in one.languages:
        visit.nothing_here()
    others = [
        (other, f"/policies/{quote(one.version)}/leaflet?disposal={quote(disposal)}&in={other}")
        for other in one.languages
        if other != language
    ]
    return _read(one, leaflet.leaflet(one, disposal, language), language, others)


@pages.get("/policies/{version}/picture", may=May.WORDS, shows="")
def picture_page(visit: Visit, version: str) -> Answer:
    """For an officer: the whole way on a page, and what reaches them."""
    one = _version(visit, version)
    disposal = _disposal(visit, one)
    return Page("policy_picture.html", {
        "policy": one, "disposal": one.disposals[disposal], "picture": drawn(picture.svg(one, disposal)),
        "boxes": picture.boxes(one, disposal), "heard": picture.heard(one, disposal), "spoken": lambda two: _spoken(visit, two),
    })  # fmt: skip


def _version(visit: Visit, version: str) -> Policy:
    """This version of the scheme's own policy. Raises NotThere."""
    found = next((one for one in visit.policies() if one.version == version), None)
    if found is None:
        visit.nothing_here()
    return found


def _disposal(visit: Visit, policy: Policy) -> str:
    """The disposal asked for, or the first. Raises NotThere."""
    asked = visit.query.get("disposal") or next(iter(policy.disposals))
    if asked not in policy.disposals:
        visit.nothing_here()
    return asked


def _spoken(visit: Visit, policy: Policy) -> str:
    """The page's language, where the policy has it."""
    return visit.language if visit.language in policy.languages else next(iter(policy.languages))


def _read(policy: Policy, text: str, language: str, others: list[tuple[str, str]] | None = None) -> Page:
    return Page(
        "policy_text.html", {"policy": policy, "text": prose(text), "spoken_in": language, "others": others or []}
    )
