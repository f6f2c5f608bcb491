"""Reads result files: the histograms in them, by what docs/result-file.md and engine/metrics/histogram_codec.h say."""

import math
import sqlite3
import struct

FULL_SCALE = 8


def opened(path):
    """Read-only, so that a run that still writes is not disturbed."""
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def nibble_numbers(digits):
    value = shift = 0
    for digit in digits:
        value |= (digit & 7) << shift
        shift += 3
        if digit < 8:
            yield value
            value = shift = 0


def coarse_buckets(blob):
    """Scale and counts by bucket of a second's histogram."""
    stream = nibble_numbers(digit for byte in blob[1:] for digit in (byte >> 4, byte & 15))
    first, counts = next(stream), {}
    bucket = first >> 1 ^ -(first & 1)
    for count in stream:
        if count:
            counts[bucket] = count
            bucket += 1
        else:
            bucket += next(stream, 0)
    return int.from_bytes(blob[:1], "big", signed=True), counts


def varint(stream):
    value = shift = 0
    while True:
        byte = next(stream)
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value


def zigzag(stream):
    value = varint(stream)
    return value >> 1 ^ -(value & 1)


def full_buckets(blob):
    """Counts by bucket of scale 8 of a whole run's histogram; its smallest and largest value."""
    stream = iter(blob)
    version, form = next(stream), next(stream)
    assert version == 1, version
    count, unit = varint(stream), 1000 if form & 1 else 1
    if form >> 1 == 0:
        millionths = [zigzag(stream)]
        while len(millionths) < count:
            millionths.append(millionths[-1] + varint(stream))
        return counted([value / 1e6 for value in millionths], unit)
    if form >> 1 == 1:
        return counted([struct.unpack("<d", bytes(next(stream) for _ in range(8)))[0] for _ in range(count)], unit)
    low, high = (struct.unpack("<d", bytes(next(stream) for _ in range(8)))[0] for _ in range(2))
    for read in (varint, zigzag, zigzag):  # the sum
        read(stream)
    size, counts, bucket = varint(stream), {}, 0
    for i in range(size):
        bucket += varint(stream) if i else zigzag(stream)
        counts[bucket] = varint(stream)
    return counts, low, high


def counted(values, unit):
    counts = {}
    for value in values:
        bucket = bucket_of(value / unit)
        counts[bucket] = counts.get(bucket, 0) + 1
    return counts, min(values), max(values)


def bucket_of(value):
    if value == 0:
        return 0
    bucket = math.ceil((math.log2(abs(value)) + 1023) * 2**FULL_SCALE - 1e-9)
    return bucket if value > 0 else -bucket


def bound(bucket, scale=FULL_SCALE):
    """The bound of a bucket that lies farther from zero."""
    return 0 if bucket == 0 else math.copysign(2 ** (abs(bucket) / 2**scale - 1023), bucket)


def middle(bucket):
    return 0 if bucket == 0 else (bound(bucket) + math.copysign(2 ** ((abs(bucket) - 1) / 2**FULL_SCALE - 1023), bucket)) / 2


def percentile(histograms, share, unit=1):
    """k6's percentile over all values of some histograms, each (counts, smallest, largest)."""
    total = {}
    for counts, _, _ in histograms:
        for bucket, count in counts.items():
            total[bucket] = total.get(bucket, 0) + count
    ordered = [value for bucket in sorted(total) for value in [middle(bucket) * unit] * total[bucket]]
    ordered[0], ordered[-1] = min(low for _, low, _ in histograms), max(high for _, _, high in histograms)
    rank = share * (len(ordered) - 1)
    below = math.floor(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)
