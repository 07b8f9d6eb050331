"""Build the Design System's style sheet and script for a service that is not on GOV.UK: `python -m caseflow.web.skin FOLDER`.

FOLDER is npm's `node_modules` (`make assets` fetches it by the hashes in package-lock.json). GDS Transport and the crown
may not be used outside GOV.UK, so the font faces go, its name in every stack, and the crest; what is left is checked.
"""

import re
import sys
from pathlib import Path

from caseflow.web.assets import FOLDER

STACK = '"Helvetica Neue",Helvetica,Arial,sans-serif'
SOURCE = Path("govuk-frontend/dist/govuk")


class NotOurs(RuntimeError):
    """Something that belongs to GOV.UK alone is still in it."""


def unbranded(css: str) -> str:
    """The style sheet without what belongs to GOV.UK alone. Raises NotOurs when something is left."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?\s*,\s*arial\s*,\s*sans-serif', STACK, css, flags=re.IGNORECASE)
    css = re.sub(r"[^{}]*\{[^{}]*url\([^)]*crest[^)]*\)[^{}]*\}", "", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    left = [word for word in ("GDS Transport", "crest", "url(") if word.casefold() in css.casefold()]
    if left:
        raise NotOurs(f"the style sheet still has {', '.join(left)}: look at what changed in govuk-frontend")
    return css


def build(modules: Path, out: Path = FOLDER / "built") -> list[Path]:
    """Write govuk.css and govuk.js. Raises NotOurs, and FileNotFoundError where npm has brought nothing."""
    out.mkdir(exist_ok=True)
    css = unbranded((modules / SOURCE / "govuk-frontend.min.css").read_text(encoding="utf-8"))
    script = (modules / SOURCE / "govuk-frontend.min.js").read_text(encoding="utf-8")
    made = {out / "govuk.css": css, out / "govuk.js": re.sub(r"//# sourceMappingURL=.*", "", script)}
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return list(made)


if __name__ == "__main__":
    for written in build(Path(sys.argv[1])):
        sys.stdout.write(f"{written.name}: {written.stat().st_size:,} bytes\n")
