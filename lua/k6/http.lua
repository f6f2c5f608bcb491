-- The module "k6/http": one request a call, answered by a response.
local native = ...
local native_request = native.http_request
local error = error

-- `problem` comes with the option `throw` only. The functions below call this last, so that the error names the
-- script's line.
local function request(method, url, body, params)
  local response, problem = native_request(method, url, body, params)
  if problem then
    error(problem, 2)
  end
  return response
end

native.require_library("internal/http_pages").add(native.response_methods, request)

local http = { request = request }

function http.get(url, params)
  return request("GET", url, nil, params)
end

function http.head(url, params)
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

return http
