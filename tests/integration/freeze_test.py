"""Latency that includes waiting, against a truth that is known: a server that stands still (support/freeze.py)."""

import unittest

from support.freeze import Case, FreezeTest


class ShortFreezeTest(FreezeTest):
    seconds = 10
    freeze = 1.0

    def test_a_vu_for_every_arrival(self):
        self.check(Case("many"))

    def test_few_vus_and_a_queue(self):
        self.check(Case("queue", steps=3, workers=2, arrival="poisson", protocol="h2"))

    def test_few_vus_and_no_queue(self):
        self.check(Case("drop"))


if __name__ == "__main__":
    unittest.main()
