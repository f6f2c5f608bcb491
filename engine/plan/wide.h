#pragma once

namespace loadrun::plan {

/// A signed 128-bit integer: products of two 64-bit ones are exact.
__extension__ using Wide = __int128;

}  // namespace loadrun::plan
