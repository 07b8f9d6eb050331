"""Several hands on one lane in one process: while one waits for a channel or the database, another words its messages.

Each hand claims for itself; two never hold the same work. For verbs that wait for the world, not for those that reckon.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from caseflow.engine.app import Counts


def side_by_side(work: Callable[[], Counts], hands: int) -> Counts:
    """What all hands did together. An error of one is raised when all have ended."""
    if hands == 1:
        return work()
    total = Counts()
    with ThreadPoolExecutor(hands, thread_name_prefix="hand") as pool:
        for one in [pool.submit(work) for _ in range(hands)]:
            total += one.result()
    return total
