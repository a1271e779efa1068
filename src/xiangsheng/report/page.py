"""The report as one HTML file that needs nothing beside itself."""

import hashlib
from base64 import b64encode
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from xiangsheng.core.results import Study
from xiangsheng.core.words import Words
from xiangsheng.report import view
from xiangsheng.report.plain import visible

STYLES = ("base", "tables", "parts", "print")


def html(study: Study) -> str:
    """A whole page: no network, readable without JavaScript, in both languages."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("xiangsheng.report"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(view.helpers())
    style = "".join(_read(f"style/{name}.css") for name in STYLES)
    script = _read("style/switch.js")
    return environment.get_template("page.html.j2").render(
        study=study,
        style=_own(style),
        script=_own(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
        **view.of(study),
    )


def _finalize(found: Any) -> Any:
    """Both languages of Words; everything else with its unseen characters shown, then escaped."""
    if isinstance(found, Words):
        if found.zh == found.en:
            return visible(found.zh)
        return Markup(
            '<span class="zh" lang="zh-Hans">{}</span> <span class="en" lang="en">{}</span>'
        ).format(visible(found.zh), visible(found.en))
    return visible(found) if isinstance(found, str) and not isinstance(found, Markup) else found


def _read(name: str) -> str:
    return files("xiangsheng.report").joinpath(name).read_text("utf-8")


def _own(text: str) -> Markup:
    """Our own style or script, which goes into the page as it is."""
    return Markup(text)  # noqa: S704


def _digest(text: str) -> str:
    """For the Content-Security-Policy: what is not ours does not run, even inside the page."""
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()
