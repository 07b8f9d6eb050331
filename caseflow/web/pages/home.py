"""Where everybody comes in: what there is for them."""

from caseflow.access.who import May
from caseflow.web.answers import Answer, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/", may=May.OWN_ACCOUNT, shows="")
def home(visit: Visit) -> Answer:
    return Page("home.html")
