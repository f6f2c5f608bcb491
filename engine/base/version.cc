#include "base/version.h"

namespace loadrun {

const char* const kVersion = LOADRUN_VERSION;

}  // namespace loadrun
