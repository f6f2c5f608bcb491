---@meta

-- The module "k6/http". A call suspends its virtual user until the answer is complete. An HTTP status of 400 or more is
-- an answer like any other, and so is a failure of the network, with the status 0. The calls raise in the init context,
-- where a VU cannot be suspended (inside a `table.sort` or `string.gsub` callback), and on arguments of a wrong type.

---@class k6.http
local http = {}

---A cookie to send with one request.
---@class k6.http.RequestCookie
---@field value? string | number
---@field replace? boolean sent instead of the jar's of that name; otherwise both are sent

---What can be set for one request.
---@class k6.http.Params
---@field headers? table<string, string | number> by name; sent in the order of the names. An empty User-Agent removes that header, Host sets the authority
---@field tags? table<string, string | number | boolean> added to the request's samples; `name` replaces the URL in the tags `name` and `url`
---@field timeout? number | string milliseconds, or a duration such as "10s", for the call with its redirects; 60 s when absent or 0
---@field cookies? table<string, string | number | k6.http.RequestCookie> by name; sent with every hop, before those of the jar. Bytes that no cookie may have are left out with a warning
---@field jar? k6.http.CookieJar stores and sends cookies instead of the VU's
---@field redirects? integer how many redirects are followed, 0 to 1000; the option `maxRedirects` when absent
---@field auth? "basic" | "digest" | "ntlm" how the credentials in the URL (`http://user:password@host/`) are used; "basic" when absent. Digest sends the request without them first: two requests, of which the first is expected to fail. The legs of NTLM count as one request
---@field httpVersion? "auto" | "1.1" | "2" the option `httpVersion` when absent. "auto" lets an https server choose and is HTTP/1.1 on http; "2" is HTTP/2 on http as well, without asking the server first
---@field responseCallback? k6.http.ExpectedStatuses | any which statuses are expected; `json.null` or false: the response is not judged
---@field throw? boolean whether a request without an answer raises; the option `throw` when absent
---@field compression? string content codings for the body, applied in their order: "gzip", "deflate", "br", "zstd", or a list like "gzip, br". Sets Content-Encoding
---@field proxy? string | false the URL of the proxy that this request and its redirects go through, `[http|https|socks5]://[user:password@]host[:port]`; "" or false is none. When absent, HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment decide, which never apply to localhost and loopback addresses
---@field unixSocket? string the path of a Unix socket, at most 107 bytes, that is connected to instead of the URL's host, redirects included; `res.remote_ip` then is "". There is no proxy on the way. Bytes are counted without chunk framing and TLS
---@field responseType? "text" | "binary" | "none" "none" drops the body unread; the option `discardResponseBodies` decides when absent

---A file as a field of a form, made by `http.file`.
---@class k6.http.FileData
---@field data string | loadrun.FileStream
---@field filename string
---@field content_type string

---What a field of a form can be. A list sends the field once for each element; `json.null` is sent as "", and so is a
---table of anything else, with a warning.
---@alias k6.http.FormValue string | number | boolean | k6.http.FileData | lightuserdata | k6.http.FormValue[]

---What a request can send. A string goes out as it is, without a Content-Type of its own, and so does a file opened with
---the mode "stream". A table is a form: its fields go out sorted by name as application/x-www-form-urlencoded, or, when
---one of them is a file, as multipart/form-data. A Content-Type among the headers replaces the form's. The header
---Content-Length is always the body's true length.
---@alias k6.http.Body string | table<string, k6.http.FormValue> | loadrun.FileStream

---Where the time of the last request went, in milliseconds.
---@class k6.http.Timings
---@field duration number sending + waiting + receiving
---@field blocked number from the call until the request could be sent, making a tunnel through a proxy included, waiting for `rps` not
---@field looking_up number resolving the host's name
---@field connecting number opening the TCP connection, to the proxy if there is one; 0 on a connection that is used again
---@field tls_handshaking number agreeing on TLS; 0 on a connection that is used again
---@field sending number writing the request
---@field waiting number from the last byte written to the first one read
---@field receiving number reading the response

---What a Set-Cookie header of a response said.
---@class k6.http.ResponseCookie
---@field name string
---@field value string
---@field domain string "" when it was not given
---@field path string "" when it was not given
---@field http_only boolean
---@field secure boolean
---@field max_age integer seconds; 0 when it was not given, -1 when the cookie is deleted
---@field expires integer milliseconds since 1970; -6795364578871, as in k6, when it was not given

---What a request sent as a cookie.
---@class k6.http.SentCookie
---@field name string
---@field value string
---@field replace boolean always false, as in k6

---What the server stapled to its certificate (OCSP). Times are seconds since 1970; one that was not given is
----62135596800, as in k6. Without a stapled answer they are 0 and `status` is "unknown"; without TLS it is "". A session
---that was resumed has none. Its signature is not verified.
---@class k6.http.Ocsp
---@field produced_at integer
---@field this_update integer
---@field next_update integer
---@field revoked_at integer
---@field revocation_reason string one of `http.OCSP_REASON_*`; "" when nothing was stapled
---@field status string one of `http.OCSP_STATUS_*`; "" without TLS

---The request that a response answers: the last one when redirects were followed.
---@class k6.http.Request
---@field method string
---@field url string
---@field headers table<string, string[]> by canonical name
---@field body string
---@field cookies table<string, k6.http.SentCookie[]> by name; of the first request

---An answer. Its fields are read-only.
---@class k6.http.Response
---@field status integer 0 when there was no complete answer
---@field status_text string such as "200 OK"
---@field url string of the last request when redirects were followed
---@field headers table<string, string> by canonical name ("Content-Type"); repeated headers are joined by ", "
---@field cookies table<string, k6.http.ResponseCookie[]> what this response sets, by name
---@field body string | nil nil when it was dropped or there was no answer; decompressed as its Content-Encoding says, up to the option `maxDecompressedBody`
---@field proto string "HTTP/1.1" or "HTTP/2.0"; "" when there was no answer
---@field error string what went wrong on the way; "" for an answer with any status
---@field error_code integer k6's error code: 0 when all is well, 1000 + status for a status of 400 or more
---@field remote_ip string
---@field remote_port integer
---@field timings k6.http.Timings
---@field tls_version string such as "tls1.3"; "" without TLS
---@field tls_cipher_suite string such as "TLS_AES_128_GCM_SHA256"; "" without TLS
---@field ocsp k6.http.Ocsp
---@field request k6.http.Request
local Response = {}

---What of a JSON body comes in which form.
---@class k6.http.JsonOptions
---@field bigint? "string" | "number" whole numbers of more than 15 digits, strings when absent

---Reads the body as JSON. Whole numbers of more than 15 digits come as strings, null as `json.null`; bytes that are no
---UTF-8 become U+FFFD. Without `path` the document is read once: the same table comes each time.
---
---A path is one of gjson: keys and array positions (from 0) joined by dots, with the wildcards `*` and `?`, `#` for the
---number of elements, `#.key` for a key of each, `#(key=="value")` for the first element like this and `#(...)#` for
---all, pipes, modifiers such as `@reverse` and `@flatten`, and `[path,path]` or `{name:path}` for several at once. A
---backslash takes the next character of a key literally.
---
---Raises when there is no body, and without `path` when the body is not JSON.
---@param path? string such as "data.items.0.id" or "data.items.#(price>10)#.name"; the whole document when absent
---@param options? k6.http.JsonOptions
---@return any value nil when there is nothing at `path`, or the body is not JSON
function Response:json(path, options) end

---Statuses, as `http.expectedStatuses` made them.
---@class k6.http.ExpectedStatuses

---A request of a batch: an URL, its parts by position or by name.
---@alias k6.http.BatchItem string | k6.http.Url | { method?: string, url: string, body?: string, params?: k6.http.Params } | any[]

---An URL with a name for its samples, as `http.url` made it.
---@class k6.http.Url
---@field url string
---@field name string

---Says which statuses are expected, for `responseCallback` and `setResponseCallback`.
---
---Raises without arguments and on other values.
---@param ... integer | { min: integer, max: integer } statuses, and ranges with both ends
---@return k6.http.ExpectedStatuses
function http.expectedStatuses(...) end

---Judges this VU's responses by `statuses` from here on (200 to 399 by default): by them http_req_failed and the tag
---`expected_response` are set. nil: neither is.
---@param statuses k6.http.ExpectedStatuses | nil
function http.setResponseCallback(statuses) end

---Sends several requests at once, as many as the options `batch` and `batchPerHost` allow, and waits for all. When one of
---the URLs is invalid nothing else is sent.
---
---Raises on what is no request, and the first error when `throw` is set.
---@param requests table<any, k6.http.BatchItem>
---@return table<any, k6.http.Response> responses under the keys of the requests
function http.batch(requests) end

---Sends a request while the VU goes on.
---@param method string
---@param url string | k6.http.Url
---@param body? string
---@param params? k6.http.Params
---@return k6.Task task `await()` gives the response
function http.asyncRequest(method, url, body, params) end

---An URL from a template: every `${}` takes the next value, percent-encoded. Its samples are named by the template.
---
---Raises when there are not as many values as `${}`.
---@param template string such as "http://host/items/${}"
---@param ... string | number
---@return k6.http.Url
function http.url(template, ...) end

---Makes a file out of bytes, for a field of a form.
---
---Raises when `data` is neither a string nor a file opened with the mode "stream".
---@param data string | loadrun.FileStream
---@param filename? string a number when absent
---@param contentType? string "application/octet-stream" when absent
---@return k6.http.FileData
function http.file(data, filename, contentType) end

---What can be set for a cookie besides its value. Without `max_age` and `expires` it lasts as long as the jar.
---@class k6.http.CookieAttributes
---@field domain? string also for the hosts below it; the URL's host alone when absent
---@field path? string the URL's folder when absent
---@field max_age? number seconds from now; counts more than `expires`; negative deletes
---@field expires? string such as "Sat, 24 Jul 2083 17:01:02 GMT"
---@field secure? boolean for https, localhost and loopback addresses alone
---@field http_only? boolean has no effect on requests

---Stores what responses set and sends it to the hosts and paths that it is for (RFC 6265). It holds up to 180 cookies of a
---site (the last two labels of a host), 3000 in all, of up to 8192 bytes each; a new one takes the place of the oldest.
---Methods raise on a URL that is not one of http or https.
---@class k6.http.CookieJar
local CookieJar = {}

---Stores a cookie, as if a response from `url` had set it. One that `url` may not set (of another domain) is ignored.
---@param url string
---@param name string
---@param value string | number bytes that no cookie may have are left out with a warning
---@param attributes? k6.http.CookieAttributes
---@return boolean always true
function CookieJar:set(url, name, value, attributes) end

---What a request to `url` sends.
---@param url string
---@return table<string, string[]> values by name
function CookieJar:cookiesForURL(url) end

---Deletes what a request to `url` sends. As in k6, cookies that were set with another path than the URL's folder, or for
---a domain above its host, stay.
---@param url string
function CookieJar:clear(url) end

---Deletes a cookie. As in k6, one that was set with another path than the URL's folder, or for a domain above its host,
---stays.
---@param url string
---@param name string
function CookieJar:delete(url, name) end

---The running VU's jar, which all its requests use unless `params.jar` is another. It is a new one in every iteration, in
---setup and in teardown, unless the option `noCookiesReset` is set; what `prepare` got is there in the first iteration.
---Raises in the init context.
---@return k6.http.CookieJar
function http.cookieJar() end

---A new, empty jar, for `params.jar`.
---@return k6.http.CookieJar
function http.CookieJar() end

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

-- What `res.tls_version` can be, and what a stapled OCSP response says.

---@type string
http.TLS_1_0 = "tls1.0"
---@type string
http.TLS_1_1 = "tls1.1"
---@type string
http.TLS_1_2 = "tls1.2"
---@type string
http.TLS_1_3 = "tls1.3"
---@type string
http.OCSP_STATUS_GOOD = "good"
---@type string
http.OCSP_STATUS_REVOKED = "revoked"
---@type string
http.OCSP_STATUS_SERVER_FAILED = "server_failed"
---@type string
http.OCSP_STATUS_UNKNOWN = "unknown"
---@type string
http.OCSP_REASON_AA_COMPROMISE = "aa_compromise"
---@type string
http.OCSP_REASON_AFFILIATION_CHANGED = "affiliation_changed"
---@type string
http.OCSP_REASON_CA_COMPROMISE = "ca_compromise"
---@type string
http.OCSP_REASON_CERTIFICATE_HOLD = "certificate_hold"
---@type string
http.OCSP_REASON_CESSATION_OF_OPERATION = "cessation_of_operation"
---@type string
http.OCSP_REASON_KEY_COMPROMISE = "key_compromise"
---@type string
http.OCSP_REASON_PRIVILEGE_WITHDRAWN = "privilege_withdrawn"
---@type string
http.OCSP_REASON_REMOVE_FROM_CRL = "remove_from_crl"
---@type string
http.OCSP_REASON_SUPERSEDED = "superseded"
---@type string
http.OCSP_REASON_UNSPECIFIED = "unspecified"

---Sends a GET request.
---@param url string | k6.http.Url
---@param params? k6.http.Params
---@return k6.http.Response
function http.get(url, params) end

---Sends a HEAD request.
---@param url string | k6.http.Url
---@param params? k6.http.Params
---@return k6.http.Response
function http.head(url, params) end

---Sends a POST request.
---@param url string | k6.http.Url
---@param body? k6.http.Body
---@param params? k6.http.Params
---@return k6.http.Response
function http.post(url, body, params) end

---Sends a PUT request.
---@param url string | k6.http.Url
---@param body? k6.http.Body
---@param params? k6.http.Params
---@return k6.http.Response
function http.put(url, body, params) end

---Sends a PATCH request.
---@param url string | k6.http.Url
---@param body? k6.http.Body
---@param params? k6.http.Params
---@return k6.http.Response
function http.patch(url, body, params) end

---Sends a DELETE request.
---@param url string | k6.http.Url
---@param body? k6.http.Body
---@param params? k6.http.Params
---@return k6.http.Response
function http.del(url, body, params) end

---Sends an OPTIONS request.
---@param url string | k6.http.Url
---@param body? k6.http.Body
---@param params? k6.http.Params
---@return k6.http.Response
function http.options(url, body, params) end

---Sends a request with any method.
---@param method string such as "GET"
---@param url string | k6.http.Url
---@param body? k6.http.Body
---@param params? k6.http.Params
---@return k6.http.Response
function http.request(method, url, body, params) end

return http
