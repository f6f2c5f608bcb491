-- The module "k6-summary": k6's jslib of that name, which turns the data of handleSummary into reports.
local native = ...
local humanize = native.require_library("internal/humanize").humanize
local render_junit = native.require_library("internal/junit").render
local render_text = native.require_library("internal/text_summary").render
local error, format, ipairs, pairs, type = error, string.format, ipairs, pairs, type

local DEFAULTS = { indent = " ", enableColors = true }

local summary = {}

local function check_arguments(name, data, options)
  if type(data) ~= "table" or type(data.metrics) ~= "table" or type(data.root_group) ~= "table" then
    error(name .. ": expected the data of handleSummary as the first argument", 3)
  end
  if options ~= nil and type(options) ~= "table" then
    error(format("%s: expected a table of options, got a %s", name, type(options)), 3)
  end
end

-- The verdict, if there is one in data.loadrun, and what k6 prints with --summary-mode=legacy.
function summary.textSummary(data, options)
  check_arguments("textSummary", data, options)
  local merged = {}
  for _, layer in ipairs({ DEFAULTS, data.options or {}, options or {} }) do
    for name, value in pairs(layer) do
      merged[name] = value
    end
  end
  return render_text(data, merged)
end

-- A JUnit XML file: each threshold is a test case.
function summary.jUnit(data, options)
  check_arguments("jUnit", data, options)
  return render_junit(data, options or {})
end

-- A value of a metric as textSummary shows it.
function summary.humanizeValue(value, metric, time_unit)
  if type(value) ~= "number" or type(metric) ~= "table" then
    error("humanizeValue: expected a number and a metric of handleSummary's data", 2)
  end
  return humanize(value, metric, time_unit)
end

return summary
