"""What leaves by webhook: every type, with its data."""

from caseflow.cli.reference.markdown import code, heading, page, table
from caseflow.cli.reference.sources import doc, field_rows
from caseflow.engine.publish import FIRST_PAUSE, LONGEST_PAUSE, PATIENCE
from caseflow.messages.webhooks.post import DEADLINE
from caseflow.messages.webhooks.shapes import KEPT, PUBLISHED, name_of
from caseflow.store.codec import VERSIONS, kind_of

EXAMPLE = """{
  "specversion": "1.0",
  "id": "durham:01890a5d-ac96-774b-bcce-b302099a8057:17:5d0c1f9be24a",
  "source": "/caseflow/durham",
  "type": "caseflow.session_missed.v1",
  "subject": "DUR-22-000417",
  "time": "2022-02-01T10:00:00Z",
  "sequence": "0000000017",
  "datacontenttype": "application/json",
  "data": {"case": "01890a5d-ac96-774b-bcce-b302099a8057", "ref": "DUR-22-000417", "session": "s2"}
}"""


def webhooks_page() -> str:
    """The envelope, every published kind, and what never leaves."""
    blocks = []
    for cls, names in PUBLISHED.items():
        kinds = {name: kind for name, kind, _, _ in field_rows(cls)}
        rows = [(f"`{name}`", kinds[name]) for name in names]
        if name_of(cls) == "completed":
            rows.append(("`outcome`", "number: the Home Office outcome number of the disposal"))
        title = f"`caseflow.{kind_of(cls)}.v{VERSIONS[kind_of(cls)]}`"
        blocks += [heading(title, 3), doc(cls), table(("data", "is"), rows)]
    return page(
        "Webhooks",
        "The facts of cases as CloudEvents 1.0 JSON, signed by Standard Webhooks. How to receive them: "
        "[connect the records system](../how-to/connect-the-records-system.md).",
        code(EXAMPLE, "json"),
        "`id` (also the header `webhook-id`) is the same at every attempt and replay, also after a restore, "
        "and never another event's. `subject` is the reference, `time` "
        "when it happened, `sequence` the number of the fact in its case: it grows, with gaps for what never leaves, and "
        "sorts as text. `data` always holds `case` and `ref`; fields that are unknown are absent, and new ones may come.",
        f"Each request has {DEADLINE:g} seconds. What is not answered with 2xx is tried again after "
        f"{FIRST_PAUSE.total_seconds():g} seconds, doubling up to {LONGEST_PAUSE.total_seconds() / 3600:g} hour, for "
        f"{PATIENCE.days} days, then parked. `410` disables the receiver.",
        heading("Types"),
        *blocks,
        heading("What never leaves"),
        "Names, numbers, addresses, free texts, health, and these kinds of fact:",
        table(("fact", "why"), ((f"`{kind_of(cls)}`", why) for cls, why in KEPT.items())),
    )
