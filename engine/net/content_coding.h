#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace loadrun::net {

/// The content codings of RFC 9110 8.4.1 that k6 knows. "deflate" is zlib's format, as the RFC
/// says.
enum class Coding { kGzip, kDeflate, kBrotli, kZstd };

/// The coding of that name ("gzip", "deflate", "br", "zstd", in any case); none for others.
std::optional<Coding> coding_of(std::string_view name);
std::string_view name_of(Coding coding);

/// The codings in a Content-Encoding header's `value`, in the order they were applied. Unknown ones
/// are left out: as k6, a body is decoded as far as that is possible.
std::vector<Coding> codings_in(std::string_view value);
/// Parses a list of names as scripts write it ("gzip, br"); "" is none. Fails naming the unknown
/// one.
Result<std::vector<Coding>> parse_codings(std::string_view list);

/// `body` in that coding, at the level k6's encoders use.
std::string encode(Coding coding, std::string_view body);

}  // namespace loadrun::net
