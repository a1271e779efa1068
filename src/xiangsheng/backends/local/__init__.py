"""`local:ada` to `local:davinci`: neural models that are trained, tuned and sampled on this machine."""

import os
import sys

from xiangsheng.backends.local.allocator import keep_freed_memory

if "OMP_WAIT_POLICY" not in os.environ:  # to be set before torch starts its threads
    # Between two products the threads wait for each other. Spinning for long, which is the default,
    # made two trainings side by side as slow as a twentieth; sleeping at once costs 0.05 ms a
    # product, which doubled the time of decoding. So they spin for about 0.02 ms, then sleep. ACTIVE
    # lets them spin also where a second thread of Python has threads of its own, as the engine has.
    # Measured in docs/log.md.
    if sys.platform == "linux":
        os.environ["OMP_WAIT_POLICY"] = "ACTIVE"
        os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    else:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

for most in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):  # of oneDNN, and of torch
    os.environ.setdefault(most, "64")  # programs of half a mebibyte; see `product`

keep_freed_memory()
