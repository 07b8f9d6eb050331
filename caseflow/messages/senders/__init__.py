"""How messages leave the house. Every sender takes a batch and answers one `Sent` for each `Outgoing`, in order.

`accepted` means the channel took it, never that anybody read it; `failed` means it certainly did not go;
`unknown` means nobody can tell, and whoever asked decides what to do (see `Message.unclear`).
"""

import time
from datetime import timedelta

from caseflow.engine.ports import Outgoing, Sent

__all__ = ["Outgoing", "Sent", "too_late"]


def too_late(message: Outgoing) -> Sent | None:
    """Asked just before the words leave: whether they are not this process's to send any more.

    It was held up so long that another may be sending them, or it was told to stop and another shall.
    """
    if message.good_until and time.monotonic() > message.good_until:
        return Sent("failed", "held up for too long: it is somebody else's to send", again_in=timedelta(0))
    if message.called_off():
        return Sent("failed", "its worker was told to stop: it is another's to send", again_in=timedelta(0))
    return None
