"""A study, ready to be read: one HTML page, or a Markdown lab log. Pure functions of a Study."""

from xiangsheng.report.log import lab_log
from xiangsheng.report.page import html
from xiangsheng.report.published import published

__all__ = ["html", "lab_log", "published"]
