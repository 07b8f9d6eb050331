"""caseflow: the engine of an out-of-court-disposal and deferred-prosecution scheme.

Referrals come in, each participant's journey is followed, and what is expected by when is reminded, chased and
escalated, while every decision that matters stays with a named person. Where to start reading: ``docs/``.
"""

__version__ = "0.2.0"
