"""Sentences for what can be wrong with the server, each with its remedy."""

from django.utils.translation import gettext as _

from sextant.engines.values import Problem


def say(problem: Problem) -> str:
    """One line for the operator, in the active language."""
    return _sentences()[problem.code] % problem.params


def _sentences() -> dict[str, str]:
    return {
        "postgres.no_account": _("PostgreSQL 不能以 root 运行，系统里也没有 %(names)s 账号：请换一个普通用户启动"),
        "postgres.no_binaries": _(
            "找不到 PostgreSQL %(oldest)s 或更高版本：请安装 sextant[embedded]、系统的 postgresql，"
            "或设置 DATABASE_URL 使用已有的服务器"
        ),
        "postgres.bad_binaries": _(
            "%(folder)s 里没有可用的 PostgreSQL %(oldest)s 或更高版本：请检查 SEXTANT_POSTGRES_BIN"
        ),
        "postgres.foreign_folder": _("%(folder)s 属于别的用户：请删除它，或换一个 SEXTANT_HOME"),
        "postgres.not_ours": _("%(folder)s 属于别的用户：请用该用户或 root 启动，或换一个 SEXTANT_HOME"),
        "postgres.unreachable": _(
            "账号 %(account)s 进不了 %(folder)s：请把 SEXTANT_HOME 移到它能到达的位置，上级目录不会被自动放开"
        ),
        "postgres.initdb_failed": _("无法在 %(folder)s 建立数据库：%(line)s"),
        "postgres.did_not_start": _("PostgreSQL 没有启动：%(line)s（完整日志：%(log)s）"),
        "postgres.other_major": _(
            "%(folder)s 是 PostgreSQL %(data)s 的数据，现有程序是 %(binaries)s："
            "请用 SEXTANT_POSTGRES_BIN 指向 %(data)s 版的程序，或用 pg_dump 导出后在新的 SEXTANT_HOME 里恢复"
        ),
        "postgres.in_use": _("已有另一个进程在使用 %(home)s（%(holder)s）：请先结束它，或换一个 SEXTANT_HOME"),
        "postgres.too_old": _("数据库服务器是 PostgreSQL %(found)s：请升级到 %(oldest)s 或更高版本"),
        "postgres.not_utf8": _("数据库的编码是 %(found)s：请用 UTF8 编码重建数据库"),
        "postgres.no_extension": _("数据库缺少扩展 %(name)s：请安装 postgresql-contrib，并由有权限的用户创建该扩展"),
        "postgres.blind_to_chinese": _(
            "数据库的 LC_CTYPE 使中文搜索失效：请用 C.UTF-8 重建数据库（createdb --locale=C.UTF-8 -T template0）"
        ),
    }
