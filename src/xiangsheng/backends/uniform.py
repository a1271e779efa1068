"""The random number of every draw, fixed by what is drawn and by nothing else."""

from hashlib import blake2b


def uniform(seed: int, item: str, sample: int, step: int) -> float:
    """A number in [0, 1) with 53 random bits, the same on every machine.

    No state is carried from draw to draw, so a sample does not depend on what else is asked,
    in which order, or on which thread.
    """
    key = f"{seed}:{sample}:{step}:{item}".encode("utf-8", "surrogatepass")
    return (int.from_bytes(blake2b(key, digest_size=8).digest(), "big") >> 11) * 2.0**-53
