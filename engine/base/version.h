#pragma once

namespace loadrun {

/// The version of this build, e.g. "0.1.0".
extern const char* const kVersion;

}  // namespace loadrun
