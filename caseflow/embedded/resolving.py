"""Which servers to use: the configured ones, those already running in the data folder, or ones started here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from caseflow.embedded.failures import NotForProduction
from caseflow.embedded.servers import Addresses, Servers, running


class Wanted(Protocol):
    """What is needed of `caseflow.settings.deployment.Deployment`."""

    @property
    def environment(self) -> str:
        """``development``, ``test`` or ``production``."""

    @property
    def database_url(self) -> str | None:
        """The configured database, if any."""

    @property
    def broker_url(self) -> str | None:
        """The configured broker, if any."""

    @property
    def data_dir(self) -> Path:
        """The folder of the embedded servers."""


@contextmanager
def resolve(deployment: Wanted) -> Iterator[Addresses]:
    """Yield the addresses to use; servers started for it are stopped at the end.

    A configured address always wins; what is not configured comes from the embedded servers of the data folder. When
    another process (``caseflow up`` in the next terminal) runs those already, they are shared, and left running.
    Raises NotForProduction when something is not configured in production, and what `Servers.start` raises.
    """
    if deployment.database_url and deployment.broker_url:
        yield Addresses(deployment.database_url, deployment.broker_url)
        return
    if deployment.environment == "production":
        raise NotForProduction
    shared = running(deployment.data_dir)
    if shared is not None:
        yield _preferring_configured(deployment, shared)
        return
    with Servers(deployment.data_dir, deployment.environment) as own:
        yield _preferring_configured(deployment, own.addresses)


def _preferring_configured(deployment: Wanted, embedded: Addresses) -> Addresses:
    return Addresses(
        deployment.database_url or embedded.database_url,
        deployment.broker_url or embedded.broker_url,
    )
