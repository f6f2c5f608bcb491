#include "net/limits.h"

#include <sys/resource.h>

#include "base/check.h"

namespace loadrun::net {

std::uint64_t raise_fd_limit() {
  rlimit limit{};
  LOADRUN_CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace loadrun::net
