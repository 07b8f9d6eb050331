"""Proving things about a policy before anybody's case depends on it: `verify(policy, words)`."""

from caseflow.domain.verify.check import Memo, Report, Verdict, verify
from caseflow.domain.verify.properties import PROPERTIES, Worded
from caseflow.domain.verify.world import Unplayable

__all__ = ["PROPERTIES", "Memo", "Report", "Unplayable", "Verdict", "Worded", "verify"]
