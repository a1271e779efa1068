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


KEPT = """
from pathlib import Path
from xiangsheng.backends.local.allocator import give_back_freed_memory, keep_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

keep_freed_memory()
blocks = [bytearray(100_000) for _ in range(1000)]
pinned = blocks[::100]
del blocks
before = resident()
give_back_freed_memory()
print(before - resident())
"""
"""A hundred million bytes, of which every hundredth block stays."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator is told")
def test_what_is_kept_can_be_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", KEPT], check=True, stdout=subprocess.PIPE)
    assert int(done.stdout) > 0.8 * 100_000_000 / resource.getpagesize()
