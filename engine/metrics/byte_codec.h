#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "metrics/exact_sum.h"

namespace loadrun::metrics {

/// Appends numbers to a text as histogram_codec.h describes them.
class ByteWriter {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void number(double value);
  void sum(const ExactSum& value);
  void text(std::string_view bytes) { bytes_ += bytes; }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads them back. The first thing that is wrong is kept; from then on everything reads as 0.
class ByteReader {
 public:
  /// `bytes` outlives this.
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte();
  std::uint64_t varint();
  std::int64_t zigzag();
  double number();
  ExactSum sum();
  /// All that is left.
  std::string_view rest();

  /// Says that what was read last cannot be.
  void fail(std::string_view reason);
  bool failed() const { return !error_.empty(); }
  std::size_t left() const { return bytes_.size() - at_; }
  /// "byte 17: the bytes end here", or "".
  const std::string& error() const { return error_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace loadrun::metrics
