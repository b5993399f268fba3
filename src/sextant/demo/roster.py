"""Two files of the personnel office: the roster of a year ago, and the year's moves, arrivals and leavers."""

from collections import defaultdict
from collections.abc import Iterator

from sextant.demo.contracts import DemoPost
from sextant.demo.stage import Cell, Export, Stage

ROSTER_FILE = "人员花名册.csv"
MOVES_FILE = "人员异动.xlsx"
COLUMNS = (
    "工号",
    "姓名",
    "邮箱",
    "职务",
    "是否负责人",
    "入职日期",
    "离职日期",
    "公司编码",
    "公司",
    "中心编码",
    "中心",
    "部门编码",
    "部门",
    "团队编码",
    "团队",
    "直接上级",
    "虚线上级",
    "生效日期",
)


def roster_exports(stage: Stage) -> list[Export]:
    """The two files, in the order they came in."""
    by_person: dict[str, list[DemoPost]] = defaultdict(list)
    for post in stage.company.posts:
        by_person[post.number].append(post)
    roster, moves = Export(ROSTER_FILE, COLUMNS, []), Export(MOVES_FILE, COLUMNS, [])
    for person in stage.company.persons:
        first, *later = sorted(by_person[person.number], key=lambda post: post.from_on)
        target = roster if first.from_on < stage.weeks.first_on else moves
        target.rows.append(_row(stage, first, leaves=False))
        moves.rows.extend(_row(stage, post, leaves=False) for post in later)
        if person.left_on is not None:
            moves.rows.append(_row(stage, first, leaves=True))
    return [roster, moves]


def _row(stage: Stage, post: DemoPost, *, leaves: bool) -> tuple[Cell, ...]:
    person = stage.persons[post.number]
    dotted = "、".join(line.manager for line in stage.company.dotted if line.number == post.number)
    left_on = person.left_on.isoformat() if leaves and person.left_on else None
    return (
        person.number,
        person.name,
        f"{person.number.lower()}@xingcha.example",
        post.title,
        "是" if post.is_head else "否",
        person.hired_on.isoformat(),
        left_on,
        *_places(stage, post.unit),
        post.manager or None,
        dotted or None,
        post.from_on.isoformat(),
    )


def _places(stage: Stage, unit: str) -> Iterator[str | None]:
    """Code and name of company, centre, department and team; blank below the post's own unit."""
    chain = [stage.units[code] for code in reversed(stage.chains[unit])]
    for place in range(4):
        yield chain[place].code if place < len(chain) else None
        yield chain[place].name if place < len(chain) else None
