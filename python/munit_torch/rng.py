"""munit's seeded randomness: the same numbers, and the same state afterwards, as `Rng` of @munit/core.

xoroshiro128+ on four 32-bit words, as the npm package pure-rand has it.
"""
import math

import numpy as np

MASK = 0xFFFFFFFF
GOLDEN = 0x9E3779B9
# Numbers that one lane draws where many are wanted at once.
LANE = 1024


def mix(value):
    """The 32-bit finaliser of MurmurHash3."""
    x = value & MASK
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & MASK
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & MASK
    return x ^ (x >> 16)


def signed(word):
    return word - 0x100000000 if word >= 0x80000000 else word


def advance(s01, s00, s11, s10):
    """One step of the generator; works on whole numbers and on arrays of uint32 alike."""
    a0, a1 = s10 ^ s00, s11 ^ s01
    n00 = ((s00 << 24) & MASK) ^ (s01 >> 8) ^ a0 ^ ((a0 << 16) & MASK)
    n01 = ((s01 << 24) & MASK) ^ (s00 >> 8) ^ a1 ^ (((a1 << 16) & MASK) | (a0 >> 16))
    n10 = ((a1 << 5) & MASK) ^ (a0 >> 27)
    n11 = ((a0 << 5) & MASK) ^ (a1 >> 27)
    return n01, n00, n11, n10


def _packed(state):
    return sum(word << (32 * i) for i, word in enumerate(state))


def _unpacked(bits):
    return tuple((bits >> (32 * i)) & MASK for i in range(4))


def _times(columns, bits):
    """A matrix over GF(2), given by its columns, times a vector."""
    result, i = 0, 0
    while bits:
        if bits & 1:
            result ^= columns[i]
        bits >>= 1
        i += 1
    return result


_jump = []


def _jump_columns():
    """LANE steps at once: a step is linear over GF(2), so it is a power of one matrix."""
    if not _jump:
        columns = [_packed(advance(*_unpacked(1 << i))) for i in range(128)]
        for _ in range(LANE.bit_length() - 1):
            columns = [_times(columns, column) for column in columns]
        _jump.extend(columns)
    return _jump


class Rng:
    """A source of random numbers that is saved and restored by four words."""

    def __init__(self, seed):
        words = [mix(seed + (((i + 1) * GOLDEN) & MASK)) for i in range(4)]
        self._state = tuple(words) if any(words) else (1, 0, 0, 0)

    @staticmethod
    def restore(state):
        rng = Rng(0)
        rng._state = tuple(word & MASK for word in state)
        return rng

    def state(self):
        return [signed(word) for word in self._state]

    def next(self):
        """32 bits, from 0 to 2^32 - 1."""
        s = self._state
        self._state = advance(*s)
        return (s[1] + s[3]) & MASK

    def uniform(self):
        """Uniform in [0, 1), a multiple of 2^-53."""
        high = self.next() & 0x3FFFFFF
        return high * 2.0**-26 + (self.next() & 0x7FFFFFF) * 2.0**-53

    def integer(self, count):
        """Uniform in [0, count), count up to 2^32."""
        limit = (0x100000000 // count) * count if count > 2 else 0x100000000
        while True:
            # pure-rand shifts its signed words by 2^31.
            word = (self.next() + 0x80000000) & MASK
            if word < limit:
                return word % count

    def normal(self):
        """Standard normal (Box and Muller; the other one of the pair is not used)."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def normals(self, count):
        """`count` standard normal numbers as float32."""
        if 4 * count < 4 * LANE:
            return np.array([self.normal() for _ in range(count)], dtype=np.float32)
        words = self._words(4 * count).reshape(count, 4).astype(np.float64)
        first = np.mod(words[:, 0], 2.0**26) * 2.0**-26 + np.mod(words[:, 1], 2.0**27) * 2.0**-53
        second = np.mod(words[:, 2], 2.0**26) * 2.0**-26 + np.mod(words[:, 3], 2.0**27) * 2.0**-53
        return (np.sqrt(-2 * np.log(1 - first)) * np.cos(2 * np.pi * second)).astype(np.float32)

    def permutation(self, count):
        """A random order of 0 to count - 1 (Fisher and Yates)."""
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.integer(i + 1)
            order[i], order[j] = order[j], order[i]
        return order

    def _words(self, count):
        """The next `count` words: lanes of LANE words each, all lanes at once."""
        columns, starts = _jump_columns(), [_packed(self._state)]
        while len(starts) * LANE <= count:
            starts.append(_times(columns, starts[-1]))
        state = tuple(np.array([_unpacked(s)[i] for s in starts], dtype=np.uint64) for i in range(4))
        out, rest = np.empty((LANE, len(starts)), dtype=np.uint64), count % LANE
        for i in range(LANE):
            # The last lane is the one in which the words end.
            if i == rest:
                self._state = tuple(int(word[-1]) for word in state)
            out[i] = (state[1] + state[3]) & MASK
            state = advance(*state)
        return out.T.reshape(-1)[:count]


def hash_of(*keys):
    """One 32-bit number from whole numbers, order mattering (`hashOf` of @munit/data)."""
    value = GOLDEN
    for key in keys:
        value = mix(value ^ mix(key & MASK))
        value = mix((value + (key >> 32) + 0x6D2B79F5) & MASK)
    return value


def keyed(*keys):
    return Rng(hash_of(*keys))
