"""What must be true of a whole policy, beyond each setting on its own. Checks yield (place, reason); none stops early.

The checks that carry the product's word: no ladder runs out without a person looking, no strike where nothing is
enforceable, no prosecution where the disposal allows none, no participant's message to anybody else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from caseflow.domain.calendar import Calendar
from caseflow.domain.policy import WITHOUT_PROSECUTION
from caseflow.domain.words import Role
from caseflow.settings.offered import Offered
from caseflow.settings.plain_yaml import near
from caseflow.settings.scheme_file import ActFile, DisposalFile, LadderFile, RungFile, SchemeFile
from caseflow.settings.scheme_times import (
    Finding,
    hours_are_humane,
    offsets_have_their_anchor,
    rungs_are_in_order,
    their_side_has_its_time,
)

STRIKE_MESSAGES = {"strike_letter", "your_side", "decision_breached"}
STRIKE_ACTS = {"rule", "lapse"}
SENDING = {"send", "tell"}
OPENS_A_TASK = {"call", "task", "ask", "decide", "flag", "rule", "review"}
THE_ENGINES = {"lapse", "digest", "end_hold"}
STAFF = {Role.SUPERVISOR, Role.MANAGER, Role.COORDINATOR, Role.VICTIM_CARE}
ALWAYS_AGAINST_A_STRIKE = ("voluntary_item", "before_read_back", "number_unconfirmed")
VERDICTS = {"decision_breached", "decision_carry_on", "decision_ended"}


def rungs(scheme: SchemeFile) -> Iterator[tuple[str, LadderFile, int, RungFile]]:
    """Every rung with its ladder's name and its index."""
    for name, ladder in scheme.ladders.items():
        for index, rung in enumerate(ladder.rungs):
            yield name, ladder, index, rung


def acts(scheme: SchemeFile) -> Iterator[tuple[str, LadderFile, RungFile, ActFile]]:
    """Every act with its place in the file."""
    for name, ladder, index, rung in rungs(scheme):
        for number, act in enumerate(rung.acts):
            yield f"ladders.{name}.rungs[{index}].acts[{number}]", ladder, rung, act


# ── acts and messages ───────────────────────────────────────────────────────────────────────────
def acts_are_whole(scheme: SchemeFile) -> Iterator[Finding]:
    """Each act says to whom, and what: a message with channels, or a task in words."""
    for where, _, _, act in acts(scheme):
        if act.to is None and act.do not in THE_ENGINES:
            yield where, f"{act.do} needs `to`: whose is it?"
        if act.to is Role.SYSTEM or (act.to is Role.PARTICIPANT and act.do not in SENDING):
            yield f"{where}.to", f"{act.do} cannot go to {act.to}: name a person's role"
        if act.do in SENDING and not act.message:
            yield where, f"{act.do} needs a `message` of the catalogue"
        if act.do in OPENS_A_TASK and not act.task:
            yield where, f"{act.do} needs a `task`: say in plain words what to do"
        if act.message and not act.channels:
            yield where, "a message needs `channels`: text, email or letter, the preferred one first"
        if act.channels and not act.message:
            yield f"{where}.channels", "there is no message to go by these channels"
        if act.message and act.do not in {*SENDING, "ask"}:
            yield f"{where}.message", f"{act.do} sends nothing: use ask, or send in an act of its own"


def messages_exist(scheme: SchemeFile, offered: Mapping[str, Offered]) -> Iterator[Finding]:
    """Each message is worded for every channel named, in every language of the scheme; and goes only to its reader."""
    for where, _, _, act in acts(scheme):
        if not act.message:
            continue
        message = offered.get(act.message)
        if message is None:
            yield f"{where}.message", f"there is no message {act.message!r}{near(act.message, offered)}"
            continue
        for index, channel in enumerate(act.channels):
            missing = [lang for lang in scheme.languages if (channel.value, lang) not in message.worded]
            if channel.value not in message.channels:
                has = ", ".join(sorted(message.channels)) or "nothing"
                yield f"{where}.channels[{index}]", f"{act.message} has no {channel.value}: it has {has}"
            elif missing:
                yield f"{where}.channels[{index}]", f"{act.message} has no {channel.value} in {', '.join(missing)}"
        if message.audience and (message.audience == "participant") is not (act.to is Role.PARTICIPANT):
            yield f"{where}.to", f"{act.message} is written for the {message.audience}: it cannot go to {act.to}"


def rungs_are_unique(scheme: SchemeFile) -> Iterator[Finding]:
    """A rung's id names it in every record; a notice is unique by rung, message and recipient."""
    for name, ladder in scheme.ladders.items():
        ids = [rung.id for rung in ladder.rungs]
        for index, rung_id in enumerate(ids):
            if rung_id in ids[:index]:
                yield f"ladders.{name}.rungs[{index}].id", f"there are two rungs {rung_id!r}: give each its own id"
    for name, _, index, rung in rungs(scheme):
        sent = [(act.message, act.to) for act in rung.acts if act.message]
        for message, to in {pair for pair in sent if sent.count(pair) > 1}:
            yield (
                f"ladders.{name}.rungs[{index}].acts",
                f"{message} goes twice to {to}: give the second a rung of its own, or list both channels in one act",
            )


# ── ladders ─────────────────────────────────────────────────────────────────────────────────────
def ladders_can_end(scheme: SchemeFile) -> Iterator[Finding]:
    """Something closes each ladder, and its last rung reaches a person, unless it says that it may just end."""
    for name, ladder in scheme.ladders.items():
        where = f"ladders.{name}"
        if not ladder.met and not ladder.lapses:
            yield where, "nothing ends this ladder: name a signal under met or lapses"
        for signal in sorted(set(ladder.opens) & set(ladder.met) & set(ladder.lapses)):
            yield where, f"{signal} both meets and lapses it"
        closing = [act.do for act in ladder.rungs[-1].acts]
        looks = any(do in OPENS_A_TASK or do in THE_ENGINES for do in closing)
        if not looks and not ladder.ends:
            yield (
                f"{where}.rungs[{len(ladder.rungs) - 1}]",
                "the last rung reaches no person: add a task for somebody, or write `ends: true` if it may just end",
            )
        if ladder.ends and looks and not set(closing) & THE_ENGINES:
            yield f"{where}.ends", "its last rung already reaches a person: leave `ends` out"


def streams_are_served(scheme: SchemeFile) -> Iterator[Finding]:
    """One ladder each for provider returns and digests; every other ladder runs for some disposal."""
    for stream in ("provider_return", "digest"):
        names = [name for name, ladder in scheme.ladders.items() if ladder.stream == stream]
        if len(names) != 1:
            yield "ladders", f"there should be one ladder with `stream: {stream}`, not {len(names)}"
    named = {ladder for disposal in scheme.disposals.values() for ladder in disposal.ladders}
    for name, ladder in scheme.ladders.items():
        if ladder.stream == "case" and name not in named:
            yield f"ladders.{name}", "no disposal runs this ladder: add it to a disposal's ladders, or take it out"


def verdicts_follow_a_decision(scheme: SchemeFile) -> Iterator[Finding]:
    """The letters that tell a decision go when somebody has made it, never by a step of a ladder."""
    for name, ladder in scheme.ladders.items():
        for index, rung in enumerate(ladder.rungs):
            for number, act in enumerate(rung.acts):
                if act.message in VERDICTS:
                    where = f"ladders.{name}.rungs[{index}].acts[{number}].message"
                    yield (
                        where,
                        f"{act.message} tells what somebody decided, and goes by itself when they have: take it out",
                    )


# ── disposals ───────────────────────────────────────────────────────────────────────────────────
def disposals_are_lawful(scheme: SchemeFile) -> Iterator[Finding]:
    """A scheme may ask for more than the pack and allow less, never the other way round (DOMAIN, rule 6)."""
    for name, disposal in scheme.disposals.items():
        where, pack = f"disposals.{name}", disposal.pack
        if pack.disposal != name:
            yield f"{where}.pack", f"{pack.disposal} is another disposal: name a pack of {name}"
        if disposal.strikes and not disposal.enforceable:
            yield f"{where}.strikes", "nothing is enforceable here, so there are no strikes: write strikes: false"
        if disposal.breach_leads_to not in pack.breach_may_lead_to:
            allowed = ", ".join(pack.breach_may_lead_to)
            never = "" if set(pack.breach_may_lead_to) - WITHOUT_PROSECUTION else f"; {name} never leads to prosecution"
            yield (
                f"{where}.breach_leads_to",
                f"{disposal.breach_leads_to} is not what the law has for it{never}: write {allowed}",
            )
        yield from _narrower(where, disposal)
        if missing := [lang for lang in scheme.languages if lang not in {*pack.title, *disposal.title}]:
            yield f"{where}.title", f"there is no title in {', '.join(missing)}"
        if disposal.ends_without_engagement not in scheme.reasons.ends:
            yield f"{where}.ends_without_engagement", f"{disposal.ends_without_engagement} is not under reasons.ends"


def _narrower(where: str, disposal: DisposalFile) -> Iterator[Finding]:
    """Hours and weeks within the pack's."""
    pack = disposal.pack
    if disposal.max_hours is not None:
        if not disposal.enforceable:
            yield f"{where}.max_hours", "nothing is enforceable here, so there are no hours: leave it out"
        elif pack.hours is not None and disposal.max_hours > pack.hours.at_most:
            yield f"{where}.max_hours", f"at most {pack.hours.at_most} hours are allowed ({pack.hours.source})"
    if disposal.max_weeks is not None and pack.weeks is not None:
        most = pack.weeks.at_most or pack.weeks.usually
        if disposal.max_weeks > most:
            yield f"{where}.max_weeks", f"at most {most} weeks are allowed ({pack.weeks.source})"


def disposals_name_ladders(scheme: SchemeFile) -> Iterator[Finding]:
    """Every ladder named exists, once, and no strike is spoken of where there are none."""
    for name, disposal in scheme.disposals.items():
        for index, ladder_name in enumerate(disposal.ladders):
            where = f"disposals.{name}.ladders[{index}]"
            ladder = scheme.ladders.get(ladder_name)
            if ladder is None:
                yield where, f"there is no ladder {ladder_name!r}{near(ladder_name, scheme.ladders)}"
                continue
            if ladder_name in disposal.ladders[:index]:
                yield where, f"{ladder_name} stands twice: keep one"
            if ladder.stream != "case":
                yield where, f"{ladder_name} is a {ladder.stream} ladder: it runs by itself, for no disposal"
            if not disposal.strikes and (word := _speaks_of_strikes(ladder)):
                yield where, f"{ladder_name} has {word}, and {name} no strikes: take it out, or add strikes_possible"


def _speaks_of_strikes(ladder: LadderFile) -> str:
    for rung in ladder.rungs:
        for act in rung.acts:
            if "strikes_possible" in {*ladder.only_if, *rung.only_if, *act.only_if}:
                continue
            if act.message in STRIKE_MESSAGES:
                return f"the message {act.message}"
            if act.do in STRIKE_ACTS:
                return f"the act {act.do}"
    return ""


# ── people and rules ────────────────────────────────────────────────────────────────────────────
def roles_are_filled(scheme: SchemeFile, offices: Iterable[Role] | None) -> Iterator[Finding]:
    """Scheme-wide roles that are asked for anything are held by somebody of the roster."""
    if offices is None:
        return
    held = set(offices)
    for where, _, _, act in acts(scheme):
        if act.to in STAFF - held:
            yield f"{where}.to", f"nobody is {act.to}: fill the office in config/rosters/{scheme.scheme}.yaml"
    tie = scheme.decides.tie_or_silence
    if tie in STAFF - held:
        yield "decides.tie_or_silence", f"nobody is {tie}: fill the office in config/rosters/{scheme.scheme}.yaml"


def rules_hold_together(scheme: SchemeFile) -> Iterator[Finding]:
    """Lists that refer to one another do; what the product promises cannot be taken out."""
    accepted = set(scheme.reasons.accepted)
    for field in ("word_is_enough", "ask_gently_second_time", "check_ourselves", "proof_never_asked"):
        for index, code in enumerate(getattr(scheme.reasons, field)):
            if code not in accepted:
                yield f"reasons.{field}[{index}]", f"{code!r} is not under reasons.accepted{near(code, accepted)}"
    for ground in ALWAYS_AGAINST_A_STRIKE:
        if ground not in scheme.strikes.never:
            yield "strikes.never", f"{ground} is missing: there is never a strike for it, in any scheme"
    for field in ("confirmed_by", "waived_by"):
        if {Role.SYSTEM, Role.PARTICIPANT} & set(getattr(scheme.strikes, field)):
            yield f"strikes.{field}", "a named person of the scheme decides, never the system"
    if {Role.SYSTEM, Role.PARTICIPANT} & {*scheme.decides.breach, scheme.decides.tie_or_silence}:
        yield "decides.breach", "named people decide a breach, never the system"
    for field in ("strike_1", "strike_2"):
        name = getattr(scheme.consequences, field)
        if name not in scheme.ladders:
            yield f"consequences.{field}", f"there is no ladder {name!r}{near(name, scheme.ladders)}"
    if missing := [lang for lang in scheme.languages if lang not in scheme.title]:
        yield "title", f"there is no title in {', '.join(missing)}"


def victim_days(scheme: SchemeFile, rights: str) -> int:
    """By which working day victims with `standard_rights` or `enhanced_rights` are told; 0 where no ladder says."""
    for ladder in scheme.ladders.values():
        due = ladder.due
        if "victim_told" in ladder.met and rights in ladder.only_if and due is not None and due.unit == "wd":
            return due.amount
    return 0


def victims_are_told(scheme: SchemeFile) -> Iterator[Finding]:
    """A victim who wants to be told is told by a working day, sooner with enhanced rights."""
    standard, enhanced = victim_days(scheme, "standard_rights"), victim_days(scheme, "enhanced_rights")
    for rights, days in (("standard_rights", standard), ("enhanced_rights", enhanced)):
        if days <= 0:
            yield (
                "ladders",
                f"no ladder is met by victim_told, only_if {rights}, with a due in working days such as +5wd",
            )
    if standard and enhanced > standard:
        yield "ladders", "victims with enhanced rights are told sooner, not later: mend the dues of their two ladders"


def findings(
    scheme: SchemeFile,
    *,
    offered: Mapping[str, Offered],
    calendar: Calendar,
    offices: Iterable[Role] | None = None,
) -> list[Finding]:
    """Everything that is wrong with a policy, in the order of the checks. `offices` None: nobody's roster to check."""
    plain: tuple[Callable[[SchemeFile], Iterator[Finding]], ...] = (
        acts_are_whole,
        rungs_are_unique,
        rungs_are_in_order,
        offsets_have_their_anchor,
        their_side_has_its_time,
        ladders_can_end,
        verdicts_follow_a_decision,
        streams_are_served,
        disposals_are_lawful,
        disposals_name_ladders,
        rules_hold_together,
        victims_are_told,
    )
    found = [finding for check in plain for finding in check(scheme)]
    found += messages_exist(scheme, offered)
    found += hours_are_humane(scheme, calendar)
    found += roles_are_filled(scheme, offices)
    return found
