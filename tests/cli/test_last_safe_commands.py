"""The last safe decision date at the doors: told at the referral, asked for, recorded, looked ahead to."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from test_commands import DATA, kept, move_on

from caseflow.cli import contracts
from caseflow.store.postgres import PostgresStore


def test_every_new_case_is_told_with_its_last_safe_decision_date(
    scheme: PostgresStore, run: Any, tmp_path: Path
) -> None:
    path = tmp_path / "dated.csv"
    head, first, *_ = (DATA / "dirty-torn.csv").read_text(encoding="utf-8").splitlines()
    cells = dict(zip(head.split(","), first.split(","), strict=True))
    rows = [
        cells | {"crime_reference": f"dated-{number}", "offence_title": "", "disposal": "deferred_prosecution", **changes}
        for number, changes in enumerate((
            {"offence_code": "PU86004", "offence_category": "CS", "offence_date": "2022-01-08", "referred_at": "2022-01-10T09:30"},
            {"offence_code": "CJ88116", "offence_category": "", "domestic_abuse": "yes"},
            {"offence_code": "CD71039", "offence_category": "CS"},
            {"offence_code": "CD71039", "offence_category": "CE"},
        ))
    ]  # fmt: skip
    lines = [head, *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    told = run("refer", str(path), "--as-at")
    assert "The power to prosecute end" in told.out
    assert "8 July 2022" in told.out
    assert "Unknown: ask the OIC. A domestic common assault has a clock of its own" in told.out
    assert "Unknown: ask the OIC. The referral says summary only, the offence code table says either way." in told.out
    assert "No such limit: either-way and indictable offences have none." in told.out
    path.write_text("\n".join(lines).replace("dated-", "again-"), encoding="utf-8")
    found = kept(run("refer", str(path), "--as-at", "--json"), contracts.Refer).last_safe
    assert [(one.day, one.unknown, one.why) for one in found] == [
        ("2022-07-08", False, ""), (None, True, "domestic"), (None, True, "categories_differ"), (None, False, ""),
    ]  # fmt: skip
    unknown = found[1].ref
    assert "ask the OIC" in run("case", "show", unknown).out
    move_on(scheme, minutes=1)
    assert "set_last_safe" in run("case", "do", unknown, "--list").out
    day = (scheme.now() + timedelta(days=200)).date().isoformat()
    assert run("case", "do", unknown, "set_last_safe", f"day={day}", "--by", "oic").code == 0
    move_on(scheme, minutes=1)
    view = kept(run("case", "show", unknown, "--json"), contracts.CaseView)
    assert view.last_safe == day
    assert "As recorded by" in view.last_safe_words
    assert [one.key for one in view.tasks if one.state == "open" and one.key == "last_safe"] == []
    ahead = kept(run("due", "--case", unknown, "--within", "40w", "--json"), contracts.Forecast)
    assert [one.rung for one in ahead.coming if one.expectation == "last_safe_date"] == ["tell", "decide"]
    why = run("why", f"{unknown}/last_safe")
    assert (why.code, "Referred for" in why.out) == (0, True)


def test_an_offence_is_found_by_words(run: Any) -> None:
    found = kept(run("offences", "search", "shop", "theft", "--limit", "1", "--json"), contracts.OffenceList)
    assert [(one.code, one.category) for one in found.offences] == [("TH68010", "CE")]
    found = kept(run("offences", "search", "twoc", "--limit", "1", "--json"), contracts.OffenceList)
    assert [(one.code, one.last_safe) for one in found.offences] == [("TH68050", "ask the OIC")]
    assert "Nothing here is legal advice" in run("offences", "search", "common assault").out
    assert "No offence in the table fits" in run("offences", "search", "xyzzy").out
