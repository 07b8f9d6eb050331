"""The page about settings: every environment variable, its default and what it may be."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from caseflow.cli.reference.markdown import page, table
from caseflow.cli.reference.sources import remarks, shown_default
from caseflow.settings.deployment import PREFIX, SECRETS_DIR, Deployment


def settings_page() -> str:
    """Every variable of `Deployment`."""
    said = remarks(Deployment)
    rows = [
        (f"`{PREFIX}{name.upper()}`", _allowed(field), _default(field), said.get(name, ""))
        for name, field in Deployment.model_fields.items()
    ]
    return page(
        "Settings",
        "One installation's settings come from the environment; `config/caseflow.example.env` is a file to copy. An "
        "empty value "
        "means: not set. A mistake stops the program with the variable's name and what to write.",
        table(("variable", "may be", "if not set", ""), rows),
        f"With `{SECRETS_DIR}=/run/secrets`, a secret may come as a file: `/run/secrets/caseflow_database_url`.",
        "`caseflow doctor` names variables that begin like ours and mean nothing. What a scheme does is no setting: "
        "that is "
        "its [policy](policy.md).",
    )


def _default(field: FieldInfo) -> str:
    default = field.get_default()
    if isinstance(default, Path):
        return f"`{default.name}`"
    return "not set" if default is None else shown_default(default)


def _allowed(field: FieldInfo) -> str:
    hint: Any = field.annotation
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(hint))
    limits = {
        key: value for mark in field.metadata for key in ("ge", "le") if (value := getattr(mark, key, None)) is not None
    }
    if limits:
        return f"{limits['ge']} to {limits['le']}" if "le" in limits else f"{limits['ge']} or more"
    if "Path" in str(hint):
        return "a folder"
    return "an address" if "url" in str(field.alias or "") else "text"
