"""Frozen values that `metrics` gives to its neighbours, and the shapes it takes from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

from sextant.engines.forecast import Suggestion
from sextant.engines.values import Light, Problem, Step


class SubjectKind(IntEnum):
    """Whose number it is. The ledger holds only this and an integer key: no names, ever."""

    PERSON = 1
    UNIT = 2


class BatchState(StrEnum):
    """Life of a delivered file: queued → running → done | failed. An audit rule may hold it before it counts; then a
    person decides: held → queued → … | rejected."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"
    REJECTED = "rejected"


class BatchKind(StrEnum):
    """How a batch came about: delivered by a source, rows of a quarantine taken in later, a correction by a person,
    values of a derived metric computed from others."""

    DELIVERY = "delivery"
    REPLAY = "replay"
    CORRECTION = "correction"
    DERIVATION = "derivation"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What makes a metric, as a mapping file, the library or the demo company states it.

    `owner_number` is an employee number; `baseline` the absolute weekly line; `limit` what is physically possible at
    best; None when there is none. Only `kind` "derived" has a `formula`, `inputs` (name in it -> code of a metric) and
    a `dimension`. An empty `roll_up` follows from the aggregation.
    """

    code: str
    name: str
    description: str = ""
    unit_label: str = ""
    decimals: int = 0
    direction: str = "higher"
    aggregation: str = "sum"
    grain: str = "day"
    source: str = ""
    owner_number: str | None = None
    freshness_days: int = 14
    baseline: Decimal | None = None
    kind: str = "measured"
    formula: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    dimension: str = ""
    roll_up: str = ""
    tags: tuple[str, ...] = ()
    limit: Decimal | None = None
    peer_group: str = ""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric of the library as pages and goals need it. A retired one keeps its goals and gets no new ones."""

    id: int
    code: str
    name: str
    unit_label: str
    decimals: int
    direction: str
    aggregation: str
    grain: str
    source: str
    freshness_days: int
    version: int
    is_retired: bool = False
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row (or one measurement of a row) that was not taken in. `row` as a spreadsheet counts (header = 1)."""

    row: int
    code: str
    reason: str
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Result of taking in one file. `accepted` counts measurements written; `already_known` means that the same
    file under the same mapping came before: nothing was added. `is_held` says that an audit rule keeps the batch out
    until somebody decides: nothing of it counts yet."""

    batch: int | None
    accepted: int
    quarantined: tuple[Quarantined, ...]
    ledger_version: int | None
    already_known: bool
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A delivered file in a list. Rows add up: read = accepted + quarantined + skipped (`rows_partly` of the accepted
    were kept back in part). `accepted` counts measurements, `quarantined` quarantine entries, `withdrawn` records that
    the source no longer counts. `error` is a sentence when `state` is failed."""

    id: int
    source: str
    filename: str
    sha256: str
    state: BatchState
    rows_read: int
    rows_accepted: int
    rows_partly: int
    rows_quarantined: int
    skipped: int
    accepted: int
    quarantined: int
    withdrawn: int
    has_corrections: bool
    ledger_version: int | None
    first_on: date | None
    last_on: date | None
    delivered_at: datetime
    delivered_by: str
    error: str
    kind: BatchKind = BatchKind.DELIVERY
    origin_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QuarantineReason:
    """One reason within a batch: how many entries, the sentence without the row's own value, a few of them."""

    code: str
    column: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Release:
    """Rows of a quarantine that were taken in later, as batch `batch`: when, by whom, how many."""

    batch: int
    at: datetime
    by: str
    rows: int


@dataclass(frozen=True, slots=True)
class PreviewedMeasurement:
    """One measurement a file would give, before anything is written. `subject` is the key as the file has it."""

    row: int
    metric_code: str
    metric_name: str
    subject: str
    day: date
    value: Decimal
    denominator: Decimal | None
    decimals: int
    unit_label: str


@dataclass(frozen=True, slots=True)
class IngestPreview:
    """What taking in a file would do: counts over the rows read, the first measurements and quarantine entries.

    `is_cut` says that the file goes on after the rows read; `known_batch` is the batch that already holds this file
    under this mapping, else None.
    """

    rows_read: int
    rows_accepted: int
    rows_partly: int
    rows_quarantined: int
    skipped: int
    accepted: int
    quarantined_count: int
    quarantined: tuple[Quarantined, ...]
    measurements: tuple[PreviewedMeasurement, ...]
    known_batch: int | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One finished or running week of a goal: value so far (cumulative) and its light at the week's end."""

    ends_on: date
    value: Decimal | None
    expected: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class StandingRow:
    """Where a goal stands, as the last run saw it. Numbers are None when there was nothing to compute from.

    `attainment` 达成率 is progress p against the base (0…1.5), `completion` 完成率 is p over what was expected by then,
    `expected` is in the metric's own unit. `reason` is the sentence of the light in the asked language.
    """

    goal_id: int
    run_id: int
    as_of: date
    value: Decimal | None
    expected: Decimal | None
    elapsed: Decimal
    attainment: Decimal | None
    completion: Decimal | None
    score: Decimal | None
    light: Light
    reason_code: str
    reason: str
    weeks: tuple[WeekPoint, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One evaluation run: what went in, what came out, how long it took. Of `goals`, `evaluated` were computed; the
    others of an incremental run were taken over from an earlier run of the day."""

    id: int
    as_of: date
    started_at: datetime
    seconds: Decimal
    ledger_version: int
    goals: int
    green: int
    yellow: int
    red: int
    none: int
    digest: str
    started_by: str
    evaluated: int


@dataclass(frozen=True, slots=True)
class TracedMeasurement:
    """A ledger row behind a goal's value: what counted, and where it came from. `row` as a spreadsheet counts;
    `record` is the source's own id, None when it has none; `denominator` belongs to ratio metrics. `corrected_by` and
    `correction` (why) are set where a person corrected the row; they are empty otherwise. `dimensions` say what the
    number is about, name and value, by name."""

    day: date
    value: Decimal
    denominator: Decimal | None
    batch: int
    source: str
    filename: str
    delivered_at: datetime | None
    row: int
    record: str | None
    corrected_by: str = ""
    correction: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BatchShare:
    """A batch behind a goal's value: how many of its measurements count here, and what they sum to."""

    batch: BatchRow
    measurements: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class ExplainedWeek:
    """A week of a goal: `own` the week's own value, `so_far` the value at its end, None without data."""

    ends_on: date
    measurements: int
    own: Decimal | None
    so_far: Decimal | None
    expected: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a goal's value, score and light came about, computed anew from the ledger.

    `steps` is the engine's trace, `lines` the same as sentences. `measurements` is page `page` of `pages`, `count` all
    of them. `run` is the run whose stored standing was recomputed, on the same ledger version; None when no stored
    standing is of `as_of`. `is_reproduced` says whether the recomputed row equals the stored one (`digest` of both is
    then the same); None without a stored one. The reader's right to the goal has been checked before.
    """

    goal_id: int
    as_of: date
    light: Light
    reason: str
    value: Decimal | None
    expected: Decimal | None
    score: Decimal | None
    steps: tuple[Step, ...]
    lines: tuple[str, ...]
    weeks: tuple[ExplainedWeek, ...]
    batches: tuple[BatchShare, ...]
    measurements: tuple[TracedMeasurement, ...]
    count: int
    page: int
    pages: int
    ledger_version: int
    calendar_version: str
    engine_version: str
    run: RunRow | None
    digest: str
    is_reproduced: bool | None


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """What a subject did in an earlier stretch of a period's length, as an amount of the whole period."""

    from_on: date
    until_on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class TargetSuggestion:
    """A base target argued from data for one subject. `suggestion` is None where there is nothing to argue from.

    `target` is a proposal that was judged, None without one. `own_best` and `best` are the best values any stretch of
    the period's length ever had, of the subject and of everyone looked at; `peers` counts the others with one.
    `problems` and `steps` carry codes and numbers, `warnings` and `lines` say them in the reader's language. `past` are
    the subject's earlier stretches of that length, the latest first, those measured for less than half left out.
    """

    subject_id: int
    suggestion: Suggestion | None
    target: Decimal | None
    own_best: Decimal | None
    best: Decimal | None
    peers: int
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    past: tuple[PastPeriod, ...] = ()


RUNS_KEPT = 200
"""The latest runs, published or not, keep their inputs: about a week of hourly runs, or half a year of nightly ones."""


@dataclass(frozen=True, slots=True)
class Space:
    """Space on the disk that runs take beside the database: how many runs, how many files, how many bytes."""

    runs: int
    files: int
    size: int
