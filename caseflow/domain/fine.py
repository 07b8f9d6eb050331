"""By when a fine is paid that a condition has become, and by when a raised one: where a disposal's pack has such terms.

The two counts differ in law (Police, Crime, Sentencing and Courts Act 2022, ss.108-117): 28 days *counting* the day of the
caution, then 21 days *from the next day*. No disposal in force has a fine; nothing is demanded by this product.
"""

from datetime import date

from caseflow.domain.calendar import last_day_of
from caseflow.domain.policy import FineTerms


def pay_by(cautioned: date, terms: FineTerms) -> date:
    """The last day for the fine as it was set."""
    return last_day_of(cautioned, terms.days, counting_the_first=terms.counting_the_first)


def pay_raised_by(cautioned: date, terms: FineTerms) -> date:
    """The last day for the raised fine: so many days from the day on which the first ran out."""
    return last_day_of(pay_by(cautioned, terms), terms.then_days, counting_the_first=terms.then_counting_the_first)


def raised(pence: int, terms: FineTerms) -> int:
    """The fine in pence when it was not paid in time; a part of a penny is left off."""
    return pence * (100 + terms.then_more_percent) // 100
