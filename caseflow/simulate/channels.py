"""The channels: what became of each message on its way, told as receipts; and then whoever got it reads it."""

from caseflow.domain.case import Case
from caseflow.domain.commands import NoteDelivery
from caseflow.domain.words import Channel, Origin, Receipt, Role
from caseflow.engine.readings import PostedLine
from caseflow.simulate.replies import read
from caseflow.simulate.world import SYSTEM, World


def carry(world: World, line: PostedLine) -> None:
    """One message to a participant: a receipt, soon or never; a delivered one may be answered."""
    case = world.files.get(line.stream)
    if case is None or line.to != Role.PARTICIPANT.value:
        return
    receipt = world.told(line) if world.told else _receipt(world, case, line)
    world.tally.receipts[f"{line.channel}/{receipt.value if receipt else 'none'}"] += 1
    if receipt is not None and not world.told:
        world.ask(case.id, _note(line, receipt), SYSTEM, origin=Origin.CHANNEL)
    if receipt is Receipt.DELIVERED or (receipt is None and line.channel != Channel.TEXT.value):
        read(world, case, line)


def _occasion(line: PostedLine) -> str:
    """The message as people know it: without the number of the fact it followed from."""
    rung = "fact" if line.rung.startswith("fact:") else line.rung
    return f"{line.purpose}:{line.expectation}:{line.cycle}:{rung}:{line.subject}:{line.channel}"


def _receipt(world: World, case: Case, line: PostedLine) -> Receipt | None:
    rates, draws = world.rates.channels, world.draws
    if line.channel == Channel.EMAIL.value:
        bounces = draws.chance(rates.email_bounces, case.id, f"mail:{line.address}")
        return Receipt.PERMANENT if bounces else None  # mail servers say nothing when all is well
    if line.channel == Channel.LETTER.value:
        returned = draws.chance(rates.letter_returned, case.id, f"letter:{line.address}")
        return Receipt.PERMANENT if returned else Receipt.DELIVERED  # the printer's word that it was posted
    person = world.person(case.id)
    if person.number == "dead" or draws.chance(rates.number_fails, case.id, f"number:{line.address}"):
        return Receipt.PERMANENT
    draw = draws.share(case.id, f"text:{_occasion(line)}")
    if draw < rates.text_temporary:
        return Receipt.TEMPORARY
    return None if draw < rates.text_temporary + rates.text_no_receipt else Receipt.DELIVERED


def _note(line: PostedLine, receipt: Receipt) -> NoteDelivery:
    return NoteDelivery(
        notice=line.key,
        purpose=line.purpose,
        channel=Channel(line.channel),
        receipt=receipt,
        address=line.address,
        expectation=line.expectation,
        cycle=line.cycle,
        rung=line.rung,
        subject=line.subject,
    )
