"""The freeze of freeze_test.py at full length and in all combinations."""

import itertools
import unittest

from support.freeze import Case, FreezeTest


class LongFreezeTest(FreezeTest):
    def check_all(self, vus):
        for steps, workers, arrival, protocol in itertools.product((1, 3), (1, 2), ("even", "poisson"), ("http", "h2")):
            self.check(Case(vus, steps, workers, arrival, protocol))

    def test_a_vu_for_every_arrival(self):
        self.check_all("many")

    def test_few_vus_and_a_queue(self):
        self.check_all("queue")

    def test_few_vus_and_no_queue(self):
        self.check(Case("drop", steps=3, workers=2))


if __name__ == "__main__":
    unittest.main()
