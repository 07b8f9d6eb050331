"""What there is to say, as data for the checker of policies: every template's words, and what they need of the case."""

from pathlib import Path

from caseflow.domain.verify import Worded
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.templates import FILES, SHORT, messages_dir

FROM_THE_CASE = frozenset({"start", "place", "missed_on", "offers", "by", "reasons", "result", "result_line", "items"})
"""Fields that only the case itself can give; the others are joined when a message is worded."""


def worded(root: Path | None = None) -> Worded:
    """The templates below `root` (the installed ones) as they stand, and the catalogue's fields."""
    where = root or messages_dir()
    texts: dict[tuple[str, str, str], str] = {}
    for folder in sorted(where.iterdir()):
        if not folder.is_dir() or folder.name.startswith("_"):
            continue
        for language in sorted(folder.iterdir()):
            for channel, files in FILES.items():
                paths = [language / file for file in files]
                if all(path.is_file() for path in paths):
                    short = [language / SHORT] if channel == "text" and (language / SHORT).is_file() else []
                    said = "\n".join(path.read_text(encoding="utf-8") for path in (*paths, *short))
                    texts[folder.name, channel, language.name] = said
    needs = {name: FROM_THE_CASE & frozenset(message.fields) for name, message in CATALOGUE.items()}
    return Worded(texts, needs)
