"""Codes of refusals and broken agreements as sentences, each with its remedy."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: Mapping[str, tuple[Promise | str, Promise | str]] = {
    "api.not_signed": (
        _("没有有效的签名"),
        _("请用客户端的密钥签名：方法、路径和查询、时间、随机数、请求体都要与实际发送的一致。"),
    ),
    "api.not_timely": (
        _("签名时间不在允许范围内"),
        _("请求的时间是 %(ts)s，服务器时间是 %(at)s，相差超过 5 分钟。请校准时钟后重新签名。"),
    ),
    "api.replayed": (_("随机数已经用过"), _("这个 nonce 已经用过一次。每次请求，包括重试，都请换一个新的再签名。")),
    "api.client_expired": (_("约定已到期"), _("客户端“%(name)s”的约定已到期。请联系它的负责人续期。")),
    "api.client_revoked": (_("客户端已吊销"), _("客户端“%(name)s”已吊销，不能再用。请申请新的客户端。")),
    "api.wrong_network": (
        _("来源地址不在约定内"),
        _("这次请求来自 %(address)s，不在约定的网段里。请从约定的地址发送，或修改约定。"),
    ),
    "api.scope_missing": (_("约定不含此权限"), _("约定里没有权限 %(scope)s。请联系负责人修改约定。")),
    "api.too_often": (_("调用过于频繁"), _("约定每分钟最多 %(limit)s 次。请等 %(seconds)s 秒再试。")),
    "api.wrong_method": (_("不支持这个方法"), _("这个地址只支持 %(allowed)s。")),
    "api.unknown_operation": (_("没有这个接口"), _("请核对地址；全部接口见 /api/v1/openapi.json。")),
    "api.length_missing": (_("缺少长度"), _("请求须带 Content-Length，不支持分块传输。")),
    "api.too_large": (_("请求体过大"), _("请求体（解压后）不得超过 %(limit)s 字节。请分成几批发送。")),
    "api.wrong_type": (_("不支持的内容类型"), _("请以 Content-Type: application/json（UTF-8）发送，可用 gzip 压缩。")),
    "api.bad_gzip": (_("压缩内容损坏"), _("请求体不是完整的 gzip。请重新压缩发送，或不压缩。")),
    "api.bad_encoding": (_("不是 UTF-8"), _("第 %(place)s 个字节处不是 UTF-8。请以 UTF-8 编码发送。")),
    "api.bad_json": (_("不是有效的 JSON"), _("第 %(line)s 行第 %(column)s 列附近无法解析：%(detail)s")),
    "api.key_twice": (_("JSON 键重复"), _("同一个对象里键“%(key)s”出现两次。请只保留一个。")),
    "api.bad_number": (_("JSON 数字无效"), _("“%(value)s”不是有效的数字。没有数值时请写 null。")),
    "api.bad_character": (_("含有不能保存的字符"), _("文本里有 NUL 或半个字符（\\u0000、\\ud800…）。请去掉后重发。")),
    "api.too_deep": (_("JSON 嵌套过深"), _("请按文档的结构发送，不要嵌套更多层。")),
    "api.bad_shape": (
        _("内容不符合约定的结构"),
        _("有 %(count)s 处不符，见 errors。整批没有入账，改正后可用同一批号重发。"),
    ),
    "api.bad_query": (_("查询参数无效"), _("参数“%(name)s”的值“%(value)s”无效，可用：%(allowed)s。")),
    "api.data_damaged": (
        _("数据账本有损坏"),
        _("没有入账。请把请求编号 %(request)s 告诉管理员，恢复后用同一批号重发，不会重复入账。"),
    ),
    "api.failed": (
        _("系统出了问题"),
        _("请稍后用同一批号重发，不会重复入账。若再次失败，请把请求编号 %(request)s 告诉管理员。"),
    ),
}
"""Refusals: title and detail."""

FIELDS: Mapping[str, Promise | str] = {
    "missing": _("缺少这一项，请补上。"),
    "extra_forbidden": _("没有这一项。请核对名称，或去掉它。"),
    "string_type": _("应为文本（带引号）。"),
    "string_too_short": _("不能为空。"),
    "string_too_long": _("过长，最多 %(max_length)s 个字符。"),
    "string_pattern_mismatch": _("写法不符，应符合 %(pattern)s。"),
    "list_type": _("应为数组 [ … ]。"),
    "too_long": _("过多，最多 %(max_length)s 项。请分成几批发送。"),
    "too_short": _("不能为空，至少 %(min_length)s 项。"),
    "model_type": _("应为对象 { … }。"),
    "dict_type": _("应为对象 { … }。"),
    "number_or_text": _("应为数字，或写成文本的数字。"),
}
"""What is wrong with one field of a body, by the kind of fault."""

AGREEMENTS: Mapping[str, Promise | str] = {
    "api.agreement_incomplete": _("请写明名称、负责人和用途。"),
    "api.agreement_without_scope": _("请至少选一项权限。"),
    "api.agreement_bad_key": _("“%(key)s”不像指标编码。请每行写一个编码，例如 sales.collections。"),
    "api.agreement_bad_expiry": _("有效期须在将来，且不超过 %(days)s 天。"),
    "api.agreement_bad_rate": _("每分钟次数须在 1 到 %(most)s 之间。"),
    "api.agreement_bad_network": _("“%(network)s”不是地址或网段。请写成 10.0.0.8 或 10.0.0.0/24。"),
}

_OTHER_FAULT = _("不符合约定的结构，请对照文档。")


def say_problem(code: str, params: Mapping[str, object]) -> tuple[str, str]:
    """Title and detail of a refusal, in the current language."""
    title, detail = PROBLEMS[code]
    return str(title), str(detail) % params


def say_field(kind: str, params: Mapping[str, object]) -> str:
    """What is wrong with one field, in the current language; a kind of fault without a sentence gets a general one."""
    return str(FIELDS.get(kind, _OTHER_FAULT)) % params


def say_agreement(code: str, params: Mapping[str, object]) -> str:
    """Which rule an agreement breaks, in the current language."""
    return str(AGREEMENTS[code]) % params
