#include "base/random.h"

#include <sys/random.h>

#include "base/check.h"

namespace loadrun {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  LOADRUN_CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed);
  return seed;
}

}  // namespace loadrun
