"""A job's training curve as the result file of 2022 has it."""

import csv
import io
from collections.abc import Iterable

from xiangsheng.core.job import JobEvent

COLUMNS = {
    "step": "step",
    "elapsed_tokens": "elapsed_tokens",
    "elapsed_examples": "elapsed_examples",
    "training_loss": "train_loss",
    "training_sequence_accuracy": "train_sequence_accuracy",
    "training_token_accuracy": "train_mean_token_accuracy",
}
HELD = {
    "validation_loss": "valid_loss",
    "validation_sequence_accuracy": "valid_sequence_accuracy",
    "validation_token_accuracy": "valid_mean_token_accuracy",
}
"""Columns, and the metrics that they show; these only where a validation file was given."""


def as_csv(events: Iterable[JobEvent], *, held: bool) -> str:
    """One row a step; a cell is empty where nothing was measured."""
    columns = COLUMNS | (HELD if held else {})
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for event in events:
        if event.metrics:
            writer.writerow([_cell(event.data.get(name)) for name in columns.values()])
    return stream.getvalue()


def _cell(value: object) -> object:
    return "" if value is None else value
