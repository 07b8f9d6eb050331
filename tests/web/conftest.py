"""The scheme that the pages are opened on: new for every test."""

import pytest
from web_scheme import Scheme, busy


@pytest.fixture
def scheme() -> Scheme:
    return busy()
