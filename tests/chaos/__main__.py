"""`python tests/chaos [--cases N --days D --seed S --share F --report FILE]`: a season in a storm, and what came of it."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from chaos.storm import weather


def main() -> int:
    """Exit code 1 when anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(prog="python tests/chaos", description=__doc__)
    parser.add_argument("--cases", type=int, default=387)
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.15, help="of the steps that get a fault")
    parser.add_argument("--report", type=Path, help="where to write the report as JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caseflow-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        report = weather(folder, seed=given.seed, cases=given.cases, days=given.days, share=given.share)
    print("\n".join(report.lines()))
    if given.report:
        given.report.write_text(json.dumps(report.as_dict(), indent=1), encoding="utf-8")
    return 0 if report.well else 1


if __name__ == "__main__":
    sys.exit(main())
