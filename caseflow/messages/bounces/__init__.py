"""Mail that comes back: what it says of each recipient, and which of our messages it speaks of.

read_bounce(raw)  # → [Returned(address="sam@example.org", verdict=Receipt.PERMANENT, key="…", …)], [] for other mail
"""

from caseflow.messages.bounces.reading import read_bounce

__all__ = ["read_bounce"]
