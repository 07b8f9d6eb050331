"""Referrals that somebody is writing: begun, saved page by page, dropped. Each is its account's alone, for a day at most."""

import secrets
from collections.abc import Mapping

from caseflow.access.accounts import UNSET
from caseflow.engine.access import Account, Draft
from caseflow.engine.app import App


def begin(app: App, account: Account, answers: Mapping[str, str]) -> Draft:
    """A new one. Its key is 256 bits of chance: what a browser keeps of the draft is locked with it."""
    made = Draft(app.ids(), account.scheme, account.id, secrets.token_urlsafe(32), answers, UNSET)
    with app.store.begin() as unit:
        unit.keep_draft(made)
    return made


def find(app: App, account: Account, draft: str) -> Draft | None:
    with app.store.begin() as unit:
        return unit.draft(account.scheme, account.id, draft)


def every(app: App, account: Account) -> list[Draft]:
    """Every one of theirs, the newest first."""
    with app.store.begin() as unit:
        return unit.drafts(account.scheme, account.id)


def save(app: App, draft: Draft) -> None:
    with app.store.begin() as unit:
        unit.keep_draft(draft)


def drop(app: App, account: Account, draft: str) -> None:
    with app.store.begin() as unit:
        unit.drop_draft(account.scheme, account.id, draft)
