"""The ten metrics as the published evaluation computes them: nltk and rouge 1.0.1 on characters.

    python benchmarks/published_recipe.py PAIRS.json

PAIRS.json is a list of {"ori": real line, "gen": generated line}; the values go to stdout as JSON.
"""

import json
import sys
from pathlib import Path

from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu
from nltk.translate.gleu_score import corpus_gleu
from rouge import Rouge

WEIGHTS = ((1, 0, 0, 0), (0.5, 0.5, 0, 0), (0.33, 0.33, 0.33, 0), (0.25, 0.25, 0.25, 0.25))


def published(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """The ten values of (candidate, reference) pairs, in percent."""
    candidates = [list(candidate) for candidate, _ in pairs]
    references = [[list(reference)] for _, reference in pairs]
    smoothing = SmoothingFunction().method1
    values = {
        f"bleu_{order}": 100
        * corpus_bleu(references, candidates, weights=weights, smoothing_function=smoothing)
        for order, weights in enumerate(WEIGHTS, 1)
    }
    values["gleu"] = 100 * corpus_gleu(references, candidates)
    rouge, scores = Rouge(), []
    for candidate, reference in pairs:
        try:
            scores += rouge.get_scores(" ".join(candidate), " ".join(reference))
        except ValueError:  # an empty hypothesis
            continue
    for kind in "12l":
        fs = [score[f"rouge-{kind}"]["f"] for score in scores]
        values[f"rouge_{kind}"] = 100 * sum(fs) / len(fs)
    for order in (1, 2):
        grams = [
            tuple(text[start : start + order])
            for text in candidates
            for start in range(len(text) - order + 1)
        ]
        values[f"distinct_{order}"] = 100 * len(set(grams)) / len(grams)
    return values


if __name__ == "__main__":
    rows = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(published([(row["gen"], row["ori"]) for row in rows])))
