#include "net/content_coding.h"

#include <brotli/encode.h>
#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.h"
#include "base/text.h"

namespace loadrun::net {
namespace {

struct CodingName {
  Coding coding;
  std::string_view name;
};
constexpr std::array<CodingName, 4> kNames{{{Coding::kGzip, "gzip"},
                                            {Coding::kDeflate, "deflate"},
                                            {Coding::kBrotli, "br"},
                                            {Coding::kZstd, "zstd"}}};

constexpr std::string_view kBlanks = " \t";

/// Calls `use` with every element of a comma-separated list.
template <typename Use>
void for_each_name(std::string_view list, Use use) {
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = list.find(',');
    use(trimmed(list.substr(0, comma), kBlanks));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
}

constexpr int kMaxWindowBits = 15;
constexpr int kGzipFormat = 16;  // added to the window's bits

std::string zlib_encode(std::string_view body, int format) {
  constexpr int kMemoryLevel = 8;  // zlib's default
  z_stream stream{};
  LOADRUN_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kMaxWindowBits + format,
                             kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string encoded(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(encoded.data());
  stream.avail_out = static_cast<uInt>(encoded.size());
  const int ended = deflate(&stream, Z_FINISH);
  encoded.resize(stream.total_out);
  deflateEnd(&stream);
  LOADRUN_CHECK(ended == Z_STREAM_END);
  return encoded;
}

std::string brotli_encode(std::string_view body) {
  constexpr int kQuality = 6;  // brotli's own default, 11, takes a second a megabyte
  std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
  std::string encoded(size, '\0');
  LOADRUN_CHECK(
      BrotliEncoderCompress(kQuality, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, body.size(),
                            reinterpret_cast<const std::uint8_t*>(body.data()), &size,
                            reinterpret_cast<std::uint8_t*>(encoded.data())) == BROTLI_TRUE);
  encoded.resize(size);
  return encoded;
}

std::string zstd_encode(std::string_view body) {
  std::string encoded(ZSTD_compressBound(body.size()), '\0');
  const std::size_t size =
      ZSTD_compress(encoded.data(), encoded.size(), body.data(), body.size(), ZSTD_CLEVEL_DEFAULT);
  LOADRUN_CHECK(ZSTD_isError(size) == 0);
  encoded.resize(size);
  return encoded;
}

}  // namespace

std::optional<Coding> coding_of(std::string_view name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(), [name](const CodingName& known) {
    return equals_ignoring_case(known.name, name);
  });
  return found == kNames.end() ? std::nullopt : std::optional(found->coding);
}

std::string_view name_of(Coding coding) {
  return std::find_if(kNames.begin(), kNames.end(),
                      [coding](const CodingName& known) { return known.coding == coding; })
      ->name;
}

std::vector<Coding> codings_in(std::string_view value) {
  std::vector<Coding> codings;
  for_each_name(value, [&codings](std::string_view name) {
    if (const auto coding = coding_of(name)) codings.push_back(*coding);
  });
  return codings;
}

Result<std::vector<Coding>> parse_codings(std::string_view list) {
  std::vector<Coding> codings;
  if (trimmed(list, kBlanks).empty()) return codings;
  std::optional<std::string_view> unknown;
  for_each_name(list, [&](std::string_view name) {
    if (const auto coding = coding_of(name)) {
      codings.push_back(*coding);
    } else if (!unknown) {
      unknown = name;
    }
  });
  if (!unknown) return codings;
  return Error{ExitCode::kScriptException,
               fmt::format("unknown compression algorithm {}, expected a list of gzip, deflate, br "
                           "and zstd",
                           unknown->empty() ? "\"\"" : *unknown)};
}

std::string encode(Coding coding, std::string_view body) {
  switch (coding) {
    case Coding::kGzip:
      return zlib_encode(body, kGzipFormat);
    case Coding::kDeflate:
      return zlib_encode(body, 0);
    case Coding::kBrotli:
      return brotli_encode(body);
    case Coding::kZstd:
      return zstd_encode(body);
  }
  return {};
}

}  // namespace loadrun::net
