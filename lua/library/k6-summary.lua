---@meta

-- The module "k6-summary": reports for `handleSummary`.

---@class k6.summary
local summary = {}

---@class k6.summary.TextOptions
---@field indent? string before each line; a blank when absent
---@field enableColors? boolean true when absent
---@field summaryTrendStats? string[] columns of trends, among those of the option of that name, which is the default
---@field summaryTimeUnit? "s" | "ms" | "us" unit of all times; the option of that name when absent

---The results as text: the verdict on the load generator, checks by group, then all metrics by name. What is taken out of
---`data.metrics`, or the verdict out of `data.loadrun`, is not shown.
---
---Raises when `summaryTrendStats` names what `data` does not hold.
---@param data table of handleSummary
---@param options? k6.summary.TextOptions
---@return string text lines without a line end after the last one
function summary.textSummary(data, options) end

---@class k6.summary.JUnitOptions
---@field name? string of the test suite; "k6 thresholds" when absent
---@field classname? string of each test case; none when absent
---@field checks? boolean adds a suite "k6 checks", in which a check that failed once is a failure

---The results as a JUnit XML file: each threshold is a test case, which fails with the metric's values.
---@param data table of handleSummary
---@param options? k6.summary.JUnitOptions
---@return string xml
function summary.jUnit(data, options) end

---A value as `textSummary` shows it.
---@param value number in the metric's unit
---@param metric { type: string, contains: string } one of `data.metrics`
---@param timeUnit? "s" | "ms" | "us" for times; chosen by size when absent
---@return string text
function summary.humanizeValue(value, metric, timeUnit) end

return summary
