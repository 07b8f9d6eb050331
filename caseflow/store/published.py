"""Policy versions as they were published: canonical JSON and its SHA-256, immutable from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseflow.store.arrays import Rows


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a scheme's policy in canonical JSON, with its SHA-256."""

    scheme: str
    version: str
    sha256: str
    canonical: str


class PolicyChanged(Exception):
    """A version that was published says something else now."""


_version = Rows(scheme="text", version="text", sha256="text", canonical="text")
PUBLISH = sa.text(f"""
    INSERT INTO policies (scheme_id, version, sha256, canonical, published_at)
    SELECT {_version.columns}, CAST(:now AS timestamptz) FROM {_version.source}
        ON CONFLICT (scheme_id, version) DO NOTHING""")
READ = sa.text("SELECT scheme_id, version, sha256, canonical FROM policies ORDER BY scheme_id, version")


def read(connection: sa.Connection) -> list[Published]:
    """Every version, by scheme and version."""
    return [Published(*row) for row in connection.execute(READ)]


def publish(connection: sa.Connection, versions: Sequence[Published], now: datetime) -> None:
    """Keep these versions; one that is there must be the same. Raises PolicyChanged, and then keeps none."""
    if versions:
        rows = sorted((one.scheme, one.version, one.sha256, one.canonical) for one in versions)
        connection.execute(PUBLISH, {**_version.bind(rows), "now": now})
        refuse_changed(read(connection), versions)


def refuse_changed(kept: Sequence[Published], versions: Sequence[Published]) -> None:
    """Raises PolicyChanged when one of `versions` was published with another digest."""
    digests = {(one.scheme, one.version): one.sha256 for one in kept}
    for one in versions:
        if digests.get((one.scheme, one.version), one.sha256) != one.sha256:
            raise PolicyChanged(
                f"Version {one.version} of the policy of {one.scheme} was changed after it was published:"
                " put the file back as it was and give the change a new version."
            )
