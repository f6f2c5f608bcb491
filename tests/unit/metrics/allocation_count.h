#pragma once

#include <cstdint>

namespace loadrun::test {

/// Calls of operator new in this process so far. The test binary replaces the operator to count.
std::uint64_t allocation_count();

}  // namespace loadrun::test
