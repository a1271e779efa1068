"""The array type that statistics speak in."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
