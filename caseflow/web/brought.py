"""What a form brings: fields as text, and files where it has some. The caller has read no more than it allows."""

import email
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.policy import HTTP
from urllib.parse import parse_qsl

MOST = 5000
"""Fields of one form: a large provider's return has a handful for each person."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Fields by name, and files by the name of their field. A file's own name is looked at by nobody."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_form(body: bytes, content_type: str) -> Sent:
    """A form as browsers send it, with files (multipart/form-data) or without. What is neither has no fields.

    Raises ValueError for more than MOST fields.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST)
        return Sent({name: _plain(value) for name, value in pairs})
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = email.message_from_bytes(head + body, policy=HTTP)
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes) or len(fields) + len(files) >= MOST:
            continue
        if part.get_param("filename", header="content-disposition") is None:
            fields[name] = _plain(content.decode(errors="replace"))
        elif content:
            files[name] = content
    return Sent(fields, files)


def _plain(value: str) -> str:
    return value.replace("\0", "").replace("\r\n", "\n")
