"""`offences search`: the code of an offence by words, and what kind of clock it has."""

from caseflow.cli import contracts
from caseflow.cli.output import as_json, say, table
from caseflow.domain.last_safe import CODE, COMMON_ASSAULT, OWN_CLOCK, SHOP_THEFT
from caseflow.engine.offences import Offence
from caseflow.messages.last_safe import CATEGORIES
from caseflow.settings.offences import OFFENCES


def search(words: str, limit: int, *, json: bool) -> None:
    """The offences that the words may mean, best first."""
    found = OFFENCES.search(words, limit)
    if json:
        as_json(
            contracts.OffenceList(
                [contracts.FoundOffence(one.code, one.title, one.category, clock(one)) for one in found]
            )
        )
        return
    table(
        "",
        ("code", "offence", "category", "last safe decision date"),
        ((one.code, one.title, CATEGORIES.get(one.category, one.category), clock(one)) for one in found),
        empty=f"No offence in the table fits “{words}”. Try fewer words, or a code's beginning.",
    )
    if found:
        say("Nothing here is legal advice: where in doubt ask the OIC.")


def clock(one: Offence) -> str:
    """What the rules make of the offence, before anything else is known."""
    if one.category == "CE" and one.code[:CODE] in SHOP_THEFT:
        return "up to £200: ask the OIC; above: none"
    match one.category:
        case "CS" if one.code[:CODE] in COMMON_ASSAULT:
            return "six months; domestic: ask the OIC"
        case "CS" if one.code[:CODE] in OWN_CLOCK:
            return "ask the OIC"
        case "CS":
            return "six months"
        case "CE" | "CI":
            return "none"
        case _:
            return "ask the OIC"
