"""A real PostgreSQL and a real Redis-compatible server out of wheels, for a laptop, a demo and the tests.

What is tested is what is deployed: the same two servers, only started by us, on loopback, in one data folder that
survives restarts. Never for production: the wheels are convenient, nobody watches over them, and the launcher refuses.

    with resolve(deployment) as servers:        # the configured servers, or ours
        ...servers.database_url, servers.broker_url

The room imports only the standard library, so that the command line may import it at no cost.
"""

from caseflow.embedded.failures import DataFolderBusy, EmbeddedError, NotForProduction, StartFailed, WheelMissing
from caseflow.embedded.resolving import resolve
from caseflow.embedded.servers import Addresses, Servers, running

__all__ = [
    "Addresses",
    "DataFolderBusy",
    "EmbeddedError",
    "NotForProduction",
    "Servers",
    "StartFailed",
    "WheelMissing",
    "resolve",
    "running",
]
