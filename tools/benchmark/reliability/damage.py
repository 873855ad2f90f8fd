"""Ways in which the bytes of a file get damaged."""

import random
from collections.abc import Callable

MOST_FLIPS = 5  # as a power of two
MOST_RANGES = 3

Damage = Callable[[bytes, random.Random], bytes]


def truncate(data: bytes, rng: random.Random) -> bytes:
    """Cut it off anywhere."""
    return data[: rng.randrange(len(data))]


def flip_bytes(data: bytes, rng: random.Random) -> bytes:
    """Change a few bytes to others, 1 to 32."""
    damaged = bytearray(data)
    for _ in range(2 ** rng.randint(0, MOST_FLIPS)):
        damaged[rng.randrange(len(data))] ^= rng.randint(1, 255)
    return bytes(damaged)


def zero_ranges(data: bytes, rng: random.Random) -> bytes:
    """Overwrite up to three ranges, each an eighth of it at most."""
    damaged = bytearray(data)
    for _ in range(rng.randint(1, MOST_RANGES)):
        begin = rng.randrange(len(data))
        length = min(rng.randint(1, max(1, len(data) // 8)), len(data) - begin)
        damaged[begin : begin + length] = bytes(length)
    return bytes(damaged)


DAMAGES: dict[str, Damage] = {
    'truncated': truncate,
    'bytes flipped': flip_bytes,
    'ranges zeroed': zero_ranges,
}
