"""Any tokenizer of Hugging Face's that is a `tokenizer.json` on disk."""

from pathlib import Path

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.tokens.exact import ExactCounter


def hugging_face(folder: Path) -> ExactCounter:
    """Counts without the special tokens that a model's template would add. Never downloads.

    Raises UsageError where the library or the file is missing, DataError for a file that it
    cannot read.
    """
    file = folder / "tokenizer.json" if folder.is_dir() else folder
    if not file.is_file():
        raise UsageError(
            "no tokenizer.json there, and nothing is downloaded",
            where=str(folder),
            hint="name the folder of a model that is on this machine: hf:FOLDER",
            code="no_tokenizer",
        )
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UsageError(
            "counting with a tokenizer of Hugging Face's needs the package tokenizers",
            where=str(file),
            hint="pip install tokenizers",
            code="no_tokenizers",
        ) from error
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise DataError(
            f"not a tokenizer: {error}",
            where=str(file),
            hint="save it again with save_pretrained",
            code="tokenizer",
        ) from error
    # Files may ask for texts cut at a length or filled up to one, which is for batches.
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    return ExactCounter(f"hf:{folder}", encode)
