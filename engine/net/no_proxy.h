#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace loadrun::net {

/// The hosts that NO_PROXY excludes, by the rules of Go's golang.org/x/net/http/httpproxy:
/// "example.com" is this host and all below it, ".example.com" and "*.example.com" only those
/// below, "10.1.2.3" an address, "10.0.0.0/8" a range, "*" everything; names and addresses may have
/// a port. Loopback addresses and "localhost" are always excluded.
class NoProxy {
 public:
  /// `list` is separated by commas. Entries that cannot be read are ignored, as Go does.
  explicit NoProxy(std::string_view list);

  /// `host` without brackets, `port` as digits.
  bool excludes(std::string_view host, std::string_view port) const;

 private:
  struct Range {
    CidrBlock block;
    std::string port;
  };
  struct Domain {
    std::string suffix;  ///< With its leading dot.
    bool and_itself;
    std::string port;
  };

  void add(std::string_view entry);

  bool everything_ = false;
  std::vector<Range> ranges_;
  std::vector<Domain> domains_;
};

}  // namespace loadrun::net
