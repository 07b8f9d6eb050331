"""How long people's tasks take: `config/staff-minutes.yaml`, minutes for each kind of task, and where they come from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caseflow.domain.acts import TASKS
from caseflow.settings.plain_yaml import FileRefused, Problem, parse, problems_of, shown
from caseflow.settings.strict import Code, Words

FILE = "staff-minutes.yaml"


@dataclass(frozen=True, slots=True)
class Minutes:
    """Whole minutes by kind of task; `source` says who measured or guessed them."""

    by_kind: dict[str, int]
    source: str


class _File(BaseModel):
    """Not one of the scheme file's own shapes, which the page on policies lists."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    source: Words
    minutes: dict[Code, Annotated[int, Field(ge=0)]]


def read_minutes(config: Path) -> Minutes:
    """The minutes below this config folder. Raises FileRefused with everything that is wrong."""
    path = config / FILE
    content, problems = parse(path)
    if problems:
        raise FileRefused(problems)
    try:
        found = _File.model_validate(content)
    except ValidationError as error:
        raise FileRefused(problems_of(shown(path), error, ("source", "minutes"))) from error
    wrong = [
        Problem(shown(path), f"minutes.{kind}", "there is no such kind of task")
        for kind in found.minutes
        if kind not in TASKS
    ]
    wrong += [
        Problem(shown(path), "minutes", f"says nothing of the kind {kind!r}")
        for kind in sorted(TASKS - found.minutes.keys())
    ]
    if wrong:
        raise FileRefused(wrong)
    return Minutes(dict(found.minutes), found.source)
