"""A disposal pack: what the law says of one disposal, with the source of every figure.

A pack is ``config/disposals/<disposal>/<version>.yaml``. A scheme names one (``pack: conditional_caution/1``); when the scheme's
file is read the whole pack takes the name's place, so a published policy holds the law it was written under.
"""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from caseflow.domain.policy import BREACH_LEADS_TO, NEEDS, DisposalPack, DisposalRules, FineTerms
from caseflow.settings.paths import config_dir
from caseflow.settings.plain_yaml import FileRefused, Problem, canonical_json, near, parse, problems_of, shown
from caseflow.settings.strict import ByLanguage, Code, Positive, Strict, Words, on_the_list

Source = Annotated[str, StringConstraints(pattern=r"^\[(law|guidance|secondary|practice|scheme)\] \S.*$")]
"""Where a figure comes from: the kind of source in brackets, then which."""
Need = Annotated[str, on_the_list("need", NEEDS)]
Leads = Annotated[str, on_the_list("end of a breach", BREACH_LEADS_TO)]


class OutcomeFile(Strict):
    """The Home Office's number."""

    is_: Annotated[int, Field(ge=0, le=22, alias="is")]
    source: Source


class AdultsFile(Strict):
    """From which age it may be given."""

    age: Annotated[int, Field(ge=18)]
    source: Source


class EnforcesFile(Strict):
    """What may be enforced at all."""

    what: Words
    source: Source


class HoursFile(Strict):
    """How many hours may be enforced."""

    at_most: Positive
    of: Words
    source: Source


class WeeksFile(Strict):
    """How long it usually takes; beyond that a reason is written down, and never beyond `at_most`."""

    usually: Positive
    at_most: Positive | None = None
    source: Source


class FineFile(Strict):
    """By when a fine is paid, and by when a raised one. Whether a count takes in its first day is the law's to say."""

    days: Positive
    counting_the_first: bool
    then_more_percent: Positive
    then_days: Positive
    then_counting_the_first: bool
    source: Source


class PackFile(Strict):
    """A whole pack. Without `enforces` nothing can be enforced; then there are no hours, no fine, no strikes."""

    format: Literal[1]
    disposal: Code
    version: Annotated[int, Field(ge=0)]
    title: ByLanguage
    in_force: bool
    why_not: str = ""
    outcome: OutcomeFile
    adults_from: AdultsFile
    needs: dict[Need, Source]
    enforces: EnforcesFile | None = None
    hours: HoursFile | None = None
    weeks: WeeksFile | None = None
    fine: FineFile | None = None
    breach_may_lead_to: Annotated[dict[Leads, Source], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> "PackFile":
        if self.in_force is bool(self.why_not):
            raise ValueError("why_not says why a disposal is not in force, and stands only then")
        if self.enforces is None and (self.hours or self.fine):
            raise ValueError("where nothing is enforced there are no hours and no fine")
        if self.weeks and self.weeks.at_most is not None and self.weeks.at_most < self.weeks.usually:
            raise ValueError("weeks.at_most is less than weeks.usually")
        return self


def pack_of(file: PackFile) -> DisposalPack:
    """The pack as the domain knows it."""
    sources = {"outcome": file.outcome.source, "adults_from": file.adults_from.source}
    sources |= {f"needs.{name}": source for name, source in file.needs.items()}
    sources |= {f"breach.{name}": source for name, source in file.breach_may_lead_to.items()}
    parts = {"enforces": file.enforces, "hours": file.hours, "weeks": file.weeks, "fine": file.fine}
    sources |= {name: part.source for name, part in parts.items() if part is not None}
    fine = None if file.fine is None else FineTerms(**file.fine.model_dump(exclude={"source"}))
    return DisposalPack(
        name=file.disposal, version=file.version, title=dict(file.title), in_force=file.in_force, why_not=file.why_not,
        outcome=file.outcome.is_, adults_from=file.adults_from.age, needs=tuple(file.needs),
        enforces="" if file.enforces is None else file.enforces.what,
        max_hours=None if file.hours is None else file.hours.at_most,
        hours_of="" if file.hours is None else file.hours.of,
        usual_weeks=None if file.weeks is None else file.weeks.usually,
        max_weeks=None if file.weeks is None else file.weeks.at_most,
        fine=fine, breach_may_lead_to=tuple(file.breach_may_lead_to), sources=sources,
    )  # fmt: skip


def pack_paths(config: Path) -> list[Path]:
    """Every pack file of a config folder, by disposal and version."""
    return sorted((config / "disposals").glob("*/*.yaml"), key=lambda one: (one.parent.name, len(one.stem), one.stem))


@cache
def switched_off(config: Path) -> Mapping[str, DisposalPack]:
    """By disposal, the newest pack where the law has it and it is not in force yet. Read once. Raises FileRefused."""
    newest = {path.parent.name: path for path in pack_paths(config)}
    return {name: pack for name, path in newest.items() if not (pack := read_pack(path)).in_force}


def read_pack(path: Path) -> DisposalPack:
    """The pack in a file. Raises FileRefused with everything that is wrong."""
    content, problems = parse(path)
    if problems:
        raise FileRefused(problems)
    try:
        file = PackFile.model_validate_json(canonical_json(content))
    except ValidationError as wrong:
        raise FileRefused(problems_of(shown(path), wrong, PackFile.model_fields)) from wrong
    if (file.disposal, str(file.version)) != (path.parent.name, path.stem):
        raise FileRefused(
            [Problem(shown(path), "disposal", "its disposal and version must agree with its folder and name")]
        )
    return pack_of(file)


def rules_by(
    pack: DisposalPack,
    *,
    strikes: bool,
    ladders: tuple[str, ...],
    breach_leads_to: str,
    title: Mapping[str, str] = MappingProxyType({}),
    also_needs: Collection[str] = (),
    max_hours: int | None = None,
    max_weeks: int | None = None,
    ends_without_engagement: str = "not_engaged",
) -> DisposalRules:
    """A disposal as a scheme uses it: the pack's word where the scheme says nothing of its own."""
    return DisposalRules(
        name=pack.name, title={**pack.title, **title}, strikes=strikes, ladders=ladders,
        needs=tuple(need for need in NEEDS if need in {*pack.needs, *also_needs}), breach_leads_to=breach_leads_to,
        pack=pack, max_hours=max_hours or pack.max_hours, max_weeks=max_weeks or pack.usual_weeks,
        ends_without_engagement=ends_without_engagement,
    )  # fmt: skip


def fetched(reference: object, config: Path) -> tuple[Any, str]:
    """The content of the pack that a scheme names (``disposal/version``), or why there is none.

    Looked for in the scheme's own config folder, then among those that come with the product.
    """
    if not isinstance(reference, str) or reference.count("/") != 1:
        return None, f"{reference!r} should name a pack and its version, such as conditional_caution/1"
    disposal, version = reference.split("/")
    for folder in (config, config_dir()):
        path = folder / "disposals" / disposal / f"{version}.yaml"
        if path.is_file():
            content, problems = parse(path)
            if problems:
                return None, f"{shown(path)}: {problems[0].reason}"
            if not isinstance(content, dict) or f"{content.get('disposal')}/{content.get('version')}" != reference:
                return None, f"{shown(path)}: its disposal and version must agree with its folder and name"
            return content, ""
    known = sorted({f"{one.parent.name}/{one.stem}" for folder in (config, config_dir()) for one in pack_paths(folder)})
    return None, f"there is no pack {reference!r}{near(reference, known)}; there are {', '.join(known)}"
