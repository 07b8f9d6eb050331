"""Every page, a file a subject. `ALL` is what the application serves, and what the tests of the doors go through."""

from caseflow.web.pages import (
    account,
    appointments,
    cases,
    demo,
    desk,
    home,
    links,
    log,
    people,
    pins,
    returns,
    sign_in,
)

ALL = [
    *sign_in.pages.declared,
    *home.pages.declared,
    *account.pages.declared,
    *desk.pages.declared,
    *cases.pages.declared,
    *log.pages.declared,
    *people.pages.declared,
    *links.pages.declared,
    *returns.pages.declared,
    *appointments.pages.declared,
    *pins.pages.declared,
]
DEMO = demo.pages.declared
"""Only in a virtual database that the demo made."""
