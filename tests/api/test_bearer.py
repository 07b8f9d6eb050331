"""Two tokens are good while one is replaced; nothing else opens the door."""

import pytest
from fastapi import HTTPException
from starlette.requests import Request

from caseflow.api.bearer import require


def request(authorization: str | None) -> Request:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize("given", ["Bearer new", "bearer old", "BEARER new"])
def test_either_of_two_tokens_opens_the_door(given):
    require(request(given), ("new", "old"))


@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer", "Basic new", "Bearer newer", "new", "Bearer new old"])
def test_nothing_else_does(given):
    with pytest.raises(HTTPException) as refused:
        require(request(given), ("new", "old"))
    assert refused.value.status_code == 401


@pytest.mark.parametrize("tokens", [(), ("",), ("", "")])
def test_with_no_token_set_nobody_comes_in(tokens):
    with pytest.raises(HTTPException):
        require(request("Bearer "), tokens)
