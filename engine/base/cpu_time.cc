#include "base/cpu_time.h"

#include <pthread.h>

#include <ctime>

#include "base/check.h"

namespace loadrun {

Nanoseconds cpu_time_of(std::thread& thread) {
  LOADRUN_CHECK(thread.joinable());
  clockid_t id{};
  timespec used{};
  LOADRUN_CHECK(pthread_getcpuclockid(thread.native_handle(), &id) == 0);
  LOADRUN_CHECK(clock_gettime(id, &used) == 0);
  return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

}  // namespace loadrun
