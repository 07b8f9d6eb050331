"""`bounces check | read`: mail that came back, read; and how well we read it."""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import Exit, Stop, environment, usage
from caseflow.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from caseflow.messages.bounces.boxes import Mailbox

NOT_A_BOUNCE = frozenset({"feedback", "vacation", "delivered"})
"""Reasons of the list of expectations that are no bounce."""
TRY_AGAIN = 75
"""EX_TEMPFAIL: the mail system keeps the mail and calls again (sysexits.h)."""


def check(folder: Path, *, json: bool) -> None:
    """How many recipients of the mails in `folder`/mail are read as `folder`/expected.csv says."""
    from caseflow.messages.bounces import read_bounce

    expected = _expected(folder)
    rows: list[contracts.BounceClass] = []
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for name, classes in sorted(expected.items()):
        try:
            said = read_bounce((folder / "mail" / name).read_bytes())
        except OSError as away:
            raise usage(f"{folder / 'mail' / name} cannot be read: {away.strerror}") from None
        for number, wanted in enumerate(classes):
            if number >= len(said):
                (right if wanted == "none" else missed)[wanted] += 1
                continue
            verdict = said[number].verdict
            found = "none" if verdict is None else "hard" if verdict.value.startswith("permanent") else "soft"
            (right if found == wanted else wrong)[wanted] += 1
    rows = [
        contracts.BounceClass(kind, right[kind] + wrong[kind] + missed[kind], right[kind], wrong[kind], missed[kind])
        for kind in ("hard", "soft", "none")
    ]
    whole = sum(one.recipients for one in rows)
    share = right.total() / whole if whole else 0.0
    if json:
        as_json(contracts.BounceCheck(len(expected), whole, right.total(), round(share, 4), rows))
        return
    table(
        "",
        ("what it is", "recipients", "read right", "wrong", "missed"),
        ((one.kind, one.recipients, one.right, one.wrong, one.missed) for one in rows),
        empty="No mail.",
    )
    say(f"{right.total()} of {whole} recipients read right: {share:.1%}")


def _expected(folder: Path) -> dict[str, list[str]]:
    """By file: what each recipient is, hard, soft or none."""
    found: dict[str, list[str]] = defaultdict(list)
    try:
        with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                none = row["reason"] in NOT_A_BOUNCE
                found[row["file"]].append("none" if none else "hard" if row["hard_bounce"] == "true" else "soft")
    except OSError as away:
        raise usage(f"{folder / 'expected.csv'} cannot be read ({away.strerror}): it says what each mail is") from None
    except KeyError as column:
        raise usage(f"{folder / 'expected.csv'} has no column {column}: it has file, reason and hard_bounce") from None
    return found


def _mailbox(desk: Desk) -> "Mailbox":
    from caseflow.bootstrap import mailbox_for

    box = mailbox_for(desk.settings)
    if box is None:
        raise environment("no mailbox is set: set CASEFLOW_BOUNCES_IMAP_HOST, _USER and _PASSWORD")
    return box


def read(*, pipe: bool, maildir: Path | None, imap: bool, json: bool) -> None:
    """Take what came back from one of the three. With a pipe, exit code 75 asks the mail system to try again."""
    from caseflow.bootstrap import take_bounces
    from caseflow.messages.bounces import boxes

    if sum((pipe, maildir is not None, imap)) != 1:
        raise usage("say where the mail is: --pipe, --maildir FOLDER or --imap")
    counts: Counter[str] = Counter()
    try:
        with opened(None) as desk:
            if pipe:
                raw = sys.stdin.buffer.read()
                counts = take_bounces(desk.app, [boxes.Batch([(boxes.id_of(raw), raw)], lambda: None)])
            elif maildir is not None:
                counts = take_bounces(desk.app, boxes.maildir(maildir))
            else:
                counts = take_bounces(desk.app, _mailbox(desk).batches())
    except boxes.BoxAway as away:
        raise environment(str(away)) from None
    except Exception as wrong:
        if not pipe or (isinstance(wrong, Stop) and wrong.code is Exit.USAGE):
            raise
        warn(f"the mail is not taken; come again ({type(wrong).__name__}: {str(wrong).splitlines()[0][:200]})")
        raise SystemExit(TRY_AGAIN) from None
    if json:
        as_json(contracts.BouncesTaken(**{one: counts[one] for one in contracts.BouncesTaken.__dataclass_fields__}))
        return
    words = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in sorted(counts.items()))
    say(words or "No new mail.")
