"""The panel sheet as a tagged PDF (PDF/UA-1): the same sections as the page, filled into `templates/casefile/sheet.typ`.

The words go to typst as JSON and are put in as strings there, so nothing that people wrote can become markup. Only the fonts inside
typst's own wheel are used, the document's date is the sheet's, and there is nothing else that could differ: the same sheet
gives the same bytes with the same version of typst, on any machine. ADR 47.
"""

import json
import re
import unicodedata
from dataclasses import asdict

from caseflow.cli.failures import environment
from caseflow.cli.output import local
from caseflow.settings.paths import templates_dir
from caseflow.telling.casefile.contract import CaseFile
from caseflow.telling.casefile.page import sections

SHOWN = (
    (0x20, 0x7E), (0xA0, 0x482), (0x48A, 0x4FF), (0x531, 0x60C), (0x621, 0x63A), (0x640, 0x64A), (0x660, 0x66D),
    (0x1E00, 0x1FFF), (0x2000, 0x200A), (0x2010, 0x2027), (0x2030, 0x2040), (0x20A0, 0x20C0), (0x2100, 0x211E), (0x2190, 0x23FF),
    (0x2500, 0x2606),
)  # fmt: skip
"""What the fonts in typst's wheel can draw, by code point: Latin (Welsh included), Greek, Cyrillic, Hebrew, Arabic, signs, arrows.

Found by asking typst; a test asks it again. A mark that NFC has not joined to its letter is numbered, too: whether it can be drawn
depends on the letter. PDF/UA forbids a character without a glyph, and typst then refuses the whole document.
"""

UNBROKEN = 24
"""A word longer than this many characters may be broken; typst breaks no word by itself, it would run over the next column."""

NUMBERED = "Characters that the fonts of this form cannot draw are given by their number in Unicode; --html shows them."


def as_pdf(sheet: CaseFile) -> bytes:
    """The document. Raises Stop with what to install where typst is not there."""
    try:
        import typst
    except ImportError:
        raise environment(
            "a PDF needs typst, which is not installed here: pip install 'caseflow[pdf]' (or --html, and print it)"
        ) from None
    return typst.compile(
        str(templates_dir() / "casefile" / "sheet.typ"),
        root=str(templates_dir() / "casefile"),
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"sheet": json.dumps(_filled(sheet))},
        pdf_standards="ua-1",
        timestamp=sheet.as_at,
    )


def _filled(sheet: CaseFile) -> object:
    """What the template is filled with: texts only, each of them drawable."""
    value = {
        "ref": sheet.ref,
        "as_at": local(sheet.as_at),
        "line": str(sheet.last_line),
        "sha256": sheet.sha256,
        "sections": [asdict(one) for one in sections(sheet)],
    }
    drawn = _drawn(value)
    return {**drawn, "numbered": NUMBERED if drawn != _drawn(value, number=False) else ""}


def _drawn(value: object, *, number: bool = True) -> dict[str, object]:
    def inside(one: object) -> object:
        match one:
            case dict():
                return {key: inside(each) for key, each in one.items()}
            case list() | tuple():
                return [inside(each) for each in one]
            case _:
                return drawable(str(one), number=number)

    return {key: inside(one) for key, one in value.items()} if isinstance(value, dict) else {}


def drawable(text: str, *, number: bool = True) -> str:
    """The text with what cannot be drawn given by its number, what is only layout left out, and long words breakable."""
    drawn = "".join(_character(one, number=number) for one in unicodedata.normalize("NFC", text))
    return re.sub(rf"[^\s\u2010-]{{{UNBROKEN + 1},}}", _breakable, " ".join(drawn.split()))


def _character(one: str, *, number: bool) -> str:
    kind = unicodedata.category(one)
    if one.isspace() or kind == "Cc":
        return " "
    if any(first <= ord(one) <= last for first, last in SHOWN) and kind not in {"Cn", "Co", "Cf"} and kind[0] != "M":
        return one
    if kind == "Cf":
        return ""  # marks that turn or hide text: a name must not read otherwise than it is
    return f"[U+{ord(one):04X}]" if number else one


def _breakable(word: re.Match[str]) -> str:
    parts = [word[0][at : at + UNBROKEN // 2] for at in range(0, len(word[0]), UNBROKEN // 2)]
    return "\u200b".join(parts)
