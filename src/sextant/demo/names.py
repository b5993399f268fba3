"""Names of people who do not exist: common surnames and given names, a few of the kinds that break careless pages."""

from collections.abc import Iterator
from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任卢姚沈钟姜崔谭陆汪范石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND = ("欧阳", "上官", "司徒", "诸葛", "令狐", "皇甫")
_GIVEN_TEXT = (
    "清越 亦舟 静姝 以宁 明远 书瑶 景行 子衿 知夏 予安 书白 砚秋 念安 雨桐 北辰 嘉禾 若水 望舒 一鸣 思远 "
    "明哲 之遥 晚晴 云舒 星野 长宁 怀瑾 沐阳 初晴 立诚 海涛 建国 志强 秀英 丽娟 春燕 国栋 晓东 文静 雪梅 "
    "俊杰 梓涵 浩然 欣怡 宇轩 诗涵 佳琪 天佑 雅婷 博文 思琪 子墨 雨萱 泽宇 梦洁 可欣 鹏飞 婉清 振华 淑芬 "
    "凯旋 玉兰 少华 玲玲 永康 素云 庆丰 红霞 新宇 海燕 卫东 丽华 德明 桂芳 家豪 美玲 世杰 慧敏 绍辉 晓琳 "
    "伟 芳 娜 敏 静 磊 军 洋 勇 艳 杰 娟 涛 超 平 刚 霞 鑫 倩 斌 "
    "启航 乐天 承宇 若曦 安琪 远山 听雨 问渠 采薇 之恒 修远 令仪 希文 允执 致和 守拙 见微 行健 维桢 佩玖"
)
_GIVEN = tuple(_GIVEN_TEXT.split())
_UNUSUAL = (
    "阿依古丽·买买提",
    "阿卜杜热合曼·吐尔逊江·买合木提",
    "扎西·多吉",
    "央金·卓玛",
    "巴雅尔·乌恩其",
    "迪丽努尔·艾尼瓦尔",
    "Emma Lindqvist",
    "Oliver Brandt",
    "Maximilian von Hohenstein-Zhao",
    "María José Fernández",
)
TWINS = ("王磊", "李静")
"""Two people each bear these names: a name is not a key."""

UNUSUAL_EVERY = 31
COMPOUND_EVERY = 23


def draw_names(rng: Random, *, taken: frozenset[str]) -> Iterator[str]:
    """Endless names, none of them twice, none of `taken`; every few of an unusual kind."""
    seen = set(taken) | set(TWINS)
    unusual = iter(_UNUSUAL)
    count = 0
    while True:
        count += 1
        name = next(unusual, None) if count % UNUSUAL_EVERY == 0 else None
        if name is None:
            surname = rng.choice(_COMPOUND) if count % COMPOUND_EVERY == 0 else rng.choice(_SURNAMES)
            name = surname + rng.choice(_GIVEN)
        if name not in seen:
            seen.add(name)
            yield name
