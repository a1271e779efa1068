"""Text as an array of code points, which numpy can work on as a whole."""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


def codes(text: str) -> Codes:
    """One number a character; a lone surrogate is a character too."""
    raw = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(raw, dtype=np.uint32).astype(np.int64)
