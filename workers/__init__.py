"""The Celery workers: one queue, one task and one process a lane. Redis carries hints, PostgreSQL the truth.

A task has no arguments but a limit, drains its lane for at most `drain.BUDGET` seconds, and may be lost, doubled or
late without harm.
"""
