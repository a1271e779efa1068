"""The ladder: four small models, named after the four that the 2022 log compared.

They are not OpenAI's models and know nothing of them: each is a Llama of the size given here,
trained on this machine from nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides a network's size; all numbers are counts, `context` of tokens.

    `width` is divided evenly among `heads`; `hidden` is the width inside a feed-forward layer.
    """

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    context: int
    theta: float = 10_000.0
    epsilon: float = 1e-6

    @property
    def head(self) -> int:
        """The width of one head."""
        return self.width // self.heads

    @property
    def parameters(self) -> int:
        """Trained numbers; input and output embeddings are one matrix."""
        layer = 4 * self.width**2 + 3 * self.width * self.hidden + 2 * self.width
        return self.vocabulary * self.width + self.layers * layer + self.width


@dataclass(frozen=True, slots=True)
class Rung:
    """One size of the ladder, and how its base is trained.

    `rate` is the learning rate of its base; `characters` are composed for it, or `epochs` is how
    often it reads another text; `speed` is the tokens a second measured on two cores, which only
    the time told beforehand depends on.
    """

    name: str
    width: int
    layers: int
    heads: int
    hidden: int
    context: int
    rate: float
    characters: int
    epochs: int
    speed: int

    def shape(self, vocabulary: int) -> Shape:
        return Shape(vocabulary, self.width, self.layers, self.heads, self.hidden, self.context)


RUNGS = {
    rung.name: rung
    for rung in (
        Rung("ada", 128, 3, 4, 352, 1024, 2e-3, 200_000, 6, 15_000),
        Rung("babbage", 256, 5, 4, 688, 1024, 2e-3, 1_500_000, 5, 7_000),
        Rung("curie", 512, 6, 8, 1376, 2048, 7e-4, 3_000_000, 3, 2_800),
        Rung("davinci", 768, 8, 12, 2048, 2048, 5e-4, 6_000_000, 3, 1_100),
    )
}
