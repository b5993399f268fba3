"""The organisation chart of 星槎仪器: company, centres, departments and regions, teams."""

from collections.abc import Mapping, Sequence

from sextant.demo.contracts import DemoUnit, Trade

ROOT = "XC"
SLIDING = "XC-S-E"
"""华东大区: visits slide for eight weeks, collections follow two weeks later."""
RECOVERING = "XC-K-H2"
"""热线二组: answers slowly, is coached, recovers."""
SILENT = "XC-R-GW"
"""网关组: its source has delivered nothing for three weeks."""
JUMPING = "XC-M-A2"
"""装配二线: output jumps from week to week since a new product was brought in."""

_S, _K, _R, _M, _F = Trade.SALES, Trade.SUPPORT, Trade.ENGINEERING, Trade.PRODUCTION, Trade.SERVICES

_TABLE = (
    # code, name, parent, trade, seats, title of the head, title of the others
    ("XC", "星槎仪器", "", Trade.COMPANY, 1, "总经理", ""),
    ("XC-S", "营销中心", "XC", _S, 1, "营销副总裁", ""),
    ("XC-S-E", "华东大区", "XC-S", _S, 1, "大区总监", ""),
    ("XC-S-E1", "苏南组", "XC-S-E", _S, 11, "销售组长", "客户经理"),
    ("XC-S-E2", "浙江组", "XC-S-E", _S, 10, "销售组长", "客户经理"),
    ("XC-S-E3", "上海组", "XC-S-E", _S, 10, "销售组长", "客户经理"),
    ("XC-S-S", "华南大区", "XC-S", _S, 1, "大区总监", ""),
    ("XC-S-S1", "广深组", "XC-S-S", _S, 9, "销售组长", "客户经理"),
    ("XC-S-S2", "东莞惠州组", "XC-S-S", _S, 9, "销售组长", "客户经理"),
    ("XC-S-S3", "福建组", "XC-S-S", _S, 8, "销售组长", "客户经理"),
    ("XC-S-N", "华北大区", "XC-S", _S, 1, "大区总监", ""),
    ("XC-S-N1", "京津组", "XC-S-N", _S, 9, "销售组长", "客户经理"),
    ("XC-S-N2", "山东组", "XC-S-N", _S, 9, "销售组长", "客户经理"),
    ("XC-S-N3", "河南组", "XC-S-N", _S, 8, "销售组长", "客户经理"),
    ("XC-S-W", "西部大区", "XC-S", _S, 1, "大区总监", ""),
    ("XC-S-W1", "川渝组", "XC-S-W", _S, 10, "销售组长", "客户经理"),
    ("XC-S-W2", "云贵与新疆联合拓展组", "XC-S-W", _S, 8, "销售组长", "客户经理"),
    ("XC-K", "客户服务中心", "XC", _K, 1, "客户服务总监", ""),
    ("XC-K-H", "热线部", "XC-K", _K, 1, "热线经理", ""),
    ("XC-K-H1", "热线一组", "XC-K-H", _K, 9, "客服组长", "客服专员"),
    ("XC-K-H2", "热线二组", "XC-K-H", _K, 9, "客服组长", "客服专员"),
    ("XC-K-H3", "热线三组", "XC-K-H", _K, 8, "客服组长", "客服专员"),
    ("XC-K-F", "现场服务部", "XC-K", _K, 1, "现场服务经理", ""),
    ("XC-K-F1", "华东现场组", "XC-K-F", _K, 9, "现场组长", "现场工程师"),
    ("XC-K-F2", "华南现场组", "XC-K-F", _K, 8, "现场组长", "现场工程师"),
    ("XC-K-F3", "北方现场组", "XC-K-F", _K, 8, "现场组长", "现场工程师"),
    ("XC-R", "研发中心", "XC", _R, 1, "研发副总裁", ""),
    ("XC-R-P", "平台研发部", "XC-R", _R, 1, "研发经理", ""),
    ("XC-R-ST", "存储组", "XC-R-P", _R, 10, "技术组长", "软件工程师"),
    ("XC-R-GW", "网关组", "XC-R-P", _R, 8, "技术组长", "软件工程师"),
    ("XC-R-DP", "数据平台组", "XC-R-P", _R, 9, "技术组长", "数据工程师"),
    ("XC-R-A", "应用研发部", "XC-R", _R, 1, "研发经理", ""),
    ("XC-R-TM", "终端组", "XC-R-A", _R, 8, "技术组长", "嵌入式工程师"),
    ("XC-R-AP", "应用组", "XC-R-A", _R, 9, "技术组长", "软件工程师"),
    ("XC-R-AL", "算法组", "XC-R-A", _R, 7, "技术组长", "算法工程师"),
    ("XC-R-Q", "质量部", "XC-R", _R, 1, "质量经理", ""),
    ("XC-R-T1", "测试组", "XC-R-Q", _R, 8, "测试组长", "测试工程师"),
    ("XC-R-T2", "自动化组", "XC-R-Q", _R, 6, "测试组长", "测试开发工程师"),
    ("XC-M", "制造中心", "XC", _M, 1, "制造总监", ""),
    ("XC-M-A", "装配部", "XC-M", _M, 1, "装配经理", ""),
    ("XC-M-A1", "装配一线", "XC-M-A", _M, 11, "线长", "装配技师"),
    ("XC-M-A2", "装配二线", "XC-M-A", _M, 11, "线长", "装配技师"),
    ("XC-M-A3", "装配三线", "XC-M-A", _M, 10, "线长", "装配技师"),
    ("XC-M-C", "精密加工部", "XC-M", _M, 1, "加工经理", ""),
    ("XC-M-C1", "机加一班", "XC-M-C", _M, 9, "班长", "数控技师"),
    ("XC-M-C2", "机加二班", "XC-M-C", _M, 9, "班长", "数控技师"),
    ("XC-F", "职能中心", "XC", _F, 1, "运营副总裁", ""),
    ("XC-F-H", "人力资源部", "XC-F", _F, 6, "人力资源经理", "人力资源专员"),
    ("XC-F-C", "财务部", "XC-F", _F, 6, "财务经理", "会计"),
    ("XC-F-A", "审计与法务部", "XC-F", _F, 4, "审计经理", "审计专员"),
)


def plan_units() -> tuple[DemoUnit, ...]:
    """All units, parents before children; level 1 is the company, 4 a team."""
    level = {"": 0}
    units = []
    for code, name, parent, trade, seats, head_title, title in _TABLE:
        level[code] = level[parent] + 1
        units.append(DemoUnit(code, name, parent, trade, level[code], seats, head_title, title))
    return tuple(units)


def chain_of(units: Sequence[DemoUnit]) -> Mapping[str, tuple[str, ...]]:
    """For each unit code: itself and all units above it, nearest first."""
    chains: dict[str, tuple[str, ...]] = {}
    for unit in units:
        chains[unit.code] = (unit.code, *chains.get(unit.parent, ()))
    return chains


def is_within(unit: str, top: str, chains: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether `unit` is `top` or lies below it."""
    return top in chains[unit]
