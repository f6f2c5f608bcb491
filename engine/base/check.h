#pragma once

namespace loadrun {

/// Reports a broken invariant on standard error and aborts. Called by LOADRUN_CHECK only.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace loadrun

/// Always-on assertion for bugs; expected failures are `Result`.
#define LOADRUN_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::loadrun::check_failed(#condition, __FILE__, __LINE__))
