"""Every page, a file a subject. `ALL` is what the application serves, and what the tests of the doors go through."""

from caseflow.web.pages import (
    account,
    caseload,
    cases,
    demo,
    desk,
    home,
    leaflets,
    log,
    messages,
    people,
    plan,
    policies,
    refer,
    referrals,
    scheme,
    sign_in,
    told,
    work,
)

ALL = [
    *sign_in.pages.declared,
    *home.pages.declared,
    *account.pages.declared,
    *desk.pages.declared,
    *caseload.pages.declared,
    *cases.pages.declared,
    *told.pages.declared,
    *work.pages.declared,
    *plan.pages.declared,
    *leaflets.pages.declared,
    *log.pages.declared,
    *people.pages.declared,
    *scheme.pages.declared,
    *policies.pages.declared,
    *messages.pages.declared,
    *refer.pages.declared,
    *referrals.pages.declared,
]
DEMO = demo.pages.declared
"""Only in a virtual database that the demo made."""
