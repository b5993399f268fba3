"""Problem codes of files as sentences, each with its remedy."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.files.contracts import Code

SENTENCES: Mapping[str, Promise | str] = {
    Code.EMPTY: _("“%(name)s”是空文件。请重新选择。"),
    Code.KIND: _("不能上传“%(name)s”这种文件。可以上传：%(allowed)s。"),
    Code.TOO_LARGE: _("“%(name)s”有 %(size)s MB，这种文件最大 %(most)s MB。请压缩后再传。"),
    Code.OTHER_CONTENT: _("“%(name)s”的内容不是 %(suffix)s 文件。请用原来的软件另存一份再传。"),
    Code.GONE: _("附件内容丢失或已被改动（指纹 %(digest)s）。请联系管理员从备份恢复。"),
}


def say(problem: Problem) -> str:
    """The sentence of a `files.*` problem in the active language; KeyError for a code that is not ours."""
    return str(SENTENCES[problem.code]) % dict(problem.params)
