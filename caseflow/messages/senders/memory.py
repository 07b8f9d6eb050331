"""A sender that keeps what it is given in a list: for simulation and tests. It answers as it is told to."""

from collections import Counter
from collections.abc import Callable, Sequence

from caseflow.messages.senders import Outgoing, Sent


class MemorySender:
    """Keeps every message in `sent`, in order. `answer` decides the result of each; without it all are accepted."""

    def __init__(self, answer: Callable[[Outgoing], Sent] | None = None) -> None:
        self.sent: list[Outgoing] = []
        self._answer = answer
        self._told: dict[str, Sent] = {}

    def tell(self, key: str, result: Sent) -> None:
        """From now on answer `result` to every message with this key."""
        self._told[key] = result

    def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Keep the batch and answer for each."""
        self.sent.extend(batch)
        return [self._result(message) for message in batch]

    def doubles(self) -> dict[str, int]:
        """Keys given more than once, with how often."""
        return {key: times for key, times in Counter(message.key for message in self.sent).items() if times > 1}

    def _result(self, message: Outgoing) -> Sent:
        if message.key in self._told:
            return self._told[message.key]
        if self._answer is not None:
            return self._answer(message)
        return Sent(result="accepted", detail="kept in memory", provider_ref=message.key)
