"""The composition root: the one place that makes the clock and the ids, and puts the rooms together.

app = app_for(deployment())                 # PostgreSQL, Celery's bell, senders as configured
app, store = memory_app(load_schemes())     # everything in dictionaries: tests, properties, what-if
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import uuid_utils

from caseflow.bell import CeleryBell, SilentBell
from caseflow.domain.policy import Policy
from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.engine.app import App
from caseflow.engine.links import CODE, CODE_DIGITS
from caseflow.engine.ports import Bell, PersonIn, Sender
from caseflow.engine.readings import Readings
from caseflow.engine.returned import take_returned
from caseflow.engine.webhooks import Poster
from caseflow.messages.senders.folder import FolderSender
from caseflow.messages.senders.memory import MemorySender
from caseflow.messages.senders.smtp import Line, SmtpSender
from caseflow.messages.wording import Pages, Service, Wording
from caseflow.settings.deployment import Deployment
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.offences import OFFENCES
from caseflow.settings.paths import config_dir
from caseflow.settings.roster import Roster, read_roster
from caseflow.settings.scheme import canonical, load_schemes, policy_from_canonical
from caseflow.store.memory import MemoryStore
from caseflow.store.migrations import upgrade
from caseflow.store.postgres import PostgresStore
from caseflow.store.published import Published
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings
from caseflow.store.session import make_engine, translated

if TYPE_CHECKING:  # imported where they are used: every worker comes through here, and few need them
    from caseflow.messages.bounces.boxes import Batch, Mailbox
    from caseflow.messages.webhooks.post import WebhookPoster

FOLDER_HOLD = timedelta(seconds=20)
"""A batch into a folder takes well under a second."""
MAIL_HOLD = timedelta(minutes=3)
"""The SMTP sender gives a batch up after two lost connections of at most 70 s each (its time-outs)."""

NOTIFY_HOLD = timedelta(minutes=2)
"""A batch of fifty goes by many hands, each call given up after 20 s."""
HOLDS = {"folder": FOLDER_HOLD, "smtp": MAIL_HOLD, "notify": NOTIFY_HOLD}


class NotPublishable(ValueError):
    """A scheme's file disagrees with what was published under its version; the message says which and what to do."""


class NoDatabase(RuntimeError):
    """No database address: nothing says where the truth is."""

    def __init__(self) -> None:
        super().__init__(
            "CASEFLOW_DATABASE_URL is not set. Start `caseflow up`, which brings a database, or set the address."
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """An App on the memory store, with the senders whose lists of messages tests look at."""

    app: App
    store: MemoryStore
    senders: Mapping[Channel, MemorySender]


def new_id() -> str:
    """A new id, in order of time (UUID version 7)."""
    return str(uuid_utils.uuid7())


def seeded_ids(seed: str) -> Callable[[], str]:
    """Ids that come out the same for the same seed: for virtual time, where a run must be repeatable."""
    count = iter(range(1, 2**63))
    return lambda: str(uuid5(NAMESPACE_URL, f"caseflow:{seed}:{next(count)}"))


def host_now() -> datetime:
    """The host's clock (UTC): for what people are shown, never for what is due; that is the database's."""
    return datetime.now(UTC)


def prepare(
    deployment: Deployment, *, virtual: bool = False, turns: bool = False, start: datetime | None = None
) -> PostgresStore:
    """Bring the database to the newest form, publish the schemes and their rosters, and return the store.

    `virtual` makes a new database one whose scheme time stands still at `start` and moves only when told to; with
    `turns` everything at one moment happens in turns, so that a season can be played twice alike.
    Raises NotPublishable, and NoDatabase when the deployment names none.
    """
    poster = poster_for(deployment)  # a faulty file is refused before anything is opened or written
    with translated():
        upgrade(_database(deployment))
    store = PostgresStore(_database(deployment), virtual=virtual, turns=turns, start=start)
    publish(store, config_of(deployment))
    if poster is not None:  # a shell that names no file must not silence receivers
        with store.begin() as unit:
            unit.sync_endpoints(poster.endpoints)
    return store


def publish(store: PostgresStore, config: Path) -> list[tuple[str, str]]:
    """Publish every scheme file that is not published yet, and bring the rosters up to date; returns the new versions.

    A published version never changes. Raises NotPublishable when a file was edited after its version was published,
    PolicyError when a file may not be used.
    """
    load_schemes(config)  # refuses what cannot be used before anything is written
    published = {(one.scheme, one.version): one for one in store.published()}
    new: list[Published] = []
    for path in sorted((config / "schemes").glob("*/*.yaml")):
        scheme, version = path.parent.name, path.stem
        text, digest = canonical(path)
        known = published.get((scheme, version))
        if known is None:
            new.append(Published(scheme, version, digest, text))
        elif known.sha256 != digest:
            shown = path.relative_to(config.parent) if path.is_relative_to(config.parent) else path
            raise NotPublishable(
                f"{shown} was changed after it was published: give it a new version "
                f"(copy it to {path.with_stem(_after(version)).name} and undo the change here)"
            )
    store.publish(new)
    with store.begin() as unit:
        for roster in rosters(config).values():
            unit.upsert_people(roster.scheme, people_of(roster))
    load_published(store, config)
    return [(one.scheme, one.version) for one in new]


def load_published(store: PostgresStore, config: Path) -> None:
    """Read the published versions out of the database that are not there yet: each must load, for cases are bound to it.

    A version never changes once it is published, so none is read twice.
    """
    calendar, known = england_and_wales(), store.policies()
    new = {
        (one.scheme, one.version): policy_from_canonical(one.canonical, calendar, rosters=config / "rosters")
        for one in store.published()
        if (one.scheme, one.version) not in known
    }
    if new:
        store.set_policies({**known, **new})


def app_for(deployment: Deployment, *, scheme: str = "", bell: Bell | None = None) -> App:
    """The App on this deployment's database and broker. Without a broker nobody is woken: `sweep` does the work.

    `scheme` is the one its doors speak for. Raises NoDatabase, and the store's own error when the database is of
    another version than this program.
    """
    config = config_of(deployment)
    poster = poster_for(deployment)
    store = PostgresStore(_database(deployment))
    store.check_head()
    load_published(store, config)
    if bell is None:
        bell = CeleryBell(deployment.broker_url) if deployment.broker_url else SilentBell()
    return App(
        store=store,
        senders=senders_for(deployment),
        words=Wording(services(config), pages=Pages(deployment.public_url or "", deployment.reminder_links)),
        bell=bell,
        ids=new_id,
        offences=OFFENCES,
        draw=drawn,
        scheme=scheme,
        batch=deployment.batch,
        hold_for=_hold(deployment),
        retry_pause=timedelta(seconds=deployment.retry_pause),
        readings=PostgresReadings(store.engine),
        poster=poster,
        refresh=partial(load_published, store, config),
    )


def drawn(what: str) -> str:
    """A link's token of 128 bits, or a code of six digits: chance of the operating system's, never of a seed."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}" if what == CODE else secrets.token_urlsafe(16)


def readings_at(database_url: str) -> Readings:
    """The readings of this database for a process that reads and does nothing else: one connection."""
    return PostgresReadings(make_engine(database_url, pool_size=1, application_name="caseflow what-if"))


def _hold(deployment: Deployment) -> timedelta:
    """Longer than the slowest sender's batch; no longer, for that is how long a killed worker's messages wait."""
    if deployment.lease is not None:
        return timedelta(seconds=deployment.lease)
    return max(HOLDS[deployment.sends_by(channel)] for channel in Channel)


def memory_app(
    policies: Mapping[tuple[str, str], Policy],
    *,
    at: datetime,
    scheme: str = "",
    seed: str = "memory",
    batch: int = 500,
    poster: Poster | None = None,
) -> Memory:
    """An App in dictionaries at scheme time `at`; the rosters of the shipped schemes are in its people register."""
    store = MemoryStore(policies=policies, at=at)
    with store.begin() as unit:
        for roster in rosters(config_dir()).values():
            unit.upsert_people(roster.scheme, people_of(roster))
        unit.sync_endpoints(poster.endpoints if poster else ())
    senders = {channel: MemorySender() for channel in Channel}
    app = App(
        store=store,
        senders=senders,
        words=Wording(services(config_dir())),
        bell=SilentBell(),
        ids=seeded_ids(seed),
        offences=OFFENCES,
        draw=drawn,
        scheme=scheme,
        batch=batch,
        readings=MemoryReadings(store),
        poster=poster,
    )
    return Memory(app, store, senders)


def senders_for(deployment: Deployment) -> dict[Channel, Sender]:
    """A sender for each channel, as the settings say."""
    made: dict[str, Sender] = {}
    for way in {deployment.sends_by(channel) for channel in Channel}:
        match way:
            case "smtp":
                line = Line(
                    deployment.smtp_tls, deployment.smtp_ca_file, deployment.smtp_user, deployment.smtp_password
                )
                made[way] = SmtpSender(
                    deployment.smtp_host,
                    deployment.smtp_port,
                    deployment.smtp_from or "",
                    line=line,
                    bounces_to=deployment.bounces_to or "",
                )
            case "notify":
                made[way] = _notify(deployment)
            case _:
                made[way] = FolderSender(deployment.outbox, deployment.smtp_from or "caseflow@localhost.example")
    return {channel: made[deployment.sends_by(channel)] for channel in Channel}


def _notify(deployment: Deployment) -> Sender:
    """Imported only where it is used: its client takes a fifth of a second."""
    from caseflow.messages.senders.limiter import Limiter  # noqa: PLC0415
    from caseflow.messages.senders.notify import Account, NotifySender  # noqa: PLC0415

    templates = {
        Channel.TEXT.value: deployment.notify_template_text,
        Channel.EMAIL.value: deployment.notify_template_email,
        Channel.LETTER.value: deployment.notify_template_letter,
    }
    key = deployment.notify_key or ""
    account = Account(
        key,
        {channel: template for channel, template in templates.items() if template},
        deployment.notify_url,
        deployment.notify_text_sender,
        deployment.notify_reply_to,
    )
    redis = deployment.broker_url if (deployment.broker_url or "").startswith(("redis://", "rediss://")) else None
    limiter = Limiter(redis, key, sharers=deployment.notify_sharers)
    return NotifySender(account, limiter, look_after=timedelta(seconds=deployment.notify_look_after))


def poster_for(deployment: Deployment) -> "WebhookPoster | None":
    """Who posts webhooks; None where no file names receivers. Plain http is for development and tests.

    Raises FileRefused.
    """
    if deployment.webhooks_file is None:
        return None
    from caseflow.messages.webhooks.post import WebhookPoster  # noqa: PLC0415 - as above
    from caseflow.settings.webhooks import read_webhooks  # noqa: PLC0415 - as above

    https_only = deployment.environment == "production"
    return WebhookPoster(read_webhooks(deployment.webhooks_file, https_only=https_only), host_now)


def mailbox_for(deployment: Deployment) -> "Mailbox | None":
    """The mailbox that bounces come to; None where none is set."""
    if not deployment.bounces_imap_host:
        return None
    from caseflow.messages.bounces.boxes import Mailbox  # noqa: PLC0415 - as above

    return Mailbox(
        deployment.bounces_imap_host,
        deployment.bounces_imap_user,
        deployment.bounces_imap_password,
        deployment.bounces_imap_port,
        deployment.bounces_imap_folder,
        deployment.smtp_ca_file,
    )


def take_bounces(app: App, batches: "Iterable[Batch]") -> Counter[str]:
    """Read, take, and only then let go. Raises BoxAway and Unavailable: what was not taken stays where it is."""
    from caseflow.messages.bounces import read_bounce  # noqa: PLC0415 - as above

    counts: Counter[str] = Counter()
    for batch in batches:
        counts += take_returned(app, [(name, read_bounce(raw)) for name, raw in batch.mails], host_now())
        batch.done()
    return counts


@cache
def rosters(config: Path) -> dict[str, Roster]:
    """The rosters below this config folder, by scheme. Raises RosterError."""
    return {path.stem: read_roster(path) for path in sorted((config / "rosters").glob("*.yaml"))}


def services(config: Path) -> dict[str, Service]:
    """Under which name and number each scheme's service writes to people."""
    return {
        scheme: Service(
            roster.service,
            roster.phone,
            {one.code: one.title for provider in roster.providers for one in provider.interventions},
        )
        for scheme, roster in rosters(config).items()
    }


def people_of(roster: Roster) -> list[PersonIn]:
    """The roster's people and providers as rows for the people register. A provider's name is its given name."""
    staff = [
        PersonIn(
            id=person.id,
            kind="navigator" if person.role is Role.NAVIGATOR else "staff",
            given=person.given,
            family=person.family,
            addresses=_mail(person.id, person.email),
            phone=person.phone,
            extra={"role": person.role.value, "languages": " ".join(person.languages)},
        )
        for person in roster.people
    ]
    providers = [
        PersonIn(
            id=provider.id,
            kind="provider",
            given=provider.name.get("en") or next(iter(provider.name.values())),
            family="",
            addresses=_mail(provider.id, provider.email),
            phone=provider.phone,
            extra={"place": provider.place} | {f"name_{language}": name for language, name in provider.name.items()},
        )
        for provider in roster.providers
    ]
    return [*staff, *providers]


def _mail(person: str, address: str) -> dict[Channel, tuple[str, str, str]]:
    return {Channel.EMAIL: (f"{person}:email", address, AddressStatus.CONFIRMED.value)}


def _database(deployment: Deployment) -> str:
    if deployment.database_url is None:
        raise NoDatabase
    return deployment.database_url


def config_of(deployment: Deployment) -> Path:
    """The config folder this deployment reads."""
    return deployment.schemes_dir.parent if deployment.schemes_dir else config_dir()


def _after(version: str) -> str:
    return str(int(version) + 1) if version.isdigit() else f"{version}-2"
