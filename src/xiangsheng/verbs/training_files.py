"""Files for jobs: uploaded, looked into, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example
from xiangsheng.core.job import TrainingFile
from xiangsheng.core.stored_file import FileStatus, StoredFile
from xiangsheng.files.decoding import decode
from xiangsheng.prepare.rows import Fault, check_examples
from xiangsheng.store.workspace import Workspace
from xiangsheng.tokens.ladder import LadderTokenizer

MOST_FAULTS = 20
"""Lines at fault that are told of; whoever has more has another kind of file."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that is what it should be, and what is in it; `tokens` are those of each example."""

    file: TrainingFile
    examples: Sequence[Example]
    tokens: Sequence[int]


def look_into(file: StoredFile, workspace: Workspace) -> Looked:
    """Raises DataError (`training_file`) that points at every line at fault, twenty at most; the
    same is then known of the file.
    """
    try:
        examples = checked(workspace.files.content(file), file.name)
    except DataError as error:
        wrong_lines = error.code == "training_file"
        workspace.files.judge(
            file.id, FileStatus.ERROR, error.message if wrong_lines else str(error)
        )
        raise
    if file.status is not FileStatus.PROCESSED:
        workspace.files.judge(file.id, FileStatus.PROCESSED)
    texts = [_text(example) for example in examples]
    tokenizer = LadderTokenizer()
    tokens = [tokenizer.count(text) + 1 for text in texts]
    counted = TrainingFile(
        id=file.id,
        name=file.name,
        sha256=file.sha256,
        examples=len(examples),
        tokens=sum(tokens),
        characters=sum(map(len, texts)),
    )
    return Looked(counted, examples, tokens)


def checked(data: bytes, name: str) -> list[Example]:
    """The examples of a training file, at least one. Raises DataError (`training_file`) that points
    at every line at fault, twenty at most.
    """
    examples, faults = check_examples(decode(data, name).text, name, MOST_FAULTS)
    if faults or not examples:
        raise _faulty(name, faults)
    return examples


def require_alike(training: Sequence[Example], held: Sequence[Example], name: str) -> None:
    """Raises DataError where the held-out file, called `name`, is of the other kind."""
    if bool(held[0].messages) != bool(training[0].messages):
        raise DataError(
            "one file has chat messages and the other prompts and completions",
            where=name,
            hint="give two files of one kind",
            code="training_file",
        )


def examples_of(file: TrainingFile, workspace: Workspace) -> Sequence[Example]:
    """The examples of a file that was looked into when its job was made."""
    stored = workspace.files.find(file.id)
    return checked(workspace.files.content(stored), stored.name)


def _faulty(name: str, faults: Sequence[Fault]) -> DataError:
    if not faults:
        return DataError(
            "Invalid file format. The file has no examples",
            where=name,
            hint='write one {"prompt": "…", "completion": "…"} a line',
            code="training_file",
        )
    more = ["… and maybe more"] if len(faults) == MOST_FAULTS else []
    return DataError(
        "\n".join((*map(str, faults), *more)),
        where=f"{name}:{faults[0].line}",
        hint='look at all of it: xiangsheng prepare FILE; a line is {"prompt": "…", '
        '"completion": "…"} or {"messages": [{"role": "user", "content": "…"}, …]}',
        code="training_file",
    )


def _text(example: Example) -> str:
    return "".join(span.text for span in example.spans) + "".join(
        message.content for message in example.messages
    )
