"""Every page is looked at in a real browser, or it is said here why not."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from caseflow.web.pages import ALL, DEMO

BROWSER = Path(__file__).resolve().parents[1] / "browser"
BY_THE_LINK = "test_doors.py comes to it by the link that it is sent to people with"
NOT_LOOKED_AT = {
    "/a/{token}": BY_THE_LINK,
    "/my/{ref}": BY_THE_LINK,
    "/r/{token}": BY_THE_LINK,
    "/returns/{ref}/check": BY_THE_LINK,
    "/returns/{ref}/concern": BY_THE_LINK,
    "/returns/{ref}/file": BY_THE_LINK,
    "/returns/{ref}/receipt": BY_THE_LINK,
    "/referrals/{ref}/answer/{number}": "test_reaching_further.py comes to it by a click",
    "/tasks/{number}": "test_reaching_further.py comes to it by a click",
    "/cases": "no page: it leads to the case whose reference was typed",
    "/language/{language}": "no page: it leads back",
    "/scheme/figures.csv": "no page: a file",
    "/scheme/survey.csv": "no page: a file",
    "/sign-in/sso": "no page: it leads to the identity provider",
    "/sign-in/sso/return": "the identity provider leads to it: tests/web/test_single_sign_on.py",
    "/demo": "only in a demonstration: tests/web/test_demo_doors.py",
}
"""By path: why no browser test names it."""


def _text(node: ast.AST) -> str:
    """A string as it stands in a test; what is filled in is one part of a path."""
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "X" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def opened() -> frozenset[str]:
    """Every path that a browser test names."""
    trees = (ast.parse(one.read_text(encoding="utf-8")) for one in BROWSER.glob("*.py"))
    found = {_text(node) for tree in trees for node in ast.walk(tree)}
    return frozenset(re.split(r"[?#]", one)[0] for one in found if one.startswith("/"))


PATHS = sorted({one.path for one in (*ALL, *DEMO) if one.method == "GET"})


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_named_in_a_browser_test_or_it_is_said_why_not(path):
    pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
    looked_at = any(pattern.fullmatch(one) for one in opened())
    assert looked_at or path in NOT_LOOKED_AT, (
        f"{path}: put it among PAGES of a test in tests/browser, or say here why not"
    )
    assert not (looked_at and path in NOT_LOOKED_AT), f"{path} is looked at: take it off the list here"


def test_nothing_is_excused_that_is_no_page():
    assert NOT_LOOKED_AT.keys() <= set(PATHS)
