#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "coupon/target/database.h"

namespace loadrun::coupon {

/// The command line of coupon-target.
struct TargetOptions {
  std::uint16_t port = 0;  ///< 0: a free one.
  std::uint64_t stock = 100'000;
  DatabaseOptions database;
  std::string help;  ///< Not empty when --help was asked for: the text to print instead of running.
};

/// Parses the command line. Fails with a message that names the flag and what it expects.
Result<TargetOptions> parse_target_options(int argc, const char* const* argv);

}  // namespace loadrun::coupon
