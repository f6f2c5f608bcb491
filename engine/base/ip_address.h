#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace loadrun {

/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (::ffff:1.2.3.4) is the IPv4 address,
/// as in Go.
class IpAddress {
 public:
  /// An address in dotted or colon notation, without brackets, port and zone; none for other text.
  static std::optional<IpAddress> parse(std::string_view text);
  /// REQUIRES: `bytes` are 4 or 16, in network order.
  static IpAddress from_bytes(std::span<const std::uint8_t> bytes);

  bool is_v4() const { return size_ == 4; }
  /// 4 or 16 in network order.
  std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }
  /// The shortest notation (RFC 5952).
  std::string text() const;
  /// The address with all but the first `bits` of its bits 0.
  IpAddress masked(std::size_t bits) const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint8_t size_ = 4;
};

/// The addresses that begin with the same bits.
struct CidrBlock {
  IpAddress network;
  std::size_t bits = 0;

  /// "10.0.0.0/8". Fails (kInvalidConfig) in Go's words, which k6's users know.
  static Result<CidrBlock> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
  std::string text() const;
};

}  // namespace loadrun
