"""--seed: the same choices however the work is split."""

import re
import unittest

from support.run_loadrun import LoadrunTest

SCRIPT = """
local utils = require "k6-utils"
local SharedArray = require("k6/data").SharedArray
local words = SharedArray("words", function() return { "a", "b", "c", "d", "e", "f", "g" } end)
return {
  options = { scenarios = { only = { executor = "%s", vus = 4, iterations = %d } } },
  default = function()
    local who = %s
    console.log(who, utils.randomIntBetween(1, 1000000), utils.randomItem(words), utils.randomString(12),
      utils.uuidv4(), math.random(), math.random(100))
  end,
}
"""
PER_VU = SCRIPT % ("per-vu-iterations", 5, '__VU .. ":" .. __ITER')
SHARED = SCRIPT % ("shared-iterations", 20, '"somebody"')


class SeedTest(LoadrunTest):
    def choices(self, script, seed, workers="2"):
        said = sorted(self.loadrun(script, "--seed", seed, "--workers", workers).said())
        self.assertEqual(len(set(said)), 20, "every iteration chooses for itself")
        return said

    def test_repeats_the_choices_for_any_number_of_workers(self):
        for script in (PER_VU, SHARED):
            first = self.choices(script, "42", "1")
            for workers in ("1", "2", "4"):
                self.assertEqual(self.choices(script, "42", workers), first)

    def test_another_seed_makes_others(self):
        self.assertNotEqual(self.choices(PER_VU, "42"), self.choices(PER_VU, "43"))

    def test_is_random_and_printed_when_not_given(self):
        first, second = self.loadrun(PER_VU), self.loadrun(PER_VU)
        self.assertNotEqual(sorted(first.said()), sorted(second.said()))
        seed = re.search(r"seed: (\d+)", first.stdout)[1]
        self.assertEqual(self.choices(PER_VU, seed), sorted(first.said()))

    def test_from_the_environment(self):
        run = self.loadrun(PER_VU, env={"LOADRUN_SEED": "42"})
        self.assertEqual(sorted(run.said()), self.choices(PER_VU, "42"))

    def test_shuffles_of_the_init_context_repeat_too(self):
        script = """
        local list = require("k6/data").SharedArray("list", function()
          local numbers = {}
          for i = 1, 50 do numbers[i] = math.random(1000) end
          return numbers
        end)
        return function() for i = 1, #list do console.log(list[i]) end end
        """
        runs = [self.loadrun(script, "--seed", seed).said() for seed in ("7", "7", "8")]
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])


if __name__ == "__main__":
    unittest.main()
