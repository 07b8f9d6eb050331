"""Which user the servers run as, and what that user can reach.

PostgreSQL refuses to run as root. As root we therefore run both servers as *nobody*, and never open a folder of
anybody's for that: where nobody cannot get at the binaries or the data folder (a checkout in root's home), they go to
one folder of ours that it can reach.
"""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NOBODY = 65534
"""User and group id of *nobody*; it owns nothing by convention, so it may lose nothing."""

ROOTS_PLACE = Path("/var/lib/caseflow-embedded")
"""Where root's copies and unreachable data folders live; only root writes here, everyone may pass through."""


class SpawnAs(TypedDict, total=False):
    """The arguments of ``subprocess.Popen`` that choose the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group id the servers run as; `dropped` when that is not the user we are."""

    uid: int
    gid: int
    dropped: bool

    @classmethod
    def current(cls) -> "Account":
        """The account for this process: itself, or *nobody* when it is root."""
        if os.geteuid() == 0:
            return cls(NOBODY, NOBODY, dropped=True)
        return cls(os.geteuid(), os.getegid(), dropped=False)

    def spawn(self) -> SpawnAs:
        """Arguments for ``subprocess``; no supplementary groups, or root's would come along."""
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether this account may pass through every folder down to `path` (mode bits only, no ACLs)."""
        if not self.dropped:
            return True
        folders = [path, *path.parents] if path.is_dir() else list(path.parents)
        return all(self._may_pass(folder.stat()) for folder in folders)

    def _may_pass(self, entry: os.stat_result) -> bool:
        needed = stat.S_IXUSR if entry.st_uid == self.uid else stat.S_IXOTH
        return bool(entry.st_mode & needed)

    def make_folder(self, path: Path) -> None:
        """Make the folder `path`, the account's own and closed to others."""
        path.mkdir(mode=0o700)
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def write_secret(self, path: Path, text: str) -> None:
        """Write `text` where only the account (and root) can read it; the file is never readable in between."""
        fresh = path.with_name(path.name + ".new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - the mode must be set at creation
            file.write(text)
            if self.dropped:
                os.fchown(file.fileno(), self.uid, self.gid)
        fresh.replace(path)


def copied_within_reach(place: Path, name: str, *sources: Path) -> Path:
    """Copy the folders `sources` side by side into `place`, once; return the folder `name` that holds them.

    Everyone may read the copies. `name` should hold the version, so that an upgrade is copied anew.
    """
    target = _open_to_pass(place) / name
    if not target.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=place))
        for source in sources:
            shutil.copytree(source, fresh / source.name, symlinks=True)
        _open_for_reading(fresh)
        try:
            fresh.rename(target)
        except OSError:  # another process was quicker; its copy is as good
            shutil.rmtree(fresh)
    return target


def home_within_reach(place: Path, data_dir: Path) -> Path:
    """The folder in `place` that stands for `data_dir`; remembered in `data_dir`, so removing that forgets it."""
    note = data_dir / "servers-live-in"
    if note.is_file():
        home = Path(note.read_text(encoding="utf-8").strip())
        if home.is_dir():
            return home
    home = Path(tempfile.mkdtemp(prefix="data-", dir=_open_to_pass(place)))
    home.chmod(0o711)
    note.write_text(f"{home}\n", encoding="utf-8")
    return home


def _open_for_reading(folder: Path) -> None:
    """Let everyone read `folder`: an installer with a strict umask left it to root alone."""
    folder.chmod(0o755)
    for entry in folder.rglob("*"):
        if not entry.is_symlink():
            runs = entry.is_dir() or entry.stat().st_mode & stat.S_IXUSR
            entry.chmod(0o755 if runs else 0o644)


def _open_to_pass(place: Path) -> Path:
    if not place.is_dir():
        place.mkdir(parents=True)
        place.chmod(0o755)  # whatever the umask said
    return place
