"""The panel sheet of a case, for people who have never seen this system: as a value, as a page, as Markdown."""

from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.engine.readings import Dossier, Readings
from caseflow.engine.recording import text_of
from caseflow.telling import story
from caseflow.telling.casefile.contract import CaseFile
from caseflow.telling.casefile.page import as_html, as_markdown, on_screen, sections
from caseflow.telling.casefile.sheet import panel_sheet, plain

__all__ = ["as_html", "as_markdown", "named_sheet", "on_screen", "panel_sheet", "plain", "sections"]


def named_sheet(readings: Readings, dossier: Dossier, case: Case, policy: Policy) -> CaseFile:
    """The sheet with everybody's names and with what people wrote. Two readings."""
    people = {*story.people_in(dossier.events), *case.parties.values(), *policy.team.values()}
    known = readings.names(dossier.scheme, people)
    texts = readings.texts(dossier.scheme, [text_of(one) for one in dossier.events])
    return panel_sheet(dossier, policy, known, texts)
