"""Where webhooks go: a YAML file of receivers, checked here. Secrets are named in it, and stand in files or variables."""

import base64
import binascii
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caseflow.settings.plain_yaml import FileRefused, Problem, parse, problems_of, shown

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SECRET = "whsec_"  # noqa: S105 - the prefix of secrets, not one
"""What a signing secret begins with (Standard Webhooks)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One receiver. `secrets`: every one signs, the newest first."""

    scheme: str
    name: str
    url: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Receivers and where requests may go. `networks` are the only non-public addresses allowed."""

    endpoints: tuple[Endpoint, ...] = ()
    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    ca_file: Path | None = None
    https_only: bool = True


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Secret(_Strict):
    file: str | None = None
    env: str | None = None


class _Endpoint(_Strict):
    scheme: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    url: str
    secrets: Annotated[tuple[_Secret, ...], Field(min_length=1, max_length=4)]


class _Allow(_Strict):
    hosts: Annotated[tuple[str, ...], Field(min_length=1)]
    networks: tuple[str, ...] = ()


class _File(_Strict):
    format: Literal[1]
    allow: _Allow
    endpoints: tuple[_Endpoint, ...] = ()
    ca_file: str | None = None


def read_webhooks(path: Path, *, https_only: bool, environ: Mapping[str, str] = os.environ) -> Webhooks:
    """The receivers of this file, with their secrets. Relative paths in it are meant from its folder.

    Raises FileRefused with every fault and its place; no fault ever shows a secret.
    """
    content, problems = parse(path)
    if problems:
        raise FileRefused(problems)
    try:
        given = _File.model_validate(content)
    except ValidationError as error:
        known = {*_File.model_fields, *_Endpoint.model_fields, *_Allow.model_fields, *_Secret.model_fields}
        raise FileRefused(problems_of(shown(path), error, known)) from None
    found: list[Problem] = []

    def wrong(place: str, reason: str) -> None:
        found.append(Problem(shown(path), place, reason))

    hosts = frozenset(host.lower().rstrip(".") for host in given.allow.hosts)
    networks = []
    for number, text in enumerate(given.allow.networks):
        try:
            networks.append(ipaddress.ip_network(text))
        except ValueError as why:
            wrong(f"allow.networks[{number}]", f"is no network: {why}")
    endpoints = []
    for number, one in enumerate(given.endpoints):
        place = f"endpoints[{number}]"
        if reason := url_fault(one.url, hosts, https_only=https_only):
            wrong(f"{place}.url", reason)
        secrets = []
        for index, named in enumerate(one.secrets):
            try:
                secrets.append(_secret(named, path.parent, environ))
            except ValueError as why:
                wrong(f"{place}.secrets[{index}]", str(why))
        endpoints.append(Endpoint(one.scheme, one.name, one.url, tuple(secrets)))
    names = [(one.scheme, one.name) for one in endpoints]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        wrong("endpoints", f"{twice[0]}/{twice[1]} stands twice: give one another name")
    ca_file = path.parent / given.ca_file if given.ca_file else None
    if ca_file and not ca_file.is_file():
        wrong("ca_file", "there is no such file")
    if found:
        raise FileRefused(found)
    return Webhooks(tuple(endpoints), hosts, tuple(networks), ca_file, https_only)


def url_fault(url: str, hosts: frozenset[str], *, https_only: bool) -> str:
    """Why this address may not be posted to; empty when it may."""
    if any(char <= " " or char == "\\" or char > "~" for char in url):
        return "holds a space, a backslash or a character that is not plain ASCII"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as reason:
        return f"is no address: {reason}"
    if parts.scheme != "https" and (https_only or parts.scheme != "http"):
        return "must begin with https://"
    if not host:
        return "names no host"
    if "@" in parts.netloc:
        return "holds a user name or password: secrets belong under `secrets`"
    if parts.fragment:
        return "holds a #fragment, which is never sent"
    if host.rstrip(".") not in hosts:
        return f"goes to {host}, which is not listed under allow.hosts"
    return ""


def _secret(named: _Secret, folder: Path, environ: Mapping[str, str]) -> str:
    if (named.file is None) == (named.env is None):
        raise ValueError("say either `file` or `env`")
    if named.env is not None:
        text = environ.get(named.env, "")
        if not text:
            raise ValueError(f"the variable {named.env} is not set")
    else:
        try:
            text = (folder / str(named.file)).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"the file {named.file} cannot be read") from None
    if reason := secret_fault(text.strip()):
        raise ValueError(reason)
    return text.strip()


def secret_fault(text: str) -> str:
    """Why this is no signing secret (``whsec_`` and base64 of 24 to 64 bytes); never repeats it."""
    if not text.startswith(SECRET):
        return f"a signing secret begins with {SECRET}"
    try:
        size = len(base64.b64decode(text.removeprefix(SECRET), validate=True))
    except binascii.Error:
        return f"what follows {SECRET} is not base64"
    return "" if 24 <= size <= 64 else f"a signing secret has 24 to 64 bytes, this one has {size}"
