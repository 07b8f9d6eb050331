"""What differs from one installation to the next: addresses, folders, how mail leaves. From the environment.

Every field is the variable ``CASEFLOW_<FIELD>``; ``config/caseflow.example.env`` shows them all. A secret may come as
a file instead: with ``CASEFLOW_SECRETS_DIR=/run/secrets`` the file ``/run/secrets/caseflow_database_url`` is read.
"""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from caseflow.settings.broker import read_broker

PREFIX = "CASEFLOW_"
SECRETS_DIR = "CASEFLOW_SECRETS_DIR"


class SettingsError(ValueError):
    """The environment says something we cannot work with; the message names the variable and what to write."""


def _database_url(given: str) -> str:
    """Accept what operators paste (``postgres://``, ``postgresql://``); always name the driver we use."""
    scheme, separator, rest = given.partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    raise ValueError("must begin with postgresql:// (PostgreSQL is the only database)")


def _broker_url(given: str) -> str:
    read_broker(given)  # raises in words
    return given


def _web_address(given: str) -> str:
    if not given.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// (or http:// inside one's own network)")
    return given


def _public_url(given: str) -> str:
    found = re.fullmatch(r"(https?://[A-Za-z0-9.:\[\]-]+)/?", given)
    if found is None:
        raise ValueError("must be https:// and a host name, without a path (https://pages.example.org)")
    return found[1]


def _empty_is_unset(given: object) -> object:
    """``CASEFLOW_DATABASE_URL=`` in an environment file means: not set."""
    return None if given == "" else given


def _absolute(given: Path) -> Path:
    """Relative folders are meant from where caseflow is started; said once, they stay there."""
    return given.expanduser().absolute()


Folder = Annotated[Path, AfterValidator(_absolute)]
OptionalFolder = Annotated[Folder | None, BeforeValidator(_empty_is_unset)]
DatabaseUrl = Annotated[Annotated[str, AfterValidator(_database_url)] | None, BeforeValidator(_empty_is_unset)]
BrokerUrl = Annotated[Annotated[str, AfterValidator(_broker_url)] | None, BeforeValidator(_empty_is_unset)]


class Deployment(BaseSettings):
    """One installation's settings; immutable. Read it with `deployment()`, which explains mistakes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    environment: Literal["development", "test", "production"] = "development"
    """In production no embedded servers are started."""
    database_url: DatabaseUrl = Field(default=None, repr=False)
    """PostgreSQL; not set: an embedded one in `data_dir`."""
    broker_url: BrokerUrl = Field(default=None, repr=False)
    """Redis or Valkey (alone or behind Sentinel) or RabbitMQ; not set: an embedded Valkey in `data_dir`."""
    data_dir: Folder = Field(default=Path(".caseflow"), validate_default=True)
    """Where embedded servers and the folder sender keep their files."""
    schemes_dir: OptionalFolder = None
    """Schemes to use in place of those that came with caseflow (``<force>/<version>.yaml``)."""
    batch: int = Field(default=500, ge=1, le=5000)
    """Cases a worker claims at once. More is faster; a person's act on one of them waits that much longer."""
    lease: Annotated[float | None, BeforeValidator(_empty_is_unset)] = Field(default=None, ge=1.0)
    """Seconds a worker holds messages it is sending; not set: as long as the senders may need for a batch."""
    retry_pause: float = Field(default=30.0, ge=0.1, le=3600.0)
    """Seconds a message rests after its first failure; each later rest is twice as long, up to an hour."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    sender: Literal["folder", "smtp", "notify"] = "folder"
    """How messages leave: as files in `outbox_dir` (nothing is sent), e-mail by SMTP, or everything by GOV.UK Notify."""
    sender_text: Annotated[Literal["folder", "notify"] | None, BeforeValidator(_empty_is_unset)] = None
    """How texts leave, where `sender` is not to say."""
    sender_email: Annotated[Literal["folder", "smtp", "notify"] | None, BeforeValidator(_empty_is_unset)] = None
    """How e-mails leave, where `sender` is not to say."""
    sender_letter: Annotated[Literal["folder", "notify"] | None, BeforeValidator(_empty_is_unset)] = None
    """How letters leave, where `sender` is not to say."""
    outbox_dir: OptionalFolder = None
    """Where the folder sender writes; not set: ``outbox`` in `data_dir`."""
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_from: Annotated[str | None, BeforeValidator(_empty_is_unset)] = None
    """The address mail comes from; its domain also stands in every Message-ID."""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    """How the line to the mail server is secured: starttls (port 587) is demanded, never only tried; tls from the start (465)."""
    smtp_ca_file: Annotated[Annotated[Path, AfterValidator(_absolute)] | None, BeforeValidator(_empty_is_unset)] = None
    """Whom to trust about the mail server's name; not set: the system's authorities."""
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    """Only ever sent over a secured line."""
    bounces_to: Annotated[str | None, BeforeValidator(_empty_is_unset)] = None
    """Where mail that cannot be delivered comes back to (``bounces@example.org``); each message adds its key: ``bounces+KEY@…``."""
    bounces_imap_host: str = ""
    """The mailbox it comes to, read once a minute over TLS; not set: `caseflow bounces read` is called by the mail system."""
    bounces_imap_port: int = Field(default=993, ge=1, le=65535)
    bounces_imap_user: str = ""
    bounces_imap_password: str = Field(default="", repr=False)
    bounces_imap_folder: str = "INBOX"

    notify_key: Annotated[str | None, BeforeValidator(_empty_is_unset)] = Field(default=None, repr=False)
    """The service's API key at GOV.UK Notify."""
    notify_url: str = "https://api.notifications.service.gov.uk"
    notify_template_text: str = ""
    """The template that holds nothing but ((body)); for e-mail and letters ((subject)), too."""
    notify_template_email: str = ""
    notify_template_letter: str = ""
    notify_text_sender: str = ""
    """The id of the sender that texts come from; not set: the service's own."""
    notify_reply_to: str = ""
    """The id of the address that answers to e-mail go to; not set: the service's own."""
    notify_look_after: float = Field(default=600.0, ge=0.0)
    """Seconds after an unclear attempt until Notify is asked whether it has the message."""
    notify_sharers: int = Field(default=4, ge=1)
    """Processes that send by Notify: what each keeps to of its limits while Redis is away."""
    notify_token: Annotated[str | None, BeforeValidator(_empty_is_unset)] = Field(default=None, repr=False)
    """The bearer token that Notify's callbacks carry."""
    notify_token_old: Annotated[str | None, BeforeValidator(_empty_is_unset)] = Field(default=None, repr=False)
    """Still good while the token is being replaced."""
    webhooks_file: Annotated[Annotated[Path, AfterValidator(_absolute)] | None, BeforeValidator(_empty_is_unset)] = None
    """Where webhooks go (``config/webhooks.example.yaml`` shows one); not set: nowhere."""

    heartbeat_url: Annotated[Annotated[str, AfterValidator(_web_address)] | None, BeforeValidator(_empty_is_unset)] = (
        Field(default=None, repr=False)
    )
    """Asked (GET) once a minute while all drains, so that a dead-man's service elsewhere hears when it stops."""

    doors: tuple[str, ...] = ()
    """The HTTP doors that `python -m caseflow.api` opens, as a JSON list: api, health, inbound, receipts."""
    inbound_tokens: tuple[str, ...] = Field(default=(), max_length=2, repr=False)
    """What opens the door "inbound": one bearer token, or two while one is replaced, as a JSON list."""
    inbound_numbers: dict[str, str] = {}
    """Our numbers that people answer to, each with its scheme, as a JSON object; "*" stands for any other number."""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=1, le=65535)
    http_proxies: str = "127.0.0.1"
    """Proxies whose word about who asks is taken (addresses or networks, separated by commas): tries to sign in are counted
    by address."""

    public_url: Annotated[Annotated[str, AfterValidator(_public_url)] | None, BeforeValidator(_empty_is_unset)] = None
    """Where people outside find the pages (``https://pages.example.org``): providers' e-mails get a link. Not set: none."""
    reminder_links: bool = False
    """Participants' reminders get a link, too, where `public_url` is set; a text with one is mostly of two parts."""

    oidc_issuer: Annotated[Annotated[str, AfterValidator(_web_address)] | None, BeforeValidator(_empty_is_unset)] = None
    """The identity provider that people sign in through, letter by letter as its tokens say; not set: local accounts only."""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_second_factor: str = "mfa"
    """What the provider says (`amr` or `acr`) when it asked for a second factor, words with spaces between; an administrator's
    acts need one. Empty: the provider is trusted to ask for it, and says only when."""
    break_glass: bool = False
    """Where there is an identity provider: may local administrators sign in, too? For the day on which it is away."""

    @model_validator(mode="after")
    def _smtp_needs_an_address(self) -> Self:
        if self.sends_by("email") == "smtp" and not self.smtp_from:
            raise ValueError(f"e-mail leaves by smtp, so {PREFIX}SMTP_FROM must say which address the mail comes from")
        return self

    @model_validator(mode="after")
    def _a_password_needs_a_secured_line(self) -> Self:
        if (self.smtp_user or self.smtp_password) and self.smtp_tls == "none":
            raise ValueError(f"a password is not sent over an open line: set {PREFIX}SMTP_TLS to starttls or tls")
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise ValueError(f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD belong together: set both or neither")
        if self.bounces_to and self.bounces_to.count("@") != 1:
            raise ValueError(f"{PREFIX}BOUNCES_TO must be an address, such as bounces@example.org")
        return self

    @model_validator(mode="after")
    def _notify_needs_a_key_and_templates(self) -> Self:
        channels = [channel for channel in ("text", "email", "letter") if self.sends_by(channel) == "notify"]
        wanted = [f"NOTIFY_TEMPLATE_{one.upper()}" for one in channels if not getattr(self, f"notify_template_{one}")]
        if channels and not self.notify_key:
            wanted.insert(0, "NOTIFY_KEY")
        if wanted:
            raise ValueError(
                f"{', '.join(channels)} leave by notify, so these must be set: {', '.join(PREFIX + one for one in wanted)}"
            )
        return self

    @model_validator(mode="after")
    def _links_are_read_by_nobody_on_the_way(self) -> Self:
        if self.environment == "production" and (self.public_url or "https://").startswith("http://"):
            raise ValueError(f"{PREFIX}PUBLIC_URL must begin with https:// in production")
        return self

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> Self:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(given) and not all(given):
            raise ValueError(
                f"{PREFIX}OIDC_ISSUER, {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET belong together: set all or none"
            )
        if self.environment == "production" and (self.oidc_issuer or "https://").startswith("http://"):
            raise ValueError(f"{PREFIX}OIDC_ISSUER must begin with https:// in production")
        return self

    def sends_by(self, channel: str) -> str:
        """How this channel (text, email, letter) leaves: folder, smtp or notify."""
        own: str | None = getattr(self, f"sender_{channel}")
        if own:
            return own
        return self.sender if self.sender != "smtp" or channel == "email" else "folder"

    @property
    def outbox(self) -> Path:
        """The folder the folder sender writes to."""
        return self.outbox_dir or self.data_dir / "outbox"


def deployment(**overrides: object) -> Deployment:
    """Read the settings from the environment; `overrides` (from the command line) win. Raises SettingsError."""
    secrets = os.environ.get(SECRETS_DIR)
    if secrets and not Path(secrets).is_dir():
        raise SettingsError(f"{SECRETS_DIR} is {secrets}, which is not a folder. Mount it, or unset the variable.")
    try:
        return Deployment(_secrets_dir=secrets or None, **overrides)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None  # the original would print what was given, secrets included


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """``CASEFLOW_…`` variables that mean nothing to us, each with the likeliest name; for ``caseflow doctor``."""
    known = {PREFIX + name.upper() for name in Deployment.model_fields} | {SECRETS_DIR}
    found = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [_with_guess(name, known) for name in found]


def _with_guess(name: str, known: set[str]) -> str:
    guess = get_close_matches(name, known, n=1)
    return f"{name} is not a setting of caseflow" + (f"; did you mean {guess[0]}?" if guess else ".")


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        words = problem["msg"].removeprefix("Value error, ")
        where = "".join(f"{PREFIX}{str(part).upper()} " for part in problem["loc"][:1])
        lines.append(f"{where}{words}".strip())
    return "The settings cannot be used:\n" + "\n".join(f"  - {line}" for line in lines)
