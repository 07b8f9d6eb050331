"""What every file of settings has in common: no setting is ignored, no type is guessed, every name is on its list."""

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from caseflow.settings.plain_yaml import near


class Strict(BaseModel):
    """No setting is ignored, no type is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def on_the_list(what: str, known: Collection[str]) -> AfterValidator:
    """A name must be one of these; else the problem says so, with a guess at what was meant."""

    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}{near(name, known)}")
        return name

    return AfterValidator(check)


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Positive = Annotated[int, Field(gt=0)]
ByLanguage = dict[Annotated[str, StringConstraints(pattern=r"^(en|cy)$")], Words]
