"""`value`: the dataclass for what is made many times in every step of a case.

mypy reads it as `dataclass(frozen=True, …)` and refuses an assignment all the same. At run time nobody stands guard: a
frozen dataclass sets each field by a call, which takes five times as long as making the same value open (one part in
seven of all that a replay of histories took). Only for values of the engine's own making; what people's facts
are stays frozen in both ways.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from collections.abc import Callable
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool = False) -> Callable[[type], type]:
        """A dataclass that is compared and hashed as a frozen one is."""
        return dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ["value"]
