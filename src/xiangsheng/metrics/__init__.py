"""Machine metrics, each with an interval and a signature.

`evaluate` scores a system's pairs, `compare` gives the differences of two systems, `catalogue`
has every metric behind the `Metric` port, and `ten.ten` scores a file in less time than importing
numpy takes. That is why the names below are looked up only when they are used.
"""

TYPE_CHECKING = False  # not imported: `typing` takes as long as a tenth of the scoring
if TYPE_CHECKING:
    from xiangsheng.metrics.evaluation import compare, evaluate
    from xiangsheng.metrics.names import (
        ALL,
        FAILURES,
        HEALTH,
        LEARNING,
        NOVELTY,
        ROUGE_ZERO,
        TEN,
    )
    from xiangsheng.metrics.port import catalogue

__all__ = [
    "ALL",
    "FAILURES",
    "HEALTH",
    "LEARNING",
    "NOVELTY",
    "ROUGE_ZERO",
    "TEN",
    "catalogue",
    "compare",
    "evaluate",
]

_MODULES = {"catalogue": "port", "compare": "evaluation", "evaluate": "evaluation"}


if not TYPE_CHECKING:  # so that a type checker still sees a misspelt name

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'names')}"), name)
