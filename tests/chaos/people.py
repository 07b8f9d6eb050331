"""A population for a storm: the demo's referrals over and over, each time a week later, as other people of other crimes."""

import csv
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

NUMBERS = 1000
"""07700 900000 to 900999 are nobody's (Ofcom). So in a large population some people share a telephone."""


def populate(source: Path, target: Path, cases: int) -> Path:
    """Write a referral file with at least so many rows, if the source has any; returns `target`."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        for copy in range(-(-cases // len(rows))):
            out.writerows(_again(row, rows[(number + 37 * copy) % len(rows)], copy) for number, row in enumerate(rows))
    return target


def _again(row: dict[str, str], other: dict[str, str], copy: int) -> dict[str, str]:
    """The same happening to somebody else, `copy` weeks later. The first copy is the file itself."""
    if copy == 0:
        return row
    later = timedelta(weeks=copy)
    number = int(sha256(f"{row['crime_reference']}:{copy}".encode()).hexdigest()[:8], 16) % NUMBERS
    return row | {
        "crime_reference": sha256(f"{row['crime_reference']}:{copy}".encode()).hexdigest(),
        "family_name": other["family_name"],
        "date_of_birth": (date.fromisoformat(row["date_of_birth"]) - timedelta(days=copy)).isoformat(),
        "mobile": f"07700 900{number:03d}" if row["mobile"] else "",
        "email": f"{copy}.{row['email']}" if row["email"] else "",
        "offence_date": (date.fromisoformat(row["offence_date"]) + later).isoformat(),
        "referred_at": (datetime.fromisoformat(row["referred_at"]) + later).strftime("%Y-%m-%dT%H:%M"),
    }
