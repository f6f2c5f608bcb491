-- The metrics of handleSummary's data, in the order in which summaries list them.
local find, sort, sub = string.find, table.sort, string.sub

local metrics = {}

-- The parts of the key of a metric or sub-metric: "http_reqs", and "scenario:buy" or nil.
function metrics.split(key)
  local brace = find(key, "{", 1, true)
  if not brace then
    return key
  end
  return sub(key, 1, brace - 1), sub(key, brace + 1, -2)
end

-- The keys of `metrics`: by name, each metric followed by its sub-metrics.
function metrics.sorted_keys(by_key)
  local keys = {}
  for key in pairs(by_key) do
    keys[#keys + 1] = key
  end
  sort(keys, function(a, b)
    local name_a, tags_a = metrics.split(a)
    local name_b, tags_b = metrics.split(b)
    if name_a ~= name_b then
      return name_a < name_b
    end
    return (tags_a or "") < (tags_b or "")
  end)
  return keys
end

-- The sources of a metric's thresholds, sorted.
function metrics.sorted_thresholds(metric)
  local sources = {}
  for source in pairs(metric.thresholds or {}) do
    sources[#sources + 1] = source
  end
  sort(sources)
  return sources
end

return metrics
