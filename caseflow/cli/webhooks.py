"""`webhooks list | check | test | replay | enable`: the way to the force's records system."""

from typing import TYPE_CHECKING

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import Exit, Stop, refused, usage
from caseflow.cli.output import as_json, instant, say, table

if TYPE_CHECKING:
    from caseflow.messages.webhooks.post import WebhookPoster
    from caseflow.store.postgres import PostgresStore


def feed_views(desk: Desk) -> list[contracts.FeedView]:
    """Every receiver of the schemes one may look at."""
    with _store(desk).begin() as unit:
        return [
            contracts.FeedView(
                scheme, one.endpoint, one.active, one.disabled, one.waiting, one.failing, one.parked,
                one.failing_since, one.reason,
            )
            for scheme in desk.schemes
            for one in unit.feeds(scheme)
        ]  # fmt: skip


def list_feeds(scheme: str | None, *, json: bool) -> None:
    """One line a receiver."""
    with opened(scheme) as desk:
        found = feed_views(desk)
    if json:
        as_json(contracts.FeedList(found))
        return
    table(
        "",
        ("scheme", "receiver", "state", "cases waiting", "failing", "parked", "failing since", "last reason"),
        (
            (one.scheme, one.endpoint, _state(one), one.waiting, one.failing, one.parked, one.failing_since, one.reason)
            for one in found
        ),
        empty="No receiver: name a file in CASEFLOW_WEBHOOKS_FILE, then run `caseflow db upgrade`.",
    )


def _state(one: contracts.FeedView) -> str:
    if not one.active:
        return "no longer in the file"
    return f"disabled: {one.disabled}" if one.disabled else "active"


def check() -> None:
    """Exit code 1 when a name leads where we do not post; a faulty file has its own words."""
    poster = _poster()
    faults = 0
    for scheme, name in poster.endpoints:
        try:
            say(f"{scheme}/{name}: {', '.join(poster.look(scheme, name))}")
        except Exception as wrong:  # noqa: BLE001 - refused or not found, both are answers here
            faults += 1
            say(f"{scheme}/{name}: {wrong}")
    say(f"{len(poster.endpoints)} receivers, {faults} that cannot be reached")
    if faults:
        raise refused(f"{faults} of {len(poster.endpoints)} receivers cannot be posted to")


def test(scheme: str | None, endpoint: str | None) -> None:
    """Exit code 1 when one does not take it."""
    poster = _poster()
    chosen = [one for one in poster.endpoints if scheme in {None, one[0]} and endpoint in {None, one[1]}]
    if not chosen:
        raise refused("the webhooks file names no such receiver; `caseflow webhooks check` lists them")
    failed = 0
    for owner, name in chosen:
        answer = poster.test(owner, name)
        failed += not answer.taken
        say(f"{owner}/{name}: {'taken' if answer.taken else answer.detail}")
    if failed:
        raise Stop(Exit.REFUSED, f"{failed} of {len(chosen)} receivers did not take it")


def replay(case: str | None, since: str, endpoint: str | None, scheme: str | None, *, parked: bool) -> None:
    """Set feeds back; the publish worker does the rest."""
    if sum((case is not None, parked, bool(since))) != 1:
        raise usage("say one of --case REF, --parked, --since DAY")
    moment = instant("--since", since) if since else None
    with opened(scheme) as desk:
        count = 0
        stream = desk.dossier(case).stream if case else None
        with _store(desk).begin() as unit:
            for one in (stream.scheme,) if stream else desk.schemes:
                count += unit.replay(
                    one, endpoint=endpoint, stream=stream.id if stream else None, parked=parked, since=moment
                )
        desk.app.bell.ring("publish")
    say(f"{count} ways from a case to a receiver will be sent again")


def enable(endpoint: str, scheme: str | None) -> None:
    """Its facts have waited; they go now."""
    with opened(scheme) as desk:
        owner = desk.only_scheme()
        with _store(desk).begin() as unit:
            if endpoint not in {one.endpoint for one in unit.feeds(owner)}:
                raise refused(f"{owner} has no receiver {endpoint}; `caseflow webhooks list` shows them")
            waiting = unit.enable_endpoint(owner, endpoint)
        desk.app.bell.ring("publish")
    say(f"{owner}/{endpoint} is enabled; facts of {waiting} cases go to it now")


def _poster() -> "WebhookPoster":
    from caseflow import bootstrap
    from caseflow.settings.deployment import deployment

    found = bootstrap.poster_for(deployment())
    if found is None:
        raise refused("no webhooks file is named: set CASEFLOW_WEBHOOKS_FILE")
    return found


def _store(desk: Desk) -> "PostgresStore":
    from caseflow.store.postgres import PostgresStore

    assert isinstance(desk.app.store, PostgresStore)
    return desk.app.store
