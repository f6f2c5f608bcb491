-- Results as a JUnit XML file, which systems of continuous integration show as tests.
local native = ...
local plain = native.require_library("internal/humanize").plain
local metrics = native.require_library("internal/summary_metrics")
local concat, format, gsub = table.concat, string.format, string.gsub
local ipairs, pairs, sort = ipairs, pairs, table.sort

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }
local REPLACEMENT = "\239\191\189" -- U+FFFD

-- `text` inside an attribute's quotes. XML has no way to write most control characters.
local function escaped(text)
  local safe = gsub(text, "[&<>\"']", ENTITIES)
  safe = gsub(safe, "[\t\n\r]", function(blank)
    return format("&#%d;", blank:byte())
  end)
  return (gsub(safe, "%c", REPLACEMENT))
end

local function test_case(name, classname, failure)
  local start = format('<testcase name="%s"%s', escaped(name), classname and format(' classname="%s"', escaped(classname)) or "")
  return failure and format('%s><failure message="%s"/></testcase>', start, escaped(failure)) or start .. "/>"
end

-- "avg=1, max=3": all values of a metric.
local function described(values)
  local texts = {}
  for name, value in pairs(values) do
    texts[#texts + 1] = name .. "=" .. plain(value)
  end
  sort(texts)
  return concat(texts, ", ")
end

local function add(suite, name, failure)
  suite.cases[#suite.cases + 1] = test_case(name, suite.classname, failure)
  suite.failures = suite.failures + (failure and 1 or 0)
end

local function add_thresholds(suite, by_key)
  for _, key in ipairs(metrics.sorted_keys(by_key)) do
    local metric = by_key[key]
    for _, source in ipairs(metrics.sorted_thresholds(metric)) do
      local failure = not metric.thresholds[source].ok and "failed: " .. described(metric.values) or nil
      add(suite, key .. " - " .. source, failure)
    end
  end
end

local function add_checks(suite, group)
  for _, check in ipairs(group.checks) do
    local failure = check.fails > 0 and format("failed: %d of %d", check.fails, check.passes + check.fails) or nil
    add(suite, check.path, failure)
  end
  for _, inner in ipairs(group.groups) do
    add_checks(suite, inner)
  end
end

local function new_suite(name, options)
  return { name = name, classname = options.classname, cases = {}, failures = 0 }
end

local function suite_text(suite)
  local start = '<testsuite name="%s" tests="%d" failures="%d">\n'
  local cases = #suite.cases > 0 and concat(suite.cases, "\n") .. "\n" or ""
  return format(start, escaped(suite.name), #suite.cases, suite.failures) .. cases .. "</testsuite>\n"
end

-- `data` is handleSummary's; `options` may have name, classname and checks.
local function render(data, options)
  local suites = { new_suite(options.name or "k6 thresholds", options) }
  add_thresholds(suites[1], data.metrics)
  if options.checks then
    suites[2] = new_suite("k6 checks", options)
    add_checks(suites[2], data.root_group)
  end
  local tests, failures, texts = 0, 0, {}
  for i, suite in ipairs(suites) do
    tests, failures, texts[i] = tests + #suite.cases, failures + suite.failures, suite_text(suite)
  end
  local start = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="%d" failures="%d">\n'
  return format(start, tests, failures) .. concat(texts) .. "</testsuites>\n"
end

return { render = render }
