---@meta

-- The module "k6/http". A call suspends its virtual user until the answer is complete. An HTTP status of 400 or more is
-- an answer like any other, and so is a failure of the network, with the status 0. The calls raise in the init context,
-- where a VU cannot be suspended (inside a `table.sort` or `string.gsub` callback), and on arguments of a wrong type.

---@class k6.http
local http = {}

---What can be set for one request.
---@class k6.http.Params
---@field headers? table<string, string | number> by name; sent in the order of the names. An empty User-Agent removes that header, Host sets the authority
---@field tags? table<string, string | number | boolean> added to the request's samples; `name` replaces the URL in the tags `name` and `url`
---@field timeout? number | string milliseconds, or a duration such as "10s", for the call with its redirects; 60 s when absent or 0
---@field redirects? integer how many redirects are followed, 0 to 1000; the option `maxRedirects` when absent
---@field responseType? "text" | "binary" | "none" "none" drops the body unread; the option `discardResponseBodies` decides when absent

---Where the time of the last request went, in milliseconds.
---@class k6.http.Timings
---@field duration number sending + waiting + receiving
---@field blocked number from the call until the request could be sent
---@field looking_up number resolving the host's name
---@field connecting number opening the TCP connection; 0 on a connection that is used again
---@field tls_handshaking number agreeing on TLS; 0 on a connection that is used again
---@field sending number writing the request
---@field waiting number from the last byte written to the first one read
---@field receiving number reading the response

---The request that a response answers: the last one when redirects were followed.
---@class k6.http.Request
---@field method string
---@field url string

---An answer. Its fields are read-only.
---@class k6.http.Response
---@field status integer 0 when there was no complete answer
---@field status_text string such as "200 OK"
---@field url string of the last request when redirects were followed
---@field headers table<string, string> by canonical name ("Content-Type"); repeated headers are joined by ", "
---@field body string | nil nil when it was dropped or there was no answer
---@field proto string "HTTP/1.1" or "HTTP/2.0"; "" when there was no answer
---@field error string what went wrong on the way; "" for an answer with any status
---@field error_code integer k6's error code: 0 when all is well, 1000 + status for a status of 400 or more
---@field remote_ip string
---@field remote_port integer
---@field timings k6.http.Timings
---@field tls_version string such as "tls1.3"; "" without TLS
---@field request k6.http.Request
local Response = {}

---Reads the body as JSON. Whole numbers of more than 15 digits come as strings, null as `json.null`.
---
---Raises when there is no body, and without `path` when the body is not JSON.
---@param path? string keys and array positions (from 0) joined by dots: "data.items.0.id"; the whole document when absent
---@return any value nil when there is nothing at `path`, or the body is not JSON
function Response:json(path) end

---Reads the body as HTML; its `url` is the response's, so that links on it are whole.
---
---Raises when there is no body.
---@param selector? string
---@return k6.html.Selection document or what `selector` finds in it
function Response:html(selector) end

---Which form of the page is submitted, and how.
---@class k6.http.FormOptions
---@field formSelector? string "form" when absent
---@field submitSelector? string the button, whose name and value are sent; '[type="submit"]' when absent
---@field fields? table<string, string | number | boolean | string[]> sent over the form's own
---@field params? k6.http.Params of the request

---Submits the first form of the page that the selector means, with the values that its fields have. A form without a
---method puts them into the address, others send them as application/x-www-form-urlencoded.
---
---Raises when there is no body or no such form.
---@param options? k6.http.FormOptions
---@return k6.http.Response
function Response:submitForm(options) end

---Which link of the page is followed.
---@class k6.http.LinkOptions
---@field selector? string "a[href]" when absent
---@field params? k6.http.Params of the request

---Requests what the first link of the page that the selector means leads to.
---
---Raises when there is no body, no such element, or one without an address.
---@param options? k6.http.LinkOptions
---@return k6.http.Response
function Response:clickLink(options) end

---Sends a GET request.
---@param url string
---@param params? k6.http.Params
---@return k6.http.Response
function http.get(url, params) end

---Sends a HEAD request.
---@param url string
---@param params? k6.http.Params
---@return k6.http.Response
function http.head(url, params) end

---Sends a POST request.
---@param url string
---@param body? string sent as it is and without a Content-Type of its own
---@param params? k6.http.Params
---@return k6.http.Response
function http.post(url, body, params) end

---Sends a PUT request.
---@param url string
---@param body? string sent as it is and without a Content-Type of its own
---@param params? k6.http.Params
---@return k6.http.Response
function http.put(url, body, params) end

---Sends a PATCH request.
---@param url string
---@param body? string sent as it is and without a Content-Type of its own
---@param params? k6.http.Params
---@return k6.http.Response
function http.patch(url, body, params) end

---Sends a DELETE request.
---@param url string
---@param body? string sent as it is and without a Content-Type of its own
---@param params? k6.http.Params
---@return k6.http.Response
function http.del(url, body, params) end

---Sends an OPTIONS request.
---@param url string
---@param body? string sent as it is and without a Content-Type of its own
---@param params? k6.http.Params
---@return k6.http.Response
function http.options(url, body, params) end

---Sends a request with any method.
---@param method string such as "GET"
---@param url string
---@param body? string sent as it is and without a Content-Type of its own
---@param params? k6.http.Params
---@return k6.http.Response
function http.request(method, url, body, params) end

return http
