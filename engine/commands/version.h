#pragma once

namespace loadrun::commands {

/// The version of this build, from CMake.
inline constexpr const char* kVersion = LOADRUN_VERSION;

}  // namespace loadrun::commands
