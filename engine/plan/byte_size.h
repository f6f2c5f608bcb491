#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "plan/object_reader.h"

namespace loadrun::plan {

/// Parses a number of bytes: "4096", "64KB", "1.5 MB", "2GB" (1 KB is 1024 bytes, units in any
/// case). None when `text` is no size, 0, or does not fit.
std::optional<std::uint64_t> parse_byte_size(std::string_view text);

/// The size in the field `key`: a number of bytes or a text for parse_byte_size. Others are
/// reported and unset.
std::optional<std::uint64_t> read_byte_size(ObjectReader& layer, std::string_view key);

}  // namespace loadrun::plan
