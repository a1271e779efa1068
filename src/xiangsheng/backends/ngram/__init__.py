"""`ngram:2` to `ngram:9`: character n-gram models, the small baseline that is always there."""

from xiangsheng.backends.ngram.counts import Piece
from xiangsheng.backends.ngram.desk import NgramDesk
from xiangsheng.backends.ngram.files import load, save
from xiangsheng.backends.ngram.generate import NgramGenerator
from xiangsheng.backends.ngram.model import END_OF_TEXT, NgramModel
from xiangsheng.backends.ngram.tune import NgramTuner

__all__ = [
    "END_OF_TEXT",
    "NgramDesk",
    "NgramGenerator",
    "NgramModel",
    "NgramTuner",
    "Piece",
    "load",
    "save",
]
