"""A worker is killed while Notify hangs; the message goes out once. Receipts come back by the door."""

import os
import signal

from standins.doors import serving
from standins.notify import KEY, Fate, StandIn

from caseflow.api.doors import make_app
from workers.launch import Crew

SETTINGS = {
    "sender": "notify", "notify_key": KEY, "notify_template_text": "t-text", "notify_template_email": "t-email",
    "notify_template_letter": "t-letter", "notify_look_after": 2.0, "notify_token": "secret", "doors": ("receipts",),
}  # fmt: skip


def test_a_worker_killed_while_notify_hangs_sends_once_and_receipts_find_their_way(place_with):
    with StandIn(token="secret") as notify:
        place = place_with(notify_url=notify.url, **SETTINGS)
        env = place.env | {
            f"CASEFLOW_{name.upper()}": str(value) for name, value in SETTINGS.items() if name != "doors"
        } | {"CASEFLOW_NOTIFY_URL": notify.url, "CASEFLOW_LEASE": "5"}  # fmt: skip
        notify.next(Fate(wait=60.0))
        with serving(make_app(place.app, place.deployment)) as url, Crew(env, log_dir=place.logs) as crew:
            notify.callback = f"{url}/notify/receipts"
            (case,) = place.refer(1)
            place.eventually(lambda: notify.requests > 0, "the first call to Notify")
            before = len(notify.taken)
            assert before == 1, "taken, and its answer is still to come"
            os.kill(crew.pids()["others"], signal.SIGKILL)
            notify.hung.set()
            place.eventually(lambda: states(place, case) == {"sent"}, "everything sent", within=90.0)
            assert notify.doubles() == {}
            for taken in list(notify.taken):
                assert notify.receipt(taken, "delivered") == 204
            place.eventually(
                lambda: place.rows("SELECT id FROM receipts WHERE state = 'waiting'") == [], "receipts placed"
            )
        place.check_once([case])


def states(place, case):
    return {state for (state,) in place.rows("SELECT state FROM notices WHERE stream_id = %s", case)}
