"""Every page, a file a subject. `ALL` is what the application serves, and what the tests of the doors go through."""

from caseflow.web.pages import (
    account,
    cases,
    demo,
    desk,
    home,
    leaflets,
    log,
    people,
    plan,
    refer,
    referrals,
    sign_in,
    views,
    work,
)  # fmt: skip

ALL = [
    *sign_in.pages.declared,
    *home.pages.declared,
    *account.pages.declared,
    *desk.pages.declared,
    *cases.pages.declared,
    *work.pages.declared,
    *plan.pages.declared,
    *leaflets.pages.declared,
    *log.pages.declared,
    *people.pages.declared,
    *refer.pages.declared,
    *referrals.pages.declared,
    *views.pages.declared,
]
DEMO = demo.pages.declared
"""Only in a virtual database that the demo made."""
