"""The versions of a scheme's policy: which is in force, and how each is told. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from caseflow.domain.policy import Policy


def versions_of(policies: Mapping[tuple[str, str], Policy], scheme: str) -> list[Policy]:
    """Every published version, the newest first."""
    return sorted((one for (of, _), one in policies.items() if of == scheme), key=_age, reverse=True)


def in_force(versions: Iterable[Policy], today: date) -> Policy:
    """The version that a referral of today is bound to: the newest that has begun, before that the first there is."""
    by_age = sorted(versions, key=_age)
    begun = [one for one in by_age if one.in_force_from <= today]
    return begun[-1] if begun else by_age[0]


def _age(policy: Policy) -> tuple[date, int, str]:
    return policy.in_force_from, len(policy.version), policy.version
