"""The names of all metrics, in the order in which tables show them."""

TEN = (
    "bleu_1",
    "bleu_2",
    "bleu_3",
    "bleu_4",
    "gleu",
    "rouge_1",
    "rouge_2",
    "rouge_l",
    "distinct_1",
    "distinct_2",
)
ROUGE_ZERO = ("rouge_1_zero", "rouge_2_zero", "rouge_l_zero")
HEALTH = ("empty", "truncated", "loop", "role_drift")
FAILURES = ("refused", "filtered", "error")
NOVELTY = tuple(f"novelty_{n}" for n in range(1, 11))
LEARNING = ("perplexity",)
"""Of real lines that a model has read, where there is no answer for the others to measure."""
WITHOUT_TRAINING = (*TEN, *ROUGE_ZERO, *HEALTH, *FAILURES)
ALL = (*WITHOUT_TRAINING, *NOVELTY)
"""Of answers, and in percent."""
