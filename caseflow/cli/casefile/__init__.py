"""`caseflow case file`: the panel sheet of a case, for people who have never seen this system."""

from pathlib import Path

from caseflow.cli.casefile.pdf import as_pdf
from caseflow.cli.desk import opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import say
from caseflow.domain.case import Case
from caseflow.telling import story
from caseflow.telling.casefile import as_html, as_markdown, named_sheet, panel_sheet, plain

__all__ = ["as_html", "as_json_text", "as_markdown", "as_pdf", "panel_sheet", "write"]


def write(
    key: str, scheme: str | None, *, names: bool, html: bool, md: bool, pdf: bool, out: Path | None, json: bool
) -> None:
    """The sheet in the form asked for, on standard output or into a file."""
    if html + md + pdf + json > 1:
        raise usage("one form at a time: --html, --md, --pdf or --json")
    if pdf and out is None:
        raise usage("a PDF goes into a file: add --out sheet.pdf")
    with opened(scheme) as desk:
        dossier = desk.read(key, "sheet")
        if not isinstance(dossier.stream, Case):
            raise refused(f"{dossier.ref} is a {story.plain(dossier.kind)}, not a case: it has no panel sheet")
        policy = desk.app.policy(dossier.scheme, dossier.stream.policy_version)
        case = dossier.stream
        sheet = named_sheet(desk.readings, dossier, case, policy) if names else panel_sheet(dossier, policy)
    if pdf and out is not None:
        out.write_bytes(as_pdf(sheet))
    else:
        text = as_json_text(sheet) if json else as_html(sheet) if html else as_markdown(sheet)
        if out is None:
            say(text.rstrip("\n"))
            return
        out.write_text(text, encoding="utf-8")
    say(f"{sheet.ref}: written to {out}; fingerprint {sheet.sha256}")


def as_json_text(sheet: object) -> str:
    """The contract, instants in UTC."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(plain(sheet)), indent=2).decode() + "\n"
