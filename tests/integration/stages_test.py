"""The helpers of k6-utils that ask which stage of a ramping scenario runs."""

import unittest

from support.run_loadrun import LoadrunTest

SCRIPT = """
local k6, metrics, utils = require "k6", require "k6/metrics", require "k6-utils"
local seen = metrics.Counter("seen")
return {
  options = {
    scenarios = {
      ramp = {
        executor = "ramping-vus", startVUs = 1,
        stages = {
          { duration = "1s", target = 2 }, { duration = "1s", target = 2 }, { duration = "1s", target = 1 },
        },
      },
    },
    thresholds = {
      ["seen{stage:0,stage_profile:ramp-up}"] = { "count>0" },
      ["seen{stage:1,stage_profile:steady}"] = { "count>0" },
      ["seen{stage:2,stage_profile:ramp-down}"] = { "count>0" },
    },
  },
  default = function()
    utils.tagWithCurrentStageIndex()
    utils.tagWithCurrentStageProfile()
    seen:add(1)
    console.log(utils.getCurrentStageIndex())
    k6.sleep(0.1)
  end,
}
"""


class StagesTest(LoadrunTest):
    def test_of_a_ramp(self):
        run = self.loadrun(SCRIPT)
        said = [int(index) for index in run.said()]
        self.assertEqual(said, sorted(said), "stages follow each other")
        self.assertEqual(set(said), {0, 1, 2})
        tagged = [f"seen{{stage:{i},stage_profile:{profile}}}" for i, profile in enumerate(("ramp-up", "steady", "ramp-down"))]
        self.assertEqual(sum(run.count(name) for name in tagged), run.count("seen"))

    def test_of_a_scenario_without_stages(self):
        run = self.loadrun('local utils = require "k6-utils"\nreturn function() utils.getCurrentStageIndex() end', code=107)
        self.assertIn("script.lua:2: scenario default has no stages", run.log)


if __name__ == "__main__":
    unittest.main()
