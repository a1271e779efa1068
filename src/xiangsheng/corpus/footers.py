"""What sites put around a script: addresses, notices of origin, links to other pages.

Somebody on the stage may say an address or «next page» too, so what could be said is a footer only
near an end of the script.
"""

import re

from xiangsheng.corpus.labels import SPACE

EDGE = 3
"""Lines at each end of a script where a footer or a header usually stands."""

_LABELS = """
标题 题目 作者 编辑 责任编辑 来源 文章来源 出处 网址 链接 原文链接 录入 整理 发布 发布者 发布时间 发布日期 更新时间 上传时间
日期 时间 点击 点击数 浏览 浏览次数 阅读 阅读次数 字数 关键词 标签 分类 栏目 上一篇 下一篇 上一页 下一页 http https
"""
LABELS = frozenset(_LABELS.split())
"""What stands before the colon in such a line, and is no speaker."""

_URL = r"(?:https?://|www\.)[\w./?=&%#:~+-]+"
_NAVIGATION = (
    r"(?:上一[页篇章]|下一[页篇章]|首页|尾页|末页|返回(?:列表|首页|顶部)|打印本页|关闭窗口|加入收藏|"
    r"收藏本页|回到顶部)"
)
_PAGES = rf"(?:{_NAVIGATION}|\d{{1,3}})"

# Nobody says these.
_ALWAYS = (
    r"(?:本文|本剧本|本作品|本相声|文章)(?:来自|转自|转载自|来源于|摘自|选自).{0,80}",
    r"[^我你您咱他她说，。！？!?]{0,12}转载(?:请|须|需|时请|必须)(?:注明|保留|标明).{0,80}",
    rf"(?=.*{_NAVIGATION}){_PAGES}(?:[ \t\u3000|｜·]+{_PAGES})+",
    r"(?:上一篇|下一篇|相关阅读|相关文章|相关链接|推荐阅读|责任编辑)[:：].{0,80}",
)
# Near an end of a script nobody says these either.
_AT_EDGES = (
    rf"(?:网址|链接|来源|出处)?[:：]?{_URL}",
    _NAVIGATION,
    r"(?:文章|本文)?(?:来源|出处)[:：].{0,40}(?:网|网站|论坛|百科)",
    r"(?:发布时间|发布日期|更新时间|浏览次数|阅读次数|点击数)[:：].{0,80}",
    r".{0,10}未经.{0,12}(?:许可|授权|允许|同意).{0,12}(?:不得|禁止|请勿|严禁|谢绝).{0,6}转载.{0,40}",
    r"版权(?:归.{1,20}所有|所有|声明).{0,40}",
    r"(?:[Cc]opyright|©).{0,80}",
    r"更多.{0,20}(?:相声|小品|剧本|台词|文章).{0,20}(?:请访问|请登录|尽在|请关注|请点击).{0,60}",
)
_EVERYWHERE = tuple(map(re.compile, _ALWAYS))
_NEAR_AN_END = tuple(map(re.compile, _ALWAYS + _AT_EDGES))
_TAILS = (
    # «…谢谢大家!本文来自…», also where the rest of it was cut off
    re.compile(
        r"(?<=[。！？!?…”\"）)】\s])(?:本文|本剧本|本作品|本相声)"
        r"(?:(?:来自|转自|转载自|摘自|选自)[^。！？!?]{0,60}|自(?:\S{0,20}网\S{0,20}|www\S*)?)$"
    ),
    re.compile(rf"[\w]{{1,8}}网[ \t]*[-—–:：][ \t]*{_URL}[ \t]*(?:原创|首发|提供|整理|转载)?$"),
    re.compile(rf"{_URL}[ \t]*(?:原创|首发)$"),
    re.compile(r"(?:(?<=[。！？!?…”\"\s])|[（(【\[])转载请(?:注明|保留)[^。！？!?]{0,60}$"),
)


def is_footer(text: str, *, edge: bool) -> bool:
    """Whether all of a line is what a site adds; `edge`: it stands near an end of its script."""
    words = text.strip(SPACE)
    patterns = _NEAR_AN_END if edge else _EVERYWHERE
    return any(pattern.fullmatch(words) for pattern in patterns)


def footer_start(text: str) -> int:
    """Where a footer begins that was glued to the end of a line, or the spaces before it; the
    line's length without one.
    """
    found = [match.start() for pattern in _TAILS if (match := pattern.search(text))]
    return len(text[: min(found)].rstrip(SPACE)) if found else len(text)
