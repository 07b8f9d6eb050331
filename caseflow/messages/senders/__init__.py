"""How messages leave the house. Every sender takes a batch and answers one `Sent` for each `Outgoing`, in order.

`accepted` means the channel took it, never that anybody read it; `failed` means it certainly did not go;
`unknown` means nobody can tell, and whoever asked decides what to do (see `Message.unclear`).
"""

from caseflow.engine.ports import Outgoing, Sent

__all__ = ["Outgoing", "Sent"]
