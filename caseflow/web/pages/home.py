"""Where everybody comes in: what there is for them. Whoever has a desk comes in there; a manager where something waits for them."""

from caseflow.access.who import May
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.pages import tasks
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/", may=May.OWN_ACCOUNT, shows="")
def home(visit: Visit) -> Answer:
    if visit.can(May.DESK):
        return Go("/today")
    if visit.can(May.TASKS) and tasks.waits(visit):
        return Go("/tasks")
    if visit.can(May.FIGURES):
        return Go("/scheme")
    if visit.can(May.REPORT):
        return Go("/returns")
    return Go("/referrals") if visit.can(May.REFER) else Page("home.html")
