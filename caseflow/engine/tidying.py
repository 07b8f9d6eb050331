"""What is long over is thrown away, once an hour: links and codes of people who came without an account."""

from caseflow.engine.app import App
from caseflow.engine.links import CODES_KEPT, LINKS_KEPT, TIDIED


def tidy(app: App) -> int:
    """How many rows went. In the demo's clock, too, it is real time that counts."""
    with app.store.begin() as unit:
        return unit.tidy_links(CODES_KEPT, LINKS_KEPT, TIDIED)
