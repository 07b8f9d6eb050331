"""A referral file into cases: rows | refused or read | batches | known? | allowed? | people, notes, numbers | handle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from caseflow.domain import plan
from caseflow.domain.commands import Asked, Refer
from caseflow.domain.last_safe import Clock, clock_of, nearness
from caseflow.domain.words import Refused, Role
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.imports.referrals import OPTIONAL, REQUIRED, Referral, RowRefused, note_id, read_referrals
from caseflow.imports.refused import REASON, RefusedFile
from caseflow.imports.tables import open_table

BATCH = 200

Progress = Callable[[int, int], None]
"""Called after each batch with (bytes read, bytes in all)."""


@dataclass(frozen=True, slots=True)
class Dated:
    """An accepted row and its last safe decision date. `near`: past | near (sooner than the disposal takes) | ""."""

    row: int
    ref: str
    command: Refer
    clock: Clock
    near: str
    weeks: int | None


@dataclass(slots=True)
class ImportReport:
    """What became of a file's rows. accepted + known + refused = rows; `dated` has the accepted ones in order."""

    rows: int = 0
    accepted: int = 0
    known: int = 0
    refused: int = 0
    refused_path: Path | None = None
    ignored_columns: tuple[str, ...] = ()
    dated: list[Dated] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one readable row: `accepted` with its reference, `known` (referred before), or refused with a reason."""

    referral: Referral
    what: str
    reason: str = ""
    ref: str = ""


def import_referrals(app: App, path: Path, *, as_at: bool = False, progress: Progress | None = None) -> ImportReport:
    """Read the whole file; each row is accepted, already known, or refused into `FILE.refused.csv`.

    Importing again changes nothing: known people and cases are found by what they are. Raises FileRefused when the
    file cannot be read as a table of referrals, before anything is imported.
    """
    table = open_table(path, REQUIRED, (*OPTIONAL, REASON))
    report = ImportReport(ignored_columns=table.extra)
    position = [0]
    policies = app.store.policies()
    if not policies:
        raise LookupError("no scheme is published in this database: run `caseflow db upgrade`")
    today = next(iter(policies.values())).calendar.local(_now(app)).date()
    read = read_referrals(table, policies, app.offences, today=today, as_at=as_at, position=position)
    with RefusedFile(table) as refused:
        for batch in _batches(read):
            report.rows += len(batch)
            good = [one for one in batch if isinstance(one, Referral)]
            fates = {taken.referral.row.number: taken for taken in take(app, good)}
            for one in batch:
                fate = fates.get(one.row.number)
                reason = one.reason if isinstance(one, RowRefused) else fate.reason if fate else ""
                if reason:
                    report.refused += 1
                    refused.add(one.row, f"row {one.row.number}: {reason}")
                elif fate and fate.what == "known":
                    report.known += 1
                else:
                    report.accepted += 1
                    if fate:
                        report.dated.append(_dated(app, fate, today))
            if progress:
                progress(position[0], table.size)
    report.refused_path = refused.path
    if progress:
        progress(table.size, table.size)
    return report


def _dated(app: App, fate: Taken, today: date) -> Dated:
    command = fate.referral.command
    policy = app.policy(fate.referral.scheme, command.policy_version)
    clock, weeks = clock_of(command), policy.disposals[command.disposal].max_weeks
    near = nearness(clock.day, today, weeks) if clock.day is not None else ""
    return Dated(fate.referral.row.number, fate.ref, command, clock, near, weeks)


def take(app: App, referrals: Sequence[Referral]) -> list[Taken]:
    """Refer these people. Any number; one fate each, in the order given."""
    fates: list[Taken] = []
    for scheme in sorted({one.scheme for one in referrals}):
        mine = [one for one in referrals if one.scheme == scheme]
        fates += _take(replace(app, scheme=scheme), mine)
    places = {id(one): at for at, one in enumerate(referrals)}
    return sorted(fates, key=lambda taken: places[id(taken.referral)])


def _take(app: App, referrals: Sequence[Referral]) -> list[Taken]:
    fates: list[Taken] = []
    fresh: list[Referral] = []
    with app.store.begin() as unit:
        now = unit.now()
        seen = set(unit.lock(app.scheme, sorted({one.asked.stream for one in referrals})))
        for one in referrals:
            if one.asked.stream in seen:
                fates.append(Taken(one, "known"))
            elif reason := _not_allowed(app, one, now):
                fates.append(Taken(one, "refused", reason))
            else:
                seen.add(one.asked.stream)
                fresh.append(one)
        asked = _numbered(app, unit.allocate_refs, fresh)
        unit.upsert_people(app.scheme, list({who.id: who for one in fresh for who in one.people}.values()))
        unit.add_texts(
            app.scheme,
            [(note_id(one.asked.stream), one.command.parties[Role.PARTICIPANT], one.note) for one in fresh],
        )
    answers = handle(app, asked)
    for one, wish, answer in zip(fresh, asked, answers, strict=True):
        what = "refused" if answer.refused else "known" if answer.repeat else "accepted"
        ref = wish.command.ref if isinstance(wish.command, Refer) else ""
        fates.append(Taken(one, what, answer.words if answer.refused else "", ref))
    return fates


def _not_allowed(app: App, one: Referral, now: datetime) -> str:
    """Ask the domain first, so that a refused row takes no number and leaves nobody in the people register."""
    policy = app.policy(app.scheme, one.command.policy_version)
    planned = plan.handle(None, one.numbered(policy.ref_prefix), policy, now)
    return planned.words if isinstance(planned, Refused) else ""


def _numbered(app: App, allocate: Callable[[str, int, int], int], fresh: Sequence[Referral]) -> list[Asked]:
    """The commands with their references: prefix, year of the referral, running number of the scheme and year."""
    by_year: dict[int, list[Referral]] = {}
    local = {id(one): app.policy(app.scheme, one.command.policy_version) for one in fresh}
    for one in fresh:
        year = local[id(one)].calendar.local(one.command.referred_at).year
        by_year.setdefault(year, []).append(one)
    numbered: dict[int, Asked] = {}
    for year, ones in sorted(by_year.items()):
        first = allocate(app.scheme, year, len(ones))
        for number, one in enumerate(ones, start=first):
            numbered[id(one)] = one.numbered(f"{local[id(one)].ref_prefix}-{year % 100:02d}-{number:06d}")
    return [numbered[id(one)] for one in fresh]


def _batches(read: Iterator[Referral | RowRefused]) -> Iterator[list[Referral | RowRefused]]:
    while batch := list(islice(read, BATCH)):
        yield batch


def _now(app: App) -> datetime:
    with app.store.begin() as unit:
        return unit.now()
