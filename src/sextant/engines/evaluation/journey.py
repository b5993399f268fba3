"""A goal on its way through the period: places it at the end of any week, and says which light it shows there."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from sextant.engines.evaluation.aggregate import Tally, tally
from sextant.engines.evaluation.baseline import count_streak, is_below_baseline
from sextant.engines.evaluation.case import Case, case_of
from sextant.engines.evaluation.dynamic import NO_BARS, Bars
from sextant.engines.evaluation.exact import six_places
from sextant.engines.evaluation.light import Point, Verdict, raw_light, shown_light
from sextant.engines.evaluation.progress import Course, clamp
from sextant.engines.evaluation.spec import SHOWN_WEEKS, GoalSpec, Grain, Measurement, MetricSpec, Thresholds
from sextant.engines.evaluation.standing import WeekStanding
from sextant.engines.evaluation.streak import Stretch, list_finished_steps
from sextant.engines.schedule import Elapsed, Pace, Week, elapsed, list_weeks, week_of
from sextant.engines.schedule.elapsed import count_days
from sextant.engines.values import Light


@dataclass(frozen=True, slots=True)
class Journey:
    """A sound goal that has begun, with its measurements through `last_on` sorted into weeks."""

    goal: GoalSpec
    metric: MetricSpec
    case: Case
    last_on: date
    weeks: tuple[Week, ...]
    tallies: dict[Week, Tally]
    calendar: Pace
    thresholds: Thresholds
    bars: Bars
    # filled once, on the way: last day of a step → below the baseline, day → point
    below: dict[date, bool | None] = field(default_factory=dict)
    points: dict[date, Point] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        goal: GoalSpec,
        measurements: Iterable[Measurement],
        *,
        metric: MetricSpec,
        on: date,
        calendar: Pace,
        thresholds: Thresholds,
        bars: Bars = NO_BARS,
    ) -> "Journey":
        """The journey of `goal` as known at the end of `on`; measurements outside the period or later do not count."""
        last_on = min(on, goal.period.last_on)
        counted = [one for one in measurements if goal.from_on <= one.day <= last_on]
        by_week: dict[Week, list[Measurement]] = {}
        for one in counted:
            by_week.setdefault(week_of(one.day), []).append(one)
        if thresholds.line is not None:
            metric = replace(metric, baseline=thresholds.line)
        if thresholds.dynamic and bars.red is not None and bars.yellow is not None:
            thresholds = replace(thresholds, red_below=bars.red, yellow_below=bars.yellow)
        journey = cls(
            goal=goal,
            metric=metric,
            case=case_of(goal, metric),
            last_on=last_on,
            weeks=list_weeks(goal.period, on=last_on),
            tallies={week: tally(rows) for week, rows in by_week.items()},
            calendar=calendar,
            thresholds=thresholds,
            bars=bars,
        )
        journey.below.update(journey.list_below(counted))
        return journey

    def finished(self, by: date) -> tuple[Week, ...]:
        """Weeks wholly inside the period that have ended by `by`."""
        return tuple(week for week in self.weeks if week.is_within(self.goal.period) and week.sunday <= by)

    def elapsed(self, on: date) -> Elapsed:
        """E at the end of `on`."""
        return elapsed(self.goal.period, on=on, calendar=self.calendar)

    def list_below(self, counted: Iterable[Measurement]) -> dict[date, bool | None]:
        """Last day of each finished step → whether it missed the baseline; None without a value of its own."""
        grain = self.thresholds.streak_grain
        steps = list_finished_steps(self.goal.period, on=self.last_on, grain=grain, calendar=self.calendar)
        if grain is Grain.WEEK:
            own = {monday: self.tallies[week_of(monday)] for monday, _ in steps if week_of(monday) in self.tallies}
        else:
            own = _by_step(counted, steps)
        return {
            step[1] - timedelta(days=1): self.is_below(step, own[step[0]]) if step[0] in own else None for step in steps
        }

    def is_below(self, step: Stretch, tallied: Tally) -> bool | None:
        """Whether a finished step missed the baseline; None without a value of its own."""
        own = tallied.value(self.metric.aggregation)
        if own is None:
            return None
        from_on, until_on = step
        days, total = count_days(self.goal.period, from_on=from_on, until_on=until_on, calendar=self.calendar)
        return is_below_baseline(
            own,
            course=Course(self.goal, self.case, self.elapsed(until_on - timedelta(days=1))),
            week_share=Fraction(days, total),
            metric=self.metric,
            thresholds=self.thresholds,
        )

    def tally(self, on: date) -> Tally:
        """Everything that came in through `on`, which must end a week or be the last day."""
        return sum((self.tallies[week] for week in self.weeks if week in self.tallies and week.monday <= on), Tally())

    def point(self, on: date) -> Point:
        """Where the goal was at the end of `on`, which must end a week or be the last day."""
        if on not in self.points:
            self.points[on] = self._point(on)
        return self.points[on]

    def _point(self, on: date) -> Point:
        so_far = self.tally(on)
        course = Course(self.goal, self.case, self.elapsed(on))
        late = self._course_before(on)
        value = so_far.value(self.metric.aggregation)
        progress: Fraction | None = None
        if value is not None:
            cap = self.thresholds.progress_cap
            progress = clamp(course.progress(value, target=self.goal.base, best=cap), cap)
        share = course.expected_share
        return Point(
            on=on,
            case=self.case,
            elapsed=course.elapsed,
            elapsed_late=late.elapsed if late else None,
            value=value,
            expected=course.expected_value,
            late_expected=late.expected_value if late else None,
            progress=None if progress is None else six_places(progress),
            completion=None if progress is None or not share else six_places(progress / share),
            last_on=so_far.last_on,
            streak=count_streak(self.below, on=on),
            manual=self.goal.manual,
        )

    def _course_before(self, on: date) -> Course | None:
        """The goal as many days ago as lateness looks back; None with lateness off."""
        days = self.thresholds.late_days
        return None if days is None else Course(self.goal, self.case, self.elapsed(on - timedelta(days=days)))

    def verdict(self, point: Point) -> Verdict:
        """The raw light at a point."""
        return raw_light(point, metric=self.metric, thresholds=self.thresholds)

    def point_before(self, on: date) -> Point | None:
        """The end of the last finished week before `on`; None without one, or with hysteresis off."""
        weeks = self.finished(on - timedelta(days=1)) if self.thresholds.hysteresis else ()
        return self.point(weeks[-1].sunday) if weeks else None

    def held_point(self, point: Point) -> Point | None:
        """The earlier point whose worse light is still shown at `point`; None when the raw light is shown.

        A light set by hand is shown as set.
        """
        verdict, before = self.verdict(point), self.point_before(point.on)
        if before is None or verdict.code == "light.manual":
            return None
        was = self.verdict(before).light
        return before if shown_light(verdict.light, before=was) is not verdict.light else None

    def shown(self, point: Point) -> Light:
        """The light shown at a point."""
        return self.verdict(self.held_point(point) or point).light

    def week_standings(self) -> tuple[WeekStanding, ...]:
        """Weeks that have begun, oldest first, at most 26."""
        standings = []
        for week in self.weeks[-SHOWN_WEEKS:]:
            point = self.point(min(week.sunday, self.last_on))
            ends_on = min(week.sunday, self.goal.period.last_on)
            standings.append(WeekStanding(ends_on, point.value, point.expected, self.shown(point)))
        return tuple(standings)


def _by_step(counted: Iterable[Measurement], steps: tuple[Stretch, ...]) -> dict[date, Tally]:
    """First day of each step with measurements → their tally."""
    starts = [from_on for from_on, _ in steps]
    rows: dict[date, list[Measurement]] = {}
    for one in counted:
        place = bisect_right(starts, one.day) - 1
        if place >= 0 and one.day < steps[place][1]:
            rows.setdefault(starts[place], []).append(one)
    return {start: tally(found) for start, found in rows.items()}
