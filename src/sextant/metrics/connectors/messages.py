"""What goes wrong with a connector, as a sentence that names the remedy."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.tabular import messages as tabular_messages
from sextant.metrics.intake.messages import say_mapping

DOCUMENT: Mapping[str, Promise] = {
    "connector.unknown_zone": _("%(path)s：没有这个时区。请写成 Asia/Shanghai 这样的名称。"),
    "connector.bad_cron": _('%(path)s：不是五段的 cron 表达式。例如每天 6:15："15 6 * * *"。'),
    "connector.bad_address": _("%(path)s：应是 http:// 或 https:// 开头的网址，不带用户名和 #。"),
    "connector.secret_in_document": _("%(path)s：密钥不能写在文档里。请写 auth，值在连接器页面设置。"),
    "connector.bad_jmespath": _("%(path)s：不是有效的 JMESPath。例如 data.items[]。"),
    "connector.bad_query": _("%(path)s：这条 SQL 读不懂。请核对语法和 database 的种类。"),
    "connector.not_one_query": _("%(path)s：只能写一条查询。请删去分号后面的部分。"),
    "connector.not_a_select": _("%(path)s：只能是一条 SELECT（可带 WITH），不能写入或锁定数据。"),
    "connector.unknown_parameter": _("%(path)s：查询参数只有 :from、:until、:since。"),
    "connector.sqlite_has_a_file": _("%(path)s：SQLite 要写 file，且只写 file，不写 host、name、user、secret。"),
    "connector.server_needed": _("%(path)s：要写 host、name、user，不写 file。"),
    "connector.backfill_reversed": _("%(path)s：until 应晚于 from。"),
    "connector.backfill_needed": _("backfill：来源按日期取数，要写从哪天起，例如 backfill: {from: 2026-01-01}。"),
    "connector.cursor_and_since": _("source.cursor：cursor 与 {since}（SQL 里是 :since）要一起写。"),
    "connector.record_needed": _(
        "mapping.record：来源会被反复读取，没有记录编号就无法识别更正，会重复计数。请写上来源自己的编号列；"
        "没有编号的话，写上合起来能认出一行的几列，例如 record: [工号, 日期]。"
    ),
    "connector.name_differs": _("name：这个连接器叫“%(name)s”，不能改名。要用别的名称，请新建一个。"),
}

FAILURES: Mapping[str, Promise] = {
    "connector.secret_unset": _("凭据“%(secret)s”还没有设置。请在连接器页面设置。"),
    "connector.secret_elsewhere": _(
        "凭据“%(secret)s”是为 %(was)s 设置的，不会发给 %(place)s。地址无误的话，请重新设置凭据。"
    ),
    "connector.secret_unreadable": _(
        "凭据“%(secret)s”无法解密：密钥换过了。请重新设置，或在 SEXTANT_SECRET_KEYS 里加回旧密钥。"
    ),
    "connector.secret_unusable": _("凭据“%(secret)s”含有换行或特殊字符，不能放进请求。请重新设置。"),
    "connector.host_unknown": _("找不到主机 %(host)s。请核对网址和 DNS。"),
    "connector.host_private": _(
        "%(host)s 指向内网地址 %(address)s，默认不连。确实要连，请管理员把它写进 SEXTANT_CONNECTOR_HOSTS。"
    ),
    "connector.elsewhere": _("来源把请求引向另一台主机 %(target)s，没有跟去，以免泄露凭据。请在 url 里写最终地址。"),
    "connector.too_many_redirects": _("来源一直在重定向（%(url)s）。请在 url 里写最终地址。"),
    "connector.silent": _(
        "%(host)s 在 %(seconds)s 秒内没有回应，多次重试无效。请核对来源，或放宽 limits.read_seconds。"
    ),
    "connector.no_connection": _("连不上 %(host)s（%(detail)s）。请核对地址、端口和网络。"),
    "connector.cut_off": _("与 %(host)s 的连接中途断开（%(detail)s），多次重试无效。请稍后再试。"),
    "connector.bad_certificate": _("%(host)s 的证书无效（%(detail)s）。请让来源换有效证书；证书校验不能关闭。"),
    "connector.too_often": _(
        "来源说请求太频繁（429），等过之后仍然如此。请调低 limits.requests_per_minute，或错开时间。"
    ),
    "connector.source_error": _("来源出错（HTTP %(status)s，%(url)s），多次重试无效：%(answer)s。请联系来源系统。"),
    "connector.credentials_refused": _("来源拒绝了凭据（HTTP %(status)s，%(url)s）。请核对账号与权限，重新设置凭据。"),
    "connector.not_found": _("来源没有这个地址（HTTP %(status)s，%(url)s）。请核对 url。"),
    "connector.unexpected_status": _("来源不接受这个请求（HTTP %(status)s，%(url)s）：%(answer)s。请核对参数。"),
    "connector.not_json": _(
        "来源给的不是 JSON 而是 %(kind)s（%(url)s）：%(answer)s。多半是登录页或报错页，请核对 url 和凭据。"
    ),
    "connector.answer_too_large": _("一次回答超过 %(megabytes)s MB。请分页，或把每页行数调小。"),
    "connector.too_many_bytes": _("一共超过 %(megabytes)s MB，没有导入。请缩小 slice_days，或放宽 limits.megabytes。"),
    "connector.too_many_rows": _("超过 %(rows)s 行，没有导入。请缩小 slice_days，或放宽 limits.rows。"),
    "connector.too_many_pages": _("超过 %(pages)s 页，没有导入。请把每页行数调大，或放宽 limits.pages。"),
    "connector.too_slow": _("%(seconds)s 秒内没有读完，没有导入。请缩小 slice_days，或放宽 limits.total_seconds。"),
    "connector.page_twice": _("第 %(page)s 页与前面某页完全相同，来源可能没有理会分页参数。没有导入，请核对 pages。"),
    "connector.total_differs": _(
        "来源说共有 %(total)s 行，读到 %(rows)s 行。没有导入，请稍后再试；总是如此请核对 pages。"
    ),
    "connector.rows_not_found": _(
        "按 rows“%(path)s”没有找到行的列表（回答里是：%(found)s）。来源结构变了的话，请改 rows。"
    ),
    "connector.no_token": _("%(url)s 没有发给令牌。请核对 client_id、scope，重新设置凭据。"),
    "connector.cursor_missing": _("行里没有游标字段“%(field)s”，不知道下次从哪里续读。没有导入，请改 cursor.field。"),
    "connector.driver_missing": _('读 %(database)s 要装附加组件：pip install "sextant[%(extra)s]"。'),
    "connector.database_refused": _("%(host)s 拒绝了用户“%(user)s”。请核对用户名与权限，重新设置凭据。"),
    "connector.query_failed": _("查询没有成功：%(detail)s。请核对 query。"),
    "connector.column_twice": _("查询结果里列“%(column)s”出现了两次。请用 AS 改名。"),
    "connector.no_root": _("没有文件夹 %(root)s。请管理员建立它，或用 SEXTANT_CONNECTOR_FILES 指定另一个。"),
    "connector.outside_root": _("“%(file)s”在允许的文件夹之外，没有读取。"),
    "connector.folder_missing": _("没有文件夹“%(folder)s”。请核对 folder。"),
    "connector.bucket_missing": _("没有存储桶“%(bucket)s”，或者这个账号看不到它。请核对 bucket 和权限。"),
    "connector.file_missing": _("没有文件“%(file)s”。请核对 file。"),
    "connector.file_unreadable": _("“%(file)s”读不了（%(detail)s）。请核对文件与权限。"),
    "connector.file_refused": _("%(count)s 个文件没有导入，其余已入账。%(file)s：%(sentence)s"),
    "connector.flow_unknown": _("没有流程“%(flow)s”。请核对 flow。"),
    "connector.flow_step_unknown": _("流程“%(flow)s”没有步骤“%(step)s”，或它不等人、不等时间。请核对 steps。"),
    "connector.ledger_damaged": _("没有入账，因为%(detail)s"),
    "connector.interrupted": _("上次运行中断了，未完成的部分没有入账。本次会重新读取。"),
    "connector.broken": _("运行出错（%(detail)s）。请把这条记录发给管理员。"),
}


def say(problem: Problem) -> str:
    """The sentence of a problem with a document (`mapping.*`, `connector.*`), a source, or a file it gave."""
    params = dict(problem.params)
    if isinstance(inner := params.get("problem"), Problem):
        params["sentence"] = say(inner)
    sentence = DOCUMENT.get(problem.code) or FAILURES.get(problem.code)
    if sentence is not None:
        return str(sentence) % params
    if problem.code.startswith("tabular."):
        return tabular_messages.say(problem)
    return say_mapping(problem)
