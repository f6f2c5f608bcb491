-- The module "k6/http": one request a call, answered by a response.
local native = ...
local native_request = native.http_request
local task_state, wait_for, task_results = native.task_state, native.wait_for, native.task_results
local error, type, next, tostring = error, type, next, tostring
local floor = math.floor

-- `problem` comes with `throw` only. The functions below call this last, so that the error names the script's line.
local function request(method, url, body, params)
  local response, problem = native_request(method, url, body, params)
  if problem then
    error(problem, 2)
  end
  return response
end

native.require_library("internal/http_pages").add(native.response_methods, request)

local http = {
  request = request,
  file = native.http_file,
  cookieJar = native.vu_cookie_jar,
  CookieJar = native.new_cookie_jar,
  expectedStatuses = native.expected_statuses,
  setResponseCallback = native.set_response_callback,
  TLS_1_0 = "tls1.0",
  TLS_1_1 = "tls1.1",
  TLS_1_2 = "tls1.2",
  TLS_1_3 = "tls1.3",
  OCSP_STATUS_GOOD = "good",
  OCSP_STATUS_REVOKED = "revoked",
  OCSP_STATUS_SERVER_FAILED = "server_failed",
  OCSP_STATUS_UNKNOWN = "unknown",
  OCSP_REASON_AA_COMPROMISE = "aa_compromise",
  OCSP_REASON_AFFILIATION_CHANGED = "affiliation_changed",
  OCSP_REASON_CA_COMPROMISE = "ca_compromise",
  OCSP_REASON_CERTIFICATE_HOLD = "certificate_hold",
  OCSP_REASON_CESSATION_OF_OPERATION = "cessation_of_operation",
  OCSP_REASON_KEY_COMPROMISE = "key_compromise",
  OCSP_REASON_PRIVILEGE_WITHDRAWN = "privilege_withdrawn",
  OCSP_REASON_REMOVE_FROM_CRL = "remove_from_crl",
  OCSP_REASON_SUPERSEDED = "superseded",
  OCSP_REASON_UNSPECIFIED = "unspecified",
}

-- A third argument is a body that somebody expects to be sent.
local function warn_of_body(name, extra)
  if extra ~= nil then
    native.warn("http." .. name .. " only accepts a url and a params argument; the rest is ignored")
  end
end

function http.get(url, params, extra)
  warn_of_body("get", extra)
  return request("GET", url, nil, params)
end

function http.head(url, params, extra)
  warn_of_body("head", extra)
  return request("HEAD", url, nil, params)
end

function http.post(url, body, params)
  return request("POST", url, body, params)
end

function http.put(url, body, params)
  return request("PUT", url, body, params)
end

function http.patch(url, body, params)
  return request("PATCH", url, body, params)
end

function http.del(url, body, params)
  return request("DELETE", url, body, params)
end

function http.options(url, body, params)
  return request("OPTIONS", url, body, params)
end

-- A task that sends a request; await() gives the response.
function http.asyncRequest(method, url, body, params)
  return native.spawn(false, request, method, url, body, params)
end

local template = {
  __tostring = function(url)
    return url.url
  end,
}

local function number_text(value)
  return value == floor(value) and value > -1e15 and value < 1e15 and ("%d"):format(value) or tostring(value)
end

local function encoded(value)
  local text = type(value) == "number" and number_text(value) or tostring(value)
  return (text:gsub("[^%w%-._~]", function(char)
    return ("%%%02X"):format(char:byte())
  end))
end

-- An URL whose every `${}` is the next value, percent-encoded. Its requests are named by the text with the `${}`.
function http.url(text, ...)
  local values, used = { n = select("#", ...), ... }, 0
  local url = text:gsub("%${}", function()
    used = used + 1
    return used <= values.n and encoded(values[used]) or nil
  end)
  if used ~= values.n then
    error(("http.url: %d ${} and %d values"):format(used, values.n), 2)
  end
  return setmetatable({ url = url, name = text }, template)
end

-- The arguments of a request as http.batch takes it: an URL, { method, url, body, params } or the same by name.
local function batch_item(key, item)
  if type(item) == "string" or getmetatable(item) == template then
    return { method = "GET", url = item }
  elseif type(item) ~= "table" then
    error(("invalid http.batch() request %s: expected an URL or a table, got a %s"):format(key, type(item)), 4)
  elseif item.method ~= nil or item.url ~= nil then
    if item.url == nil then
      error(("batch request %s doesn't have a url key"):format(key), 4)
    end
    local method = item.method and item.method:upper() or "GET"
    local body = method ~= "GET" and method ~= "HEAD" and item.body or nil
    return { method = method, url = item.url, body = body, params = item.params }
  elseif item[2] == nil then
    error(("batch request %s doesn't have a url: expected { method, url, body, params }"):format(key), 4)
  end
  return { method = item[1], url = item[2], body = item[3], params = item[4] }
end

-- Positions count from 0 in messages, as k6's do.
local function batch_items(requests)
  local items = {}
  for key, item in next, requests do
    local read = batch_item(type(key) == "number" and key - 1 or key, item)
    read.key = key
    read.host = tostring(read.url):match("^%a[%w+.-]*://([^/?#]*)") or ""
    items[#items + 1] = read
  end
  table.sort(items, function(a, b)
    if type(a.key) == type(b.key) then
      return a.key < b.key
    end
    return type(a.key) == "number"
  end)
  return items
end

-- Takes the first item whose host may have one more request.
local function take(items, hosts, per_host)
  for index = 1, #items do
    local item = items[index]
    local active = hosts[item.host] or 0
    if active < per_host then
      hosts[item.host] = active + 1
      return table.remove(items, index)
    end
  end
end

-- Sends all items, at most `limit` at a time and `per_host` to one host, and puts the responses under their keys.
local function send_all(items, results, limit, per_host)
  local hosts, senders = {}, {}
  local function send(item)
    while item do
      results[item.key] = request(item.method, item.url, item.body, item.params)
      hosts[item.host] = hosts[item.host] - 1
      item = take(items, hosts, per_host)
    end
  end
  while #senders < limit do
    local item = take(items, hosts, per_host)
    if not item then
      break
    end
    senders[#senders + 1] = native.spawn(false, send, item)
  end
  return senders
end

-- Waits for all tasks, then raises the first error.
local function await_all(tasks)
  for index = 1, #tasks do
    if task_state(tasks[index]) == "running" then
      wait_for(tasks[index])
    end
  end
  for index = 1, #tasks do
    local ok = task_state(tasks[index]) ~= "failed"
    local problem = task_results(tasks[index])
    if not ok then
      error(problem, 0)
    end
  end
end

-- Sends several requests at once; the responses come under the keys of the requests.
function http.batch(requests)
  if type(requests) ~= "table" then
    error("invalid http.batch() argument type " .. (requests == nil and "<nil>" or type(requests)), 2)
  end
  local items, results = batch_items(requests), {}
  for _, item in next, items do
    if native.url_problem(tostring(item.url)) then -- as k6: what is wrong is said, and nothing else is sent
      native.warn("A batch request failed")
      results[item.key] = request(item.method, item.url, item.body, item.params)
      return results
    end
  end
  await_all(send_all(items, results, native.batch_limits()))
  return results
end

return http
