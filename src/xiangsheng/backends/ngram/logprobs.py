"""Log-probabilities of single characters, drawn or read, and of the likeliest in their place.

All are of the model's own distribution, before bias, penalties, temperature and top_p.
"""

import math

from xiangsheng.backends import sampling
from xiangsheng.backends.ngram.counts import UNKNOWN
from xiangsheng.backends.ngram.model import NgramModel
from xiangsheng.backends.ngram.smoothing import Vector
from xiangsheng.core.generation import TokenLogprob


def of_draw(model: NgramModel, chances: Vector, token: int, top: int) -> TokenLogprob:
    """Of one token drawn; `chances` is the distribution in its place."""
    return TokenLogprob(
        model.token(token), math.log(chances[token]), _likeliest(model, chances, top)
    )


def of_text(model: NgramModel, text: str, top: int) -> tuple[TokenLogprob, ...]:
    """Of each character of a text, after those before it; the first one begins the text.

    A character never seen has the probability that `NgramModel.chances` gives it.
    """
    found = []
    states = model.read("")
    for character in text:
        chances = model.distribution(states)
        token = model.ids.get(character, UNKNOWN)
        chance = model.unseen(states) if token == UNKNOWN else float(chances[token])
        likeliest = _likeliest(model, chances, top)
        found.append(TokenLogprob(character, math.log(chance), likeliest))
        states = model.advance(states, token)
    return tuple(found)


def _likeliest(model: NgramModel, chances: Vector, top: int) -> tuple[tuple[str, float], ...]:
    places = sampling.most_likely(chances, top)
    return tuple((model.token(place), math.log(chances[place])) for place in places)
