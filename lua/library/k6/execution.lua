---@meta

-- The module "k6/execution": where the script runs. Fields are read when they are used; all but `vu.tags` and
-- `vu.metrics` are read-only. `pairs` walks through them.

---@class k6.execution
local execution = {}

---What this process does, over all of its workers.
---@class k6.execution.Instance
---@field currentTestRunDuration number milliseconds since the start of the run
---@field iterationsCompleted integer
---@field iterationsInterrupted integer
---@field vusActive integer VUs that run an iteration
---@field vusInitialized integer VUs that there are

---@type k6.execution.Instance
execution.instance = {}

---The running scenario. Reading a field raises outside of iterations.
---@class k6.execution.Scenario
---@field name string
---@field executor string such as "shared-iterations"
---@field startTime integer milliseconds since 1970
---@field progress number from 0 to 1
---@field iterationInInstance integer of the running iteration in its scenario, from 0
---@field iterationInTest integer the same over all processes

---@type k6.execution.Scenario
execution.scenario = {}

---Tags by name. A value becomes its text; nil, null and tables raise.
---@alias k6.execution.Tags table<string, string | number | boolean>

---@class k6.execution.Metrics
---@field tags k6.execution.Tags the same as `vu.tags`
---@field metadata table<string, string | number | boolean> goes with samples to outputs, but makes no series of its own

---The VU that runs the code. Reading a field raises in the init context.
---@class k6.execution.Vu
---@field idInInstance integer from 1; 0 in setup, teardown and handleSummary
---@field idInTest integer the same over all processes
---@field iterationInInstance integer of the running iteration among this VU's, from 0: `__ITER`
---@field iterationInScenario integer the same in the running scenario
---@field tags k6.execution.Tags on all samples of this VU, until it gets another scenario
---@field metrics k6.execution.Metrics

---@type k6.execution.Vu
execution.vu = {}

---@class k6.execution.Test
---@field options table the consolidated options; raises in the init context
local test = {}

---Ends the test at once: running iterations are interrupted, teardown (after scenarios) and summary follow; exit code 108.
---Does not return.
---@param message? string
function test.abort(message) end

---Marks the test as failed, logs `message` as an error and goes on; exit code 110.
---@param message? string
function test.fail(message) end

---@type k6.execution.Test
execution.test = test

return execution
