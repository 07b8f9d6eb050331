"""Telephone numbers on a page: written as people here read them, and rung at a tap."""

import re

from markupsafe import Markup

from caseflow.web.drawn import drawn

LINK = drawn('<a class="govuk-link cf-ring" href="tel:{to}">{shown}</a>')
"""What is put into it is escaped."""
MOBILE = re.compile(r"\+44(7\d{3})(\d{6})")
HERE = "0"
"""How a number of this country begins."""


def shown(number: str) -> str:
    """+447700900123 as 07700 900123; any other number as it is written."""
    found = MOBILE.fullmatch(number)
    return f"{HERE}{found[1]} {found[2]}" if found else number


def ring(number: str) -> Markup:
    """The number as a link that rings it. Nothing but digits and a plus reaches the address."""
    digits = re.sub(r"[^\d+]", "", number)
    to = f"+44{digits[1:]}" if digits.startswith(HERE) else digits
    return LINK.format(to=to, shown=shown(number))
