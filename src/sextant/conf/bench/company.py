"""The files of a large company for `sextant bench pages`: roster, goals, a quarter of weekly measurements."""

import csv
from datetime import date, timedelta
from pathlib import Path

TEAM_SIZE = 10
TEAMS_PER_REGION = 10
GOALS_A_PERSON = 3


def write_roster(path: Path, people: int) -> None:
    """A roster in the standard layout: company / region / team, one head per team, region and company."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["工号", "姓名", "部门路径", "岗位", "直线主管工号", "入职日期", "是否负责人"])
        for index in range(people):
            team, region = index // TEAM_SIZE, index // (TEAM_SIZE * TEAMS_PER_REGION)
            head = index % TEAM_SIZE == 0
            place = f"公司/第{region + 1}大区/第{team + 1}组" if index else "公司"
            manager = _manager_of(index)
            number = "" if manager is None else _number(manager)
            writer.writerow(
                [_number(index), f"员工{index:05d}", place, "专员", number, "2020-01-01", "是" if head else "否"]
            )


def _number(index: int) -> str:
    return f"E{index:06d}"


def _manager_of(index: int) -> int | None:
    """Members report to the team's first person, team heads to the region's, region heads to person 0."""
    if index == 0:
        return None
    region_size = TEAM_SIZE * TEAMS_PER_REGION
    if index % region_size == 0:
        return 0
    if index % TEAM_SIZE == 0:
        return index // region_size * region_size
    return index // TEAM_SIZE * TEAM_SIZE


def write_goals(path: Path, people: int, *, period: str) -> None:
    """Three goals a person."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["owner", "metric", "base", "stretch", "weight", "period"])
        for index in range(people):
            for metric, weight in zip(range(GOALS_A_PERSON), (40, 30, 30), strict=True):
                writer.writerow([_number(index), f"bench_{metric}", 1300, 1690, weight, period])


def write_measurements(path: Path, people: int, *, days: list[date]) -> int:
    """One row a person and week with the values of all three metrics; returns the rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "day", "m0", "m1", "m2"])
        for week, day in enumerate(days):
            for index in range(people):
                values = [60 + (index * 7 + week * 13 + metric * 29) % 80 for metric in range(GOALS_A_PERSON)]
                writer.writerow([_number(index), day.isoformat(), *values])
    return people * len(days)


def quarter_of(day: date) -> tuple[str, date, date]:
    """("2026Q4", first day, first day after) of the calendar quarter `day` lies in."""
    number = (day.month - 1) // 3
    first = date(day.year, number * 3 + 1, 1)
    after = date(day.year + (number == 3), (number * 3 + 3) % 12 + 1, 1)
    return f"{day.year}Q{number + 1}", first, after


def finished_sundays(first: date, today: date) -> list[date]:
    """Sundays from the first week of the quarter up to today."""
    sunday = first + timedelta(days=6 - first.weekday())
    return [sunday + timedelta(weeks=n) for n in range((today - sunday).days // 7 + 1)]
