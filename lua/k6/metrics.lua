-- The module "k6/metrics": custom metrics, declared in the init context.
local native = ...
local declare = native.declare_metric

local function constructor(type)
  return function(name, is_time)
    return declare(name, type, is_time)
  end
end

return {
  Counter = constructor("counter"),
  Gauge = constructor("gauge"),
  Rate = constructor("rate"),
  Trend = constructor("trend"),
}
