"""Referrals a second through the import door: file → checked rows → people, cases, facts, committed."""

import csv
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.harness import MONDAY, median, rounded, say, virtual
from caseflow.embedded import Servers
from caseflow.imports.importing import import_referrals
from caseflow.settings.paths import config_dir

SOURCE = "demo/durham-2022-01.csv"


def run(running: Servers, *, quick: bool) -> None:
    """The demo's referrals, several times over with new crime references."""
    times, runs = (2, 1) if quick else (10, 3)
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "referrals.csv"
        count = _write(path, times)
        for number in range(runs):
            app, store, _ = virtual(running, f"bench_import_{number}")
            store.set_clock(MONDAY + timedelta(days=60))
            began = time.perf_counter()
            report = import_referrals(app, path, as_at=True)
            rates.append(count / (time.perf_counter() - began))
            if report.accepted != count:
                raise RuntimeError(f"only {report.accepted} of {count} were taken in: {report}")
            store.engine.dispose()
    say("import", per_second=rounded(median(rates)), n=count, runs=runs)


def _write(path: Path, times: int) -> int:
    with (config_dir() / SOURCE).open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, rows[0].keys())
        writer.writeheader()
        for number in range(times):
            writer.writerows({**row, "crime_reference": f"{row['crime_reference'][:60]}{number:04d}"} for row in rows)
    return len(rows) * times
