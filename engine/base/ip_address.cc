#include "base/ip_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"

namespace loadrun {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
    return from_bytes({bytes.data(), 4});
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return from_bytes(bytes);
  return std::nullopt;
}

IpAddress IpAddress::from_bytes(std::span<const std::uint8_t> bytes) {
  LOADRUN_CHECK(bytes.size() == 4 || bytes.size() == 16);
  if (bytes.size() == 16 && std::ranges::equal(bytes.first(12), kMappedPrefix))
    bytes = bytes.last(4);
  IpAddress address;
  address.size_ = static_cast<std::uint8_t>(bytes.size());
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

IpAddress IpAddress::masked(std::size_t bits) const {
  IpAddress result = *this;
  for (std::size_t i = 0; i < size_; ++i) {
    const std::size_t kept = bits > i * 8 ? std::min<std::size_t>(bits - i * 8, 8) : 0;
    result.bytes_[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
  }
  return result;
}

Result<CidrBlock> CidrBlock::parse(std::string_view text) {
  const Error invalid{ExitCode::kInvalidConfig, fmt::format("invalid CIDR address: {}", text)};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return invalid;
  const auto address = IpAddress::parse(text.substr(0, slash));
  const std::string_view number = text.substr(slash + 1);
  std::size_t bits = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, failure] = std::from_chars(number.data(), end, bits);
  if (!address || failure != std::errc() || stop != end) return invalid;
  if (bits > address->bytes().size() * 8) return invalid;
  return CidrBlock{address->masked(bits), bits};
}

bool CidrBlock::contains(const IpAddress& address) const {
  return address.is_v4() == network.is_v4() && address.masked(bits) == network;
}

std::string CidrBlock::text() const { return fmt::format("{}/{}", network.text(), bits); }

}  // namespace loadrun
