#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace loadrun {

/// A list of addresses written as single ones, ranges and blocks.
class IpPool {
 public:
  /// "10.0.0.1,10.0.1.1-10.0.1.9,10.0.2.0/24,fd00::/120". A block of IPv4 addresses has neither its
  /// network nor its broadcast address, unless it is a /31 or /32. Fails (kInvalidConfig) naming
  /// the part that is wrong.
  static Result<IpPool> parse(std::string_view text);

  bool empty() const { return size_ == 0; }
  /// How many addresses there are, at most 2^64 - 1.
  std::uint64_t size() const { return size_; }
  /// Number `index` modulo size(), in the order of the text. REQUIRES: !empty().
  IpAddress at(std::uint64_t index) const;

 private:
  struct Range {
    IpAddress first;
    std::uint64_t size;
  };

  static Result<Range> parse_range(std::string_view text);
  static Result<Range> parse_block(std::string_view text);
  static Result<Range> parse_part(std::string_view text);

  std::vector<Range> ranges_;
  std::uint64_t size_ = 0;
};

}  // namespace loadrun
