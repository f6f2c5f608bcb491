#include "base/ip_pool.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>

#include "base/check.h"
#include "base/text.h"

namespace loadrun {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

Error bad(std::string message) { return Error{ExitCode::kInvalidConfig, std::move(message)}; }

Wide number_of(const IpAddress& address) {
  Wide number = 0;
  for (const std::uint8_t byte : address.bytes()) number = (number << 8) | byte;
  return number;
}

IpAddress plus(const IpAddress& address, std::uint64_t offset) {
  Wide number = number_of(address) + offset;
  std::array<std::uint8_t, 16> bytes{};
  const std::size_t size = address.bytes().size();
  for (std::size_t i = size; i-- > 0; number >>= 8) bytes[i] = static_cast<std::uint8_t>(number);
  return IpAddress::from_bytes({bytes.data(), size});
}

std::uint64_t at_most(Wide number) {
  return number > kMost ? kMost : static_cast<std::uint64_t>(number);
}

}  // namespace

Result<IpPool::Range> IpPool::parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = IpAddress::parse(trimmed(text.substr(0, dash)));
  const auto last = IpAddress::parse(trimmed(text.substr(dash + 1)));
  if (!first || !last) {
    return bad(
        fmt::format("wrong IP range format: {} (expected first-last, two IP addresses)", text));
  }
  if (first->is_v4() != last->is_v4()) {
    return bad(fmt::format("mixed IP range format: {} (expected addresses of one family)", text));
  }
  if (*last < *first) {
    return bad(fmt::format("negative IP range: {} (expected the lower address first)", text));
  }
  return Range{*first, at_most(number_of(*last) - number_of(*first) + 1)};
}

Result<IpPool::Range> IpPool::parse_block(std::string_view text) {
  const auto block = CidrBlock::parse(text);
  if (!block.ok()) return block.error();
  const IpAddress& network = block.value().network;
  const std::size_t free_bits = network.bytes().size() * 8 - block.value().bits;
  if (free_bits >= 64) return Range{network, kMost};
  const std::uint64_t all = std::uint64_t{1} << free_bits;
  if (network.is_v4() && all > 2) return Range{plus(network, 1), all - 2};
  return Range{network, all};
}

Result<IpPool::Range> IpPool::parse_part(std::string_view text) {
  if (text.find('-') != std::string_view::npos) return parse_range(text);
  if (text.find('/') != std::string_view::npos) return parse_block(text);
  const auto address = IpAddress::parse(text);
  if (!address) {
    return bad(
        fmt::format("\"{}\" is not a valid IP address (expected addresses, ranges "
                    "first-last and CIDR blocks, separated by commas)",
                    text));
  }
  return Range{*address, 1};
}

Result<IpPool> IpPool::parse(std::string_view text) {
  IpPool pool;
  for (std::size_t comma = 0; comma != std::string_view::npos; text.remove_prefix(comma + 1)) {
    comma = text.find(',');
    const auto range = parse_part(trimmed(text.substr(0, comma)));
    if (!range.ok()) return range.error();
    pool.ranges_.push_back(range.value());
    pool.size_ = at_most(Wide{pool.size_} + range.value().size);
    if (comma == std::string_view::npos) break;
  }
  return pool;
}

IpAddress IpPool::at(std::uint64_t index) const {
  LOADRUN_CHECK(!empty());
  index %= size_;
  std::size_t i = 0;
  for (; index >= ranges_[i].size; ++i) index -= ranges_[i].size;
  return plus(ranges_[i].first, index);
}

}  // namespace loadrun
