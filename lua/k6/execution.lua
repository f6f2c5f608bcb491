-- The module "k6/execution": where the script runs. Every field is read when it is used.
local native = ...
local stage = native.execution_stage

-- A read-only table of the fields `names`, each read by `read(name)`, and of the values in `fixed`.
local function view(what, names, read, fixed)
  return setmetatable({}, {
    __index = function(_, name)
      return fixed[name] or read(name)
    end,
    __newindex = function()
      error(what .. " is read-only", 2)
    end,
    __pairs = function()
      local fields = {}
      for name in names:gmatch("%S+") do
        fields[name] = read(name)
      end
      for name, value in next, fixed do
        fields[name] = value
      end
      return next, fields, nil
    end,
    __metatable = false,
  })
end

local function scenario_field(name)
  if stage() ~= "iteration" then
    error("getting scenario information outside of the VU context is not supported", 3)
  end
  return native.scenario_field(name)
end

local function vu_field(name)
  if stage() == "init" then
    error("getting VU information in the init context is not supported", 3)
  end
  return native.vu_field(name)
end

-- A table of texts that scripts may write to.
local function texts(get, set, all)
  return setmetatable({}, {
    __index = function(_, key)
      return get(key)
    end,
    __newindex = function(_, key, value)
      set(key, value)
    end,
    __pairs = function()
      return next, all(), nil
    end,
    __metatable = false,
  })
end

local tags = texts(native.vu_tag, native.set_vu_tag, native.vu_tags)
local metadata = texts(native.vu_metadata, native.set_vu_metadata, native.all_vu_metadata)

local instance = view("exec.instance",
  "currentTestRunDuration iterationsCompleted iterationsInterrupted vusActive vusInitialized", native.instance_field, {})
local scenario = view("exec.scenario",
  "name executor startTime progress iterationInInstance iterationInTest", scenario_field, {})
local vu = view("exec.vu", "idInInstance idInTest iterationInInstance iterationInScenario", vu_field,
  { tags = tags, metrics = { tags = tags, metadata = metadata } })

local test = {}

-- Ends the test at once: running iterations are interrupted, teardown and summary follow (exit code 108).
function test.abort(message)
  native.abort_test(message == nil and "" or tostring(message))
end

-- Marks the test as failed (exit code 110) and goes on.
function test.fail(message)
  native.console_write("error", message == nil and "" or tostring(message))
  native.fail_test()
end

setmetatable(test, {
  __index = function(_, key)
    if key ~= "options" then
      return nil
    end
    if stage() == "init" then
      error("getting test options in the init context is not supported", 2)
    end
    return native.test_options()
  end,
})

return { instance = instance, scenario = scenario, vu = vu, test = test }
