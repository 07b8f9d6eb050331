"""The outgoing sign of life: sent while all drains, withheld when not, never followed elsewhere, never in the way."""

import http.server
import threading

import pytest

from workers import heartbeat


@pytest.fixture
def listener(monkeypatch):
    monkeypatch.setattr(heartbeat, "_last", [float("-inf")])
    heard = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()
    heartbeat._http().clear()


def send(store, url):
    thread = heartbeat.beat(store, url)
    if thread is not None:
        thread.join(30)
    return thread


def test_a_sign_is_sent_once_a_minute_while_all_drains(place, listener):
    url, heard = listener
    place.store.mark("beat")
    place.store.mark("audit")
    assert send(place.store, f"{url}/ping")
    assert send(place.store, f"{url}/ping") is None
    assert heard == ["/ping"]


def test_none_is_sent_while_something_stands_still(place, listener):
    url, heard = listener
    with place.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM marks")
    assert send(place.store, url)
    assert heard == []


def test_it_is_followed_nowhere(place, listener):
    url, heard = listener
    place.store.mark("beat")
    place.store.mark("audit")
    send(place.store, f"{url}/moved")
    assert heard == ["/moved"]


def test_an_address_where_nobody_listens_stops_nothing(place, listener):
    assert send(place.store, "http://127.0.0.1:9/")
    heartbeat._last[0] = float("-inf")
    assert send(place.store, "http://127.0.0.1:9/"), "the next one may go"


def test_nothing_is_sent_where_no_address_is_set(place, listener):
    assert send(place.store, None) is None
