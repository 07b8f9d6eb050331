"""The database is there and takes no writes: everybody says so in words, and work goes on by itself afterwards."""

import psycopg
import pytest
from backups import plain
from disks import small_disk, writable

from caseflow.engine.ports import Unavailable
from workers.launch import Crew

LANES = ("react", "fire", "people", "others")


@pytest.fixture(scope="module")
def crew(place):
    with Crew(place.env, [*LANES, "beat"], log_dir=place.logs) as crew:
        yield crew


def said(place, words):
    """Which workers have said this how often."""
    return {lane: (place.logs / f"{lane}.log").read_text(encoding="utf-8").count(words) for lane in LANES}


def test_workers_wait_while_the_database_is_read_only_and_go_on_when_it_takes_writes(place, crew):
    cases = place.refer(20)
    place.idle()
    writable(place.deployment.database_url, yes=False)
    try:
        with pytest.raises(Unavailable, match=r"takes no writes.*undone.*standby"):
            place.refer(1)
        place.eventually(lambda: all(said(place, "takes no writes").values()), "every worker says that it cannot write")
        assert set(crew.pids()) == {*LANES, "beat"}
    finally:
        writable(place.deployment.database_url, yes=True)
    cases += place.refer(20)
    place.idle()
    place.check_once(cases)
    assert crew.restarts == 0


def test_on_a_full_disk_nothing_is_half_written_and_nothing_is_lost_when_there_is_room_again(place, crew):
    url = place.deployment.database_url
    with small_disk(url, "events") as disk:
        done = place.refer(20)
        place.idle()
        disk.fill()
        with pytest.raises(Unavailable, match=r"disk is full.*undone.*Make room"):
            while True:  # until the last page of the table is full, too
                done += place.refer(5)
        place.store.set_clock(place.store.next_due())
        place.eventually(lambda: said(place, "disk is full")["fire"] > 0, "the worker whose alarms ring says so")
        whole(url)
        disk.make_room()
        done += place.refer(20)
        place.idle()
        place.check_once(done)
        whole(url)
        assert crew.restarts == 0


def whole(url):
    """Every stream has all its facts, and every notice a stream: no transaction left a part of itself."""
    with psycopg.connect(plain(url)) as connection:
        torn = connection.execute("""
            SELECT s.id FROM streams s LEFT JOIN events e ON e.scheme_id = s.scheme_id AND e.stream_id = s.id
             GROUP BY s.scheme_id, s.id HAVING count(e.seq) <> max(s.seq)""").fetchall()
    assert torn == []
