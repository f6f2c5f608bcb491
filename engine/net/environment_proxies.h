#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/no_proxy.h"

namespace loadrun::net {

/// The proxies that the environment names, as Go has it: HTTP_PROXY for http URLs, HTTPS_PROXY for
/// https ones, NO_PROXY for the exceptions; each may be written in lower case. Read-only.
class EnvironmentProxies {
 public:
  /// The value of a variable, or null.
  using Lookup = std::function<const char*(const char* name)>;

  /// Null when no proxy is named. A variable that holds no proxy URL is left out, with a warning.
  static std::shared_ptr<const EnvironmentProxies> read(const Lookup& variable,
                                                        std::vector<std::string>& warnings);

  EnvironmentProxies(std::string http, std::string https, NoProxy no_proxy);

  /// The proxy for `url`, which is http or https, as parse_proxy_url() gives it; "" for none.
  const std::string& proxy_for(const std::string& url) const;

 private:
  std::string http_, https_;
  NoProxy no_proxy_;
  std::string none_;
};

}  // namespace loadrun::net
