"""Who may come in by a machine's door: a bearer token, compared in constant time; two are good while one is replaced."""

import secrets
from collections.abc import Sequence

from fastapi import HTTPException, Request, status


def require(request: Request, tokens: Sequence[str]) -> None:
    """Raise 401 unless the request carries one of these tokens. No token set means: nobody may.

    Every token is compared, whatever the first said, so that the time taken tells nothing.
    """
    given = request.headers.get("authorization", "")
    scheme, _, token = given.partition(" ")
    right = [secrets.compare_digest(token.encode(), one.encode()) for one in tokens if one]
    if scheme.lower() != "bearer" or not any(right):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "the bearer token is missing or wrong")
