#include "net/environment_proxies.h"

#include <utility>

#include "net/curl_url.h"
#include "net/proxy_url.h"
#include "net/url_check.h"

namespace loadrun::net {
namespace {

struct Variable {
  std::string name;
  std::string value;
};

Variable read_variable(const EnvironmentProxies::Lookup& lookup, const char* upper,
                       const char* lower) {
  for (const char* const name : {upper, lower}) {
    const char* const value = lookup(name);
    if (value != nullptr && *value != '\0') return {name, value};
  }
  return {};
}

std::string proxy_in(const Variable& variable, std::vector<std::string>& warnings) {
  if (variable.value.empty()) return "";
  Result<std::string> proxy = parse_proxy_url(variable.value);
  if (proxy.ok()) return std::move(proxy).value();
  warnings.push_back("the environment's " + variable.name +
                     " has no effect: " + proxy.error().message);
  return "";
}

}  // namespace

std::shared_ptr<const EnvironmentProxies> EnvironmentProxies::read(
    const Lookup& variable, std::vector<std::string>& warnings) {
  std::string http = proxy_in(read_variable(variable, "HTTP_PROXY", "http_proxy"), warnings);
  std::string https = proxy_in(read_variable(variable, "HTTPS_PROXY", "https_proxy"), warnings);
  if (http.empty() && https.empty()) return nullptr;
  const Variable no_proxy = read_variable(variable, "NO_PROXY", "no_proxy");
  return std::make_shared<EnvironmentProxies>(std::move(http), std::move(https),
                                              NoProxy(no_proxy.value));
}

EnvironmentProxies::EnvironmentProxies(std::string http, std::string https, NoProxy no_proxy)
    : http_(std::move(http)), https_(std::move(https)), no_proxy_(std::move(no_proxy)) {}

const std::string& EnvironmentProxies::proxy_for(const std::string& url) const {
  const std::string& proxy = is_https(url) ? https_ : http_;
  if (proxy.empty()) return none_;
  const CurlUrl parsed = parse_url(url);
  if (!parsed) return none_;
  std::string host = url_part(parsed.get(), CURLUPART_HOST);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const std::string port = url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  return no_proxy_.excludes(host, port) ? none_ : proxy;
}

}  // namespace loadrun::net
