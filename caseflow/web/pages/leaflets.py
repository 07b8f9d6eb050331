"""What an officer prints: what to expect (for the person), and what to tell the victim; both said by the policy in force."""

from collections.abc import Callable

from caseflow.access.who import May
from caseflow.domain.policy import Policy
from caseflow.imports.typed import policy_now
from caseflow.messages.policies import leaflet, victim
from caseflow.web.answers import Answer, Page
from caseflow.web.prose import prose
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/leaflets", may=May.REFER, shows="")
def leaflets(visit: Visit) -> Answer:
    """Which there are: two for each disposal."""
    policy, _ = policy_now(visit.app, visit.scheme)
    return Page("leaflets.html", {"policy": policy})


@pages.get("/leaflets/{disposal}", may=May.REFER, shows="")
def for_the_person(visit: Visit, disposal: str) -> Answer:
    return _printed(visit, disposal, leaflet.leaflet, "")


@pages.get("/leaflets/{disposal}/victim", may=May.REFER, shows="")
def for_the_victim(visit: Visit, disposal: str) -> Answer:
    return _printed(visit, disposal, victim.script, "/victim")


def _printed(visit: Visit, disposal: str, write: Callable[[Policy, str, str], str], which: str) -> Answer:
    """In the language asked for, or the page's, as far as the scheme writes in it."""
    policy, _ = policy_now(visit.app, visit.scheme)
    if disposal not in policy.disposals:
        visit.nothing_here()
    wanted = visit.query.get("in", visit.language)
    spoken = wanted if wanted in policy.languages else policy.languages[0]
    return Page("leaflet.html", {
        "text": prose(write(policy, disposal, spoken)), "spoken": spoken, "policy": policy,
        "others": [(one, f"/leaflets/{disposal}{which}?in={one}") for one in policy.languages if one != spoken],
    })  # fmt: skip
