#include "metrics/byte_codec.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

namespace loadrun::metrics {

namespace {

constexpr int kPayloadBits = 7;
constexpr std::uint8_t kMore = 0x80;
constexpr int kLastShift = 63;  // of the tenth byte, which has one bit

/// What the word above `middle` is as long as the number fits into the lower ones.
std::uint64_t sign_of(std::uint64_t middle) { return middle >> 63 == 0 ? 0 : ~std::uint64_t{0}; }

}  // namespace

void ByteWriter::varint(std::uint64_t value) {
  while (value >= kMore) {
    byte(static_cast<std::uint8_t>(value) | kMore);
    value >>= kPayloadBits;
  }
  byte(static_cast<std::uint8_t>(value));
}

void ByteWriter::zigzag(std::int64_t value) {
  varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void ByteWriter::number(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 0; shift < 64; shift += 8) byte(static_cast<std::uint8_t>(bits >> shift));
}

void ByteWriter::sum(const ExactSum& value) {
  const ExactSum::Words words = value.words();
  varint(words[0]);
  zigzag(static_cast<std::int64_t>(words[1]));
  zigzag(static_cast<std::int64_t>(words[2] - sign_of(words[1])));
}

std::uint8_t ByteReader::byte() {
  if (failed()) return 0;
  if (left() == 0) {
    fail("the bytes end here");
    return 0;
  }
  return static_cast<std::uint8_t>(bytes_[at_++]);
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift <= kLastShift; shift += kPayloadBits) {
    const std::uint8_t next = byte();
    if (shift == kLastShift && next > 1) break;
    value |= std::uint64_t{next & (kMore - 1U)} << shift;
    if ((next & kMore) == 0) return value;
  }
  fail("a number of more than 64 bits");
  return 0;
}

std::int64_t ByteReader::zigzag() {
  const std::uint64_t value = varint();
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

double ByteReader::number() {
  std::uint64_t bits = 0;
  for (int shift = 0; shift < 64; shift += 8) bits |= std::uint64_t{byte()} << shift;
  const auto value = std::bit_cast<double>(bits);
  if (std::isnan(value)) fail("not a number");
  return failed() ? 0 : value;
}

ExactSum ByteReader::sum() {
  const std::uint64_t low = varint();
  const auto middle = static_cast<std::uint64_t>(zigzag());
  const auto high = static_cast<std::uint64_t>(zigzag());
  return ExactSum::of({low, middle, high + sign_of(middle)});
}

std::string_view ByteReader::rest() {
  if (failed()) return {};
  const std::string_view rest = bytes_.substr(at_);
  at_ = bytes_.size();
  return rest;
}

void ByteReader::fail(std::string_view reason) {
  if (!failed()) error_ = fmt::format("byte {}: {}", at_, reason);
}

}  // namespace loadrun::metrics
