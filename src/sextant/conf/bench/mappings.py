"""Mapping documents of the benchmark's own files."""

from sextant.conf.bench.company import GOALS_A_PERSON

PEOPLE = {
    "number": "工号",
    "name": "姓名",
    "unit": {"column": "部门路径", "separator": "/"},
    "title": "岗位",
    "hired_on": {"column": "入职日期"},
    "is_head": {"column": "是否负责人"},
    "manager": {"column": "直线主管工号"},
}
METRICS = {
    "source": "bench",
    "person": {"column": "number", "by": "number"},
    "metrics": [
        {"code": f"bench_{n}", "name": f"指标{n}", "unit_label": "件", "freshness_days": 30}
        for n in range(GOALS_A_PERSON)
    ],
    "columns": {"day": {"type": "date"}} | {f"m{n}": {"type": "number"} for n in range(GOALS_A_PERSON)},
    "measurements": [{"metric": f"bench_{n}", "date": "day", "value": f"[m{n}]"} for n in range(GOALS_A_PERSON)],
}
