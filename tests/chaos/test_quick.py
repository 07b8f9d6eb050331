"""A small storm is survived, and a harness that cannot find a fault would be worth nothing."""

import psycopg
import pytest
from chaos.storm import compare, weather

pytestmark = pytest.mark.drill


@pytest.mark.timeout(400)
def test_a_season_in_a_storm_comes_to_the_same_end_as_its_calm_twin(data_dir):
    report = weather(data_dir, seed=2, cases=8, days=6, share=0.35)
    assert report.well, "\n".join(report.lines())
    assert sum(report.faults.values()) >= 3, "there was a storm at all"


@pytest.mark.timeout(400)
def test_a_lost_fact_and_a_changed_message_are_found(data_dir):
    def tamper(url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "UPDATE notices SET state = 'void' WHERE id = (SELECT min(id) FROM notices WHERE state = 'sent')"
            )
            connection.execute(
                "DELETE FROM events WHERE (scheme_id, stream_id, seq) IN "
                "(SELECT scheme_id, stream_id, max(seq) FROM events WHERE stream_id = (SELECT min(id) FROM streams WHERE kind = 'case')"
                " GROUP BY scheme_id, stream_id)"
            )

    report = weather(data_dir, seed=3, cases=4, days=6, share=0.0, tamper=tamper)
    assert not report.well
    assert len(report.differences) == 2, report.differences
    assert report.violations


def test_a_comparison_shows_the_first_line_that_differs_and_the_earliest_stream_first():
    expected = {"case A": (["08:00 one", "11:00 two"], ["note: sent"]), "case B": (["09:00 one"], [])}
    found = {"case A": (["08:00 one", "10:00 other"], ["note: sent"])}
    assert [line.split("\n")[0].strip() for line in compare(expected, found)] == ["case B, fact 1", "case A, fact 2"]
    assert compare(expected, expected) == []
