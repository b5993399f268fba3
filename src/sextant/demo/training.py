"""The sign-in sheet of trainings: kept by hand, with names where other systems write numbers."""

from random import Random

from sextant.demo.contracts import DemoPost
from sextant.demo.names import TWINS
from sextant.demo.organisation import CAST
from sextant.demo.stage import Export, Stage
from sextant.demo.weeks import WEEKS

TRAINING_FILE = "培训签到表.csv"
SESSIONS = ("新产品讲解", "质量意识", "安全生产", "客户沟通", "数据保密")
SESSION_WEEKS = 12
ATTENDING = 14
HOURS = (1.5, 2, 3)
_MISSPELT = (CAST["XC-S-E1", 1], "沈亦州")
"""The account manager of the tour, as the organizer of the trainings wrote the name down."""


def training_export(stage: Stage) -> Export:
    """One training a week, a row for each who was there; no other export has it, and no goal is measured by it.

    Two spellings stand for nobody or for two people: they are to wait until somebody says who is meant.
    """
    rng = Random(f"{stage.seed}:training")
    export = Export(TRAINING_FILE, ("日期", "培训", "姓名", "学时"), [])
    for week in range(WEEKS - SESSION_WEEKS, WEEKS):
        friday, session, hours = stage.weeks.friday(week), rng.choice(SESSIONS), rng.choice(HOURS)
        seats = [post for post in stage.company.posts if _is_there_and_alone(stage, post)]
        names = sorted(stage.persons[post.number].name for post in rng.sample(seats, ATTENDING))
        if week >= WEEKS - 2:
            names = [name for name in names if name != _MISSPELT[0]] + [_MISSPELT[1]]
        if week == WEEKS - 1:
            names.append(TWINS[0])
        export.rows.extend((friday.isoformat(), session, name, hours) for name in names)
    return export


def _is_there_and_alone(stage: Stage, post: DemoPost) -> bool:
    """Whether the post was held all year by one person, with a name of their own."""
    is_whole_year = post.from_on <= stage.weeks.first_on and post.until_on is None
    person = stage.persons[post.number]
    return is_whole_year and person.left_on is None and person.name not in TWINS
