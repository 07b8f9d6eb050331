"""The season that is served to be walked through stops in mid-life: there is something to do for everybody."""

from collections import Counter

from caseflow.access.who import Part, own
from caseflow.cli.serve import MID_LIFE
from caseflow.domain.case import Case
from caseflow.simulate.cast import cast
from caseflow.simulate.season import into_the_morning
from caseflow.telling.meeting import meetings


def test_there_is_work_on_every_desk(played):
    world, _ = played(387, MID_LIFE)
    into_the_morning(world)
    app = world.machinery.app
    who = {Part(one.part): one.person for one in cast(app, app.scheme)}
    assert who.keys() == set(Part)
    tasks = app.readings.tasks(app.scheme, limit=2000)
    to_do = Counter(one.person for one in tasks)
    assert to_do[who[Part.NAVIGATOR]] > 1
    assert to_do[who[Part.SUPERVISOR]]
    lines = app.readings.cases(app.scheme, limit=500)
    cases = app.readings.snapshots(app.scheme, [one.id for one in lines]).values()
    going_on = [one for one in cases if isinstance(one, Case) and one.open]
    assert len(going_on) > len(cases) / 2
    (theirs,) = (one for one in going_on if own(Part.PARTICIPANT, who[Part.PARTICIPANT], one))
    assert meetings(theirs, app.readings.now())
    assert any(own(Part.OFFICER, who[Part.OFFICER], one) for one in going_on)
    asked = [one for one in app.readings.returns(app.scheme, status="asked") if one.provider == who[Part.PROVIDER]]
    assert asked
