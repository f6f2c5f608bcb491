---@meta

-- The module "k6/metrics": metrics of your own. All four constructors work in the init context only; they raise
-- elsewhere, on a name that is not made of letters, digits and underscores, and on a name that is taken by a metric of
-- another kind. The same name and kind again is the same metric.

---@class k6.metrics
local metrics = {}

---A metric of your own.
---@class k6.metrics.Metric
---@field name string read-only
local Metric = {}

---Adds a sample. What is no number is not added and logged as a warning; with the option `throw` it raises.
---
---Raises in the init context.
---@param value number | boolean | string a boolean counts as 1 or 0, a numeric string as its number
---@param tags? table<string, string | number | boolean> added to the VU's tags
---@return boolean added
function Metric:add(value, tags) end

---Sums up what is added.
---@param name string
---@param is_time? boolean the values are milliseconds
---@return k6.metrics.Metric
function metrics.Counter(name, is_time) end

---Keeps the last value, the smallest and the largest.
---@param name string
---@param is_time? boolean the values are milliseconds
---@return k6.metrics.Metric
function metrics.Gauge(name, is_time) end

---Keeps the share of values that are not zero.
---@param name string
---@param is_time? boolean the values are milliseconds
---@return k6.metrics.Metric
function metrics.Rate(name, is_time) end

---Keeps the distribution: average, smallest, largest and percentiles.
---@param name string
---@param is_time? boolean the values are milliseconds
---@return k6.metrics.Metric
function metrics.Trend(name, is_time) end

return metrics
