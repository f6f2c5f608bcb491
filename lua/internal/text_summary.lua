-- The summary as text, in the layout of k6's jslib: the tree of groups with their checks, then all metrics by name.
local native = ...
local numbers = native.require_library("internal/humanize")
local metrics = native.require_library("internal/summary_metrics")
local concat, floor, format, gsub, max, rep = table.concat, math.floor, string.format, string.gsub, math.max, string.rep
local error, ipairs, pairs = error, ipairs, pairs

local RED, GREEN, YELLOW, CYAN, FAINT_CYAN, FAINT = "31", "32", "33", "36", "36;2", "2"
local MIN_DOTS = 3

local function painted(text, ink)
  return "\27[" .. ink .. "m" .. text .. "\27[0m"
end

local function plain(text)
  return text
end

-- How many characters `text` shows, as k6 counts: colours and combining marks have none.
local function width(text)
  local shown = gsub(gsub(text, "\27%[[%d;]*m", ""), "\204[\128-\191]", "") -- most of U+0300 to U+036F
  shown = gsub(shown, "\205[\128-\175]", "")
  return #gsub(shown, "[\128-\191]", "")
end

local function add_check(lines, check, indent, paint)
  if check.fails == 0 then
    lines[#lines + 1] = paint(indent .. "✓ " .. check.name, GREEN)
    return
  end
  local percent = floor(100 * check.passes / (check.passes + check.fails))
  local counts = format("%s ↳  %d%% — ✓ %d / ✗ %d", indent, percent, check.passes, check.fails)
  lines[#lines + 1] = paint(indent .. "✗ " .. check.name .. "\n" .. counts, RED)
end

local function add_group(lines, group, indent, paint)
  if group.name ~= "" then
    lines[#lines + 1] = indent .. "█ " .. group.name .. "\n"
    indent = indent .. "  "
  end
  for i = 1, #group.checks do
    add_check(lines, group.checks[i], indent, paint)
  end
  if #group.checks > 0 then
    lines[#lines + 1] = ""
  end
  for i = 1, #group.groups do
    add_group(lines, group.groups[i], indent, paint)
  end
end

-- What stands before a metric's name: whether all of its thresholds hold.
local function mark(metric, paint)
  if not metric.thresholds then
    return " "
  end
  for _, threshold in pairs(metric.thresholds) do
    if not threshold.ok then
      return paint("✗", RED)
    end
  end
  return paint("✓", GREEN)
end

local function trend_cells(key, metric, options)
  local cells = {}
  for i, stat in ipairs(options.summaryTrendStats) do
    local value = metric.values[stat]
    if not value then
      error(format("textSummary: %s has no %s: the option summaryTrendStats does not name it", key, stat), 0)
    end
    local text = stat == "count" and numbers.plain(value) or numbers.humanize(value, metric, options.summaryTimeUnit)
    cells[i] = { prefix = stat .. "=", text = text, ink = CYAN }
  end
  return cells
end

local CELL_TEXTS = {
  counter = function(values, shown)
    return { shown(values.count), shown(values.rate) .. "/s" }
  end,
  gauge = function(values, shown)
    return { shown(values.value), "min=" .. shown(values.min), "max=" .. shown(values.max) }
  end,
  rate = function(values, shown)
    return { shown(values.rate), "✓ " .. values.passes, "✗ " .. values.fails }
  end,
}

local function cells_of(key, metric, options)
  if metric.type == "trend" then
    return trend_cells(key, metric, options)
  end
  local texts = CELL_TEXTS[metric.type](metric.values, function(value)
    return numbers.humanize(value, metric, options.summaryTimeUnit)
  end)
  local cells = {}
  for i, text in ipairs(texts) do
    cells[i] = { prefix = "", text = text, ink = i == 1 and CYAN or FAINT_CYAN }
  end
  return cells
end

-- Of each column the widest text. Trends are aligned among themselves, and so are the others.
local function widen(widths, cells)
  for i, cell in ipairs(cells) do
    widths[i] = max(widths[i] or 0, width(cell.text))
  end
end

local function joined(cells, widths, paint)
  local texts = {}
  for i, cell in ipairs(cells) do
    local is_only_extra = i == 2 and #cells == 2 and cell.prefix == ""
    local padding = is_only_extra and 0 or widths[i] - width(cell.text)
    texts[i] = cell.prefix .. paint(cell.text, cell.ink) .. rep(" ", padding)
  end
  return concat(texts, " ")
end

local function add_metrics(lines, by_key, options, paint)
  local keys = metrics.sorted_keys(by_key)
  local rows, label_width, widths = {}, 0, { trend = {}, other = {} }
  for i, key in ipairs(keys) do
    local metric = by_key[key]
    local name, tags = metrics.split(key)
    local row = { indent = tags and "  " or "", label = tags and "{ " .. tags .. " }" or name }
    row.cells = cells_of(key, metric, options)
    row.widths = metric.type == "trend" and widths.trend or widths.other
    row.mark = mark(metric, paint)
    widen(row.widths, row.cells)
    label_width = max(label_width, width(row.indent .. row.label))
    rows[i] = row
  end
  for _, row in ipairs(rows) do
    local dots = rep(".", label_width - width(row.indent .. row.label) + MIN_DOTS) .. ":"
    local start = options.indent .. "  " .. row.indent .. row.mark .. " " .. row.label .. paint(dots, FAINT)
    lines[#lines + 1] = start .. " " .. joined(row.cells, row.widths, paint)
  end
end

local STATE_INKS = { VALID = GREEN, INVALID = RED }

-- The verdict on the load generator, which k6's data do not have.
local function add_verdict(lines, verdict, indent, paint)
  lines[#lines + 1] = indent .. "█ VERDICT: " .. paint(verdict.state, STATE_INKS[verdict.state] or YELLOW) .. "\n"
  for _, reason in ipairs(verdict.reasons) do
    local sign = reason.state == "INVALID" and "✗" or "!"
    lines[#lines + 1] = indent .. "  " .. paint(sign, STATE_INKS[reason.state] or YELLOW) .. " " .. reason.text
    lines[#lines + 1] = indent .. "    → " .. reason.advice
  end
  if #verdict.reasons > 0 then
    lines[#lines + 1] = ""
  end
end

-- `data` is handleSummary's; `options` has all of indent, enableColors, summaryTrendStats, summaryTimeUnit.
local function render(data, options)
  local paint = options.enableColors and painted or plain
  local lines = {}
  if data.loadrun and data.loadrun.verdict then
    add_verdict(lines, data.loadrun.verdict, options.indent .. "    ", paint)
  end
  add_group(lines, data.root_group, options.indent .. "    ", paint)
  add_metrics(lines, data.metrics, options, paint)
  return concat(lines, "\n")
end

return { render = render }
