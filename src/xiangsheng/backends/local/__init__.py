"""`local:ada` to `local:davinci`: neural models that are trained, tuned and sampled on this machine."""

import os

# Before torch starts its threads. Between two products they would wait by spinning, and beside
# any other busy program two trainings of five million numbers each ran at a twentieth of their speed; sleeping
# costs a few per cent on a quiet machine. Measured in docs/log.md.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
