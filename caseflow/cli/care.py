"""`sweep`, `audit`, `doctor`, `db upgrade`: looking after the machine."""

import os
from datetime import timedelta

from caseflow.cli import contracts
from caseflow.cli.bounded import within
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import Exit, Stop, environment, explain, refused
from caseflow.cli.machine import (
    HANGS,
    UNFREEZE,
    broker,
    calendar,
    database_server,
    disk,
    light,
    mail_server,
    outbox,
    secrets,
    takes_connections,
)
from caseflow.cli.output import as_json, local, say, table, warn
from caseflow.engine.audit import Audit, Finding, audit_texts
from caseflow.engine.audit import audit as look
from caseflow.engine.ports import Unavailable
from caseflow.engine.readings import Health
from caseflow.engine.sweep import sweep as run

LAG = timedelta(minutes=2)
BEAT = timedelta(seconds=60)
RESUME = "`caseflow resume --look` says what waits and what will become of it, `caseflow resume` lets work go on"
PATIENCE = 15.0
"""Seconds a look may take that finds its servers running."""
LONG = 90.0
"""Seconds where embedded servers are started for it."""


def sweep(*, json: bool) -> None:
    """Everything that is due now, done here."""
    with opened() as desk:
        counts = run(desk.app).counts()
        paused = desk.app.store.paused()
    if paused is not None:
        raise refused(f"paused since {local(paused.since)}: {paused.why}. Facts are recorded, nothing else; {RESUME}")
    if json:
        as_json(contracts.Sweep(**counts))
        return
    say(
        f"{counts['claimed']} claimed, {counts['events']} facts, {counts['effects']} effects"
        + (f", {counts['failed']} failed and will be tried again" if counts["failed"] else "")
        + (f", {counts['parked']} set aside (`caseflow audit` lists them)" if counts["parked"] else "")
    )


def audit(scheme: str | None, replay_every: int, *, json: bool) -> None:
    """Exit code 1 when there is a violation; work that waits for a person is listed, too.

    An audit of every scheme counts as the hourly one does: it leaves the same mark and figures.
    """
    with opened(scheme) as desk:
        found = look(desk.readings, desk.schemes, replay_every=replay_every)
        for finding in audit_texts(desk.app, desk.schemes):
            found.add(finding)
        if set(desk.schemes) == set(desk.readings.schemes()):
            _leave_mark(desk, found)
    if json:
        as_json(
            contracts.AuditReport(
                found.at, found.streams, found.replayed, [_finding(one) for one in found.violations],
                [_finding(one) for one in found.warnings],
            )
        )  # fmt: skip
    else:
        for one in (*found.violations, *found.warnings):
            say(f"{one.name}: {one.words}")
        say(
            f"{found.streams} cases, returns and digests looked at, {found.replayed} rebuilt from their history: "
            f"{len(found.violations)} violations, {len(found.warnings)} waiting for a person"
        )
    if found.violations:
        raise Stop(Exit.REFUSED, f"{len(found.violations)} violations")


def _leave_mark(desk: Desk, found: Audit) -> None:
    """Where nothing can be written the findings are worth no less."""
    from caseflow.store.postgres import PostgresStore

    assert isinstance(desk.app.store, PostgresStore)
    try:
        desk.app.store.audited(len(found.violations), len(found.warnings))
    except Unavailable as away:
        warn(f"The audit could not be noted for `caseflow watch`: {away}")


def _finding(one: Finding) -> contracts.AuditFinding:
    return contracts.AuditFinding(one.name, one.stream, one.where, one.detail, one.words)


def upgrade() -> None:
    """Migrations and schemes, up to date."""
    from caseflow import bootstrap
    from caseflow.embedded import resolve
    from caseflow.settings.deployment import deployment
    from caseflow.store.migrations import head

    given = deployment()
    with resolve(given) as servers:
        store = bootstrap.prepare(given.model_copy(update={"database_url": servers.database_url}))
        schemes = ", ".join(f"{name} {version}" for name, version in sorted(store.policies()))
        store.close()
    say(f"The database is at {head()}; published: {schemes}")


def doctor(*, json: bool) -> None:
    """One light a line. Exit code 3 when one is red."""
    lights: list[contracts.Light] = list(_settings())
    try:
        lights += within(PATIENCE if _configured() else LONG, _looked)
    except Exception as wrong:
        code, words = explain(wrong)
        if code is Exit.USAGE:
            raise
        lights += _without_database(words)
    red = [one for one in lights if not one.ok]
    if json:
        as_json(contracts.Doctor(lights))
    else:
        for one in lights:
            say(f"{'ok ' if one.ok else 'RED'}  {one.name}: {one.found}" + (f". To do: {one.todo}" if one.todo else ""))
    if red:
        raise environment(f"{len(red)} of {len(lights)} lights are red")


def _configured() -> bool:
    """Are there servers, or must they be started for us first?"""
    from caseflow.settings.deployment import deployment

    return deployment().database_url is not None


def _looked() -> list[contracts.Light]:
    with opened() as desk:
        return _all(desk)


def _without_database(words: str) -> list[contracts.Light]:
    """Why the database is not to be had, and the broker, which is asked all the same."""
    from caseflow.embedded.failures import EmbeddedError
    from caseflow.embedded.servers import running
    from caseflow.settings.deployment import deployment

    settings = deployment()
    database_url, broker_url = settings.database_url, settings.broker_url
    if database_url is None:
        try:
            started = running(settings.data_dir)
        except EmbeddedError:
            started = None
        if started is None:
            return [light("database", ok=False, found=words, todo=_database_todo(words))]
        database_url, broker_url = started.database_url, started.broker_url
    if ("timeout" in words or "no answer" in words) and takes_connections(database_url):
        return [light("database", ok=False, found=f"it {HANGS} ({words})", todo=UNFREEZE), *broker(broker_url)]
    return [light("database", ok=False, found=words, todo=_database_todo(words)), *broker(broker_url)]


def _database_todo(words: str) -> str:
    if "db upgrade" in words:
        return "run `caseflow db upgrade`"
    return "start the database, or check CASEFLOW_DATABASE_URL; `caseflow up` brings one of its own"


def _settings() -> list[contracts.Light]:
    from caseflow.settings.deployment import SECRETS_DIR, deployment, unknown_variables

    settings = deployment()
    unknown = unknown_variables(os.environ)
    where = "its own servers" if settings.database_url is None else "configured servers"
    return [
        light(
            "settings",
            ok=not unknown,
            found="; ".join(unknown) or f"{settings.environment}, {where}",
            todo="correct or remove these variables",
        ),
        disk(settings.data_dir),
        *outbox(settings),
        *mail_server(settings),
        secrets(settings, os.environ.get(SECRETS_DIR)),
    ]


def _all(desk: Desk) -> list[contracts.Light]:
    health = desk.readings.health()
    policies = ", ".join(f"{scheme} {version}" for scheme, version in sorted(desk.app.store.policies()))
    return [
        light(
            "database",
            ok=True,
            found=f"answers; scheme time {local(health.now)}{' (virtual)' if health.virtual else ''}",
        ),
        light("migrations", ok=True, found="at the version this program needs"),
        _paused(desk),
        light("schemes", ok=bool(policies), found=policies or "none published", todo="run `caseflow db upgrade`"),
        *_servers(desk),
        *_lag(health),
        _beat(health),
        _audited(desk),
        *_webhooks(desk),
        light(
            "set aside",
            ok=not health.parked,
            found=f"{health.parked}",
            todo="`caseflow audit` lists it with its reasons",
        ),
        _texts(desk),
        light(
            "unclear sends",
            ok=not health.unknown,
            found=f"{health.unknown}",
            todo="`caseflow audit` lists them; ask the person, or look in the channel's log",
        ),
    ]


def _paused(desk: Desk) -> contracts.Light:
    paused = desk.app.store.paused()
    if paused is None:
        return light("at work", ok=True, found="not paused")
    found = f"paused since {local(paused.since)}: {paused.why}"
    if paused.backup_at is not None:
        found += f"; its last sign of life is of {local(paused.backup_at, seconds=True)}"
    return light("at work", ok=False, found=found, todo=RESUME)


def _servers(desk: Desk) -> list[contracts.Light]:
    from caseflow.bootstrap import host_now
    from caseflow.store.condition import condition
    from caseflow.store.postgres import PostgresStore

    assert isinstance(desk.app.store, PostgresStore)
    now = host_now()
    return [
        *database_server(condition(desk.app.store.engine), now, production=desk.settings.environment == "production"),
        *broker(desk.settings.broker_url),
        calendar(now),
    ]


def _audited(desk: Desk) -> contracts.Light:
    from caseflow.engine.silence import AUDIT
    from caseflow.store.postgres import PostgresStore

    assert isinstance(desk.app.store, PostgresStore)
    age = desk.app.store.mark_age("audit")
    return light(
        "audit",
        ok=age is not None and age < AUDIT,
        found="has never run" if age is None else f"ran {int(age.total_seconds() // 60)} min ago",
        todo="the `others` worker runs it a minute after beat has begun, and hourly; `caseflow audit` runs it now",
    )


def _webhooks(desk: Desk) -> list[contracts.Light]:
    from caseflow.cli.webhooks import feed_views

    return [
        light(
            f"webhooks {one.scheme}/{one.endpoint}",
            ok=not (one.disabled or one.parked or one.failing),
            found=one.disabled
            or f"{one.waiting} cases wait, {one.failing} fail, {one.parked} parked"
            + (f" ({one.reason})" if one.reason else ""),
            todo=f"mend the receiver, then `caseflow webhooks enable {one.endpoint}`"
            if one.disabled
            else "mend the receiver (`caseflow webhooks test`); what is parked: `caseflow webhooks replay --parked`",
        )
        for one in feed_views(desk)
        if one.active
    ]


def _texts(desk: Desk) -> contracts.Light:
    from caseflow.engine.inbound import forgotten, waiting

    late = sum(len(forgotten(desk.app, scheme)) for scheme in desk.schemes)
    count = sum(len(waiting(desk.app, scheme)) for scheme in desk.schemes)
    return light(
        "texts to place",
        ok=not late,
        found=f"{count}" + (f", {late} of them for more than a working day" if late else ""),
        todo="`caseflow answers list` shows them; somebody reads each and says whose it is",
    )


def _lag(health: Health) -> list[contracts.Light]:
    rows = (
        ("facts not reacted to", health.unreacted, health.oldest_unreacted, "react"),
        ("alarms not answered", health.overdue, health.oldest_overdue, "fire"),
        ("messages not sent", health.ready, health.oldest_ready, "deliver"),
    )
    return [
        light(
            name,
            ok=oldest is None or health.now - oldest < LAG,
            found=f"{count}" + (f", oldest {local(oldest)}" if oldest else ""),
            todo="it is paused: see “at work”"
            if health.paused
            else f"start the {worker} worker (`caseflow up`), or do it here with `caseflow sweep`",
        )
        for name, count, oldest, worker in rows
    ]


def _beat(health: Health) -> contracts.Light:
    from caseflow.bootstrap import host_now

    todo = "start the workers and beat with `caseflow up`; meanwhile `caseflow sweep` does the work"
    if health.beat_at is None:
        return light("beat", ok=False, found="has never been heard", todo=todo)
    age = host_now() - health.beat_at
    return light("beat", ok=age < BEAT, found=f"heard {int(age.total_seconds())} s ago", todo=todo)


def list_receipts(limit: int, *, json: bool) -> None:
    """What channels told of messages that nobody here knows."""
    with opened(None) as desk:
        found = [
            contracts.ReceiptView(
                one.arrived.id, one.arrived.ref, one.arrived.provider_ref, one.arrived.receipt.value, one.arrived.at,
                one.since, one.arrived.detail,
            )
            for one in desk.readings.receipts_waiting(limit)
        ]  # fmt: skip
    if json:
        as_json(contracts.ReceiptList(found))
        return
    table(
        "",
        ("came in", "receipt", "our reference", "the channel's number", "says"),
        ((local(one.since), one.id, one.reference, one.provider_ref, one.receipt) for one in found),
        empty="Every receipt found its message.",
    )
