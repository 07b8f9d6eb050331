"""What was to be said to somebody can be read again as it was wished for, from both stores."""

from store_builders import SCHEME, a_case, officer_send, send, step

from caseflow.store.memory import MemoryStore
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings


def test_messages_to_the_participant_are_read_as_they_were_wished_for(store):
    reminder = send(purpose="session_reminder", kind="reminder", fields={"place": "12 High Street"}, subject="s1")
    with store.begin() as unit:
        unit.save([step(a_case(), sends=[reminder, officer_send()]), step(a_case("case-2"), sends=[send("case-2")])])
    readings = MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)
    [dossier] = readings.dossiers(SCHEME, ids=["case-1"])
    [number] = [one.id for one in dossier.notices if one.to == "participant"]
    assert readings.sends(SCHEME, "case-1") == {number: reminder}
    assert readings.sends("dyfed-powys", "case-1") == {}
