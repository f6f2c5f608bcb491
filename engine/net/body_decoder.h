#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/content_coding.h"

namespace loadrun::net {

/// Undoes the content codings of one body, piece by piece as it arrives. Beside what it gives out
/// its memory is bounded, whatever the body pretends to be: windows of at most 16 MB (8 MB for
/// zstd, RFC 9659) and a buffer for each coding.
class BodyDecoder {
 public:
  /// `codings` in the order they were applied. No coding may give more than `limit` bytes.
  BodyDecoder(const std::vector<Coding>& codings, std::uint64_t limit);
  BodyDecoder(const BodyDecoder&) = delete;
  BodyDecoder& operator=(const BodyDecoder&) = delete;
  ~BodyDecoder();

  /// Decodes the next piece and appends what it gives to `out`. Returns "" or what is wrong with
  /// the body; after that it must not be called again.
  std::string write(std::string_view piece, std::string& out);
  /// "" when the body is complete, else what is missing. REQUIRES: nothing was wrong.
  std::string finish() const;

 private:
  struct Stage;

  std::string run(std::size_t stage, std::string_view input, std::string& out);

  std::vector<std::unique_ptr<Stage>> stages_;  ///< The coding that was applied last comes first.
  std::uint64_t limit_;
};

}  // namespace loadrun::net
