"""Memory that a product has freed is there for the next one."""

import platform
import resource
import subprocess
import sys

import pytest

BLOCKS = """
import resource
import xiangsheng.backends.local
import torch

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

for _ in range(40):
    torch.empty(4 << 20).fill_(1)
before = faults()
for _ in range(20):
    torch.empty(4 << 20).fill_(1)
print(faults() - before)
"""
"""Twenty blocks of 16 MiB, one after the other."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator is told")
def test_blocks_are_not_taken_from_the_system_again_and_again() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKS], check=True, stdout=subprocess.PIPE)
    pages = 20 * (16 << 20) // resource.getpagesize()
    assert int(done.stdout) < pages / 4
