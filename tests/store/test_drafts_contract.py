"""Referrals that are being written: one account's own, for a day at most; the same in both stores."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_builders import SCHEME

from caseflow.engine.access import Account, Draft, Session

FRAN = Account("account-1", SCHEME, "fran@example.org", "Fran Hall", "officer", "fran", "hash-1")
LEE = replace(FRAN, id="account-2", login="lee@example.org", person="lee")
DAY = 24 * 3600


@pytest.fixture
def known(store):
    with store.begin() as unit:
        unit.add_account(FRAN)
        unit.add_account(LEE)
    return store


def a_draft(known, name="draft-1", **more):
    return replace(Draft(name, SCHEME, FRAN.id, "key-1", {"given": "Siân", "crime": "C'1"}, known.now()), **more)


def keep(store, draft):
    with store.begin() as unit:
        unit.keep_draft(draft)


def found(store, account=FRAN, scheme=SCHEME):
    with store.begin() as unit:
        return [(one.id, one.key, dict(one.answers)) for one in unit.drafts(scheme, account.id)]


def test_a_draft_is_kept_with_what_was_typed_and_changed_by_its_own_account_only(known):
    keep(known, a_draft(known))
    assert found(known) == [("draft-1", "key-1", {"given": "Siân", "crime": "C'1"})]
    keep(known, a_draft(known, key="another", answers={"given": "Sam"}))
    assert found(known) == [("draft-1", "key-1", {"given": "Sam"})], "its key stays"
    keep(known, a_draft(known, account=LEE.id, answers={"given": "Lee's"}))
    assert found(known) == [("draft-1", "key-1", {"given": "Sam"})]
    assert found(known, LEE) == []


def test_nobody_finds_or_drops_anothers(known):
    keep(known, a_draft(known))
    with known.begin() as unit:
        assert unit.draft(SCHEME, FRAN.id, "draft-1").answers["given"] == "Siân"
        assert unit.draft(SCHEME, LEE.id, "draft-1") is None
        assert unit.draft("dyfed-powys", FRAN.id, "draft-1") is None
        unit.drop_draft(SCHEME, LEE.id, "draft-1")
        assert unit.draft(SCHEME, FRAN.id, "draft-1")
        unit.drop_draft(SCHEME, FRAN.id, "draft-1")
        assert unit.draft(SCHEME, FRAN.id, "draft-1") is None
        unit.drop_draft(SCHEME, FRAN.id, "draft-1")


def test_several_stand_newest_first(known, rest):
    keep(known, a_draft(known, "one"))
    rest(60)
    keep(known, a_draft(known, "two"))
    keep(known, a_draft(known, "one", answers={"given": "changed"}))
    assert [one[0] for one in found(known)] == ["two", "one"]


def test_a_day_after_it_was_begun_it_is_gone_however_often_it_was_saved(known, rest):
    keep(known, a_draft(known))
    rest(DAY - 3600)
    keep(known, a_draft(known, answers={"given": "Sam"}))
    assert found(known)
    rest(3600)
    assert found(known) == []


@pytest.mark.parametrize("how", ["somebody writes", "somebody signs in"])
def test_old_ones_do_not_lie_about(known, rest, how):
    keep(known, a_draft(known))
    rest(DAY)
    if how == "somebody writes":
        keep(known, a_draft(known, "draft-2", account=LEE.id))
    else:
        with known.begin() as unit:
            unit.begin_session(
                Session("s", SCHEME, LEE.id, known.now(), known.now(), "a phone"), "digest", timedelta(1)
            )
    assert "draft-1" not in everything(known)


def everything(store):
    """Every draft that lies in the store at all."""
    if hasattr(store, "tables"):
        return [key[1] for key in store.tables.drafts]
    with store.engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT id FROM drafts")).scalars())
