"""A worker notices when beat is silent, and says so."""

import logging

from caseflow.store.postgres import PostgresStore
from workers.watch import MARK, Watch


def test_a_worker_warns_while_beat_is_silent_and_not_when_it_is_back(place, caplog):
    watch = Watch(place.store, silent=0.0)
    with caplog.at_level(logging.WARNING):
        watch.look()
    assert watch.warnings == 1
    assert "beat has been silent" in caplog.text
    place.store.mark(MARK)
    patient = Watch(place.store, silent=60.0)
    patient.look()
    assert patient.warnings == 0


def test_a_worker_that_has_just_begun_gives_beat_time_to_begin_too(fresh_database):

    store = PostgresStore(fresh_database())
    watch = Watch(store, silent=30.0)
    watch.look()
    assert watch.warnings == 0
    store.close()
