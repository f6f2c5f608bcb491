#include "script/c_stack.h"

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "script/lua_support.h"

namespace loadrun::script {
namespace {

/// For everything that does not nest: the engine, libcurl, JSON, the handling of the error.
constexpr std::size_t kReserve = std::size_t{512} * 1024;

/// The lowest address of the calling thread's stack that scripts may reach.
std::uintptr_t lowest_address() {
  pthread_attr_t attributes;
  void* begin = nullptr;
  std::size_t size = 0;
  LOADRUN_CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
  LOADRUN_CHECK(pthread_attr_getstack(&attributes, &begin, &size) == 0);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<std::uintptr_t>(begin) + kReserve;
}

}  // namespace

int check_c_stack(lua_State* L) {
  static thread_local const std::uintptr_t lowest = lowest_address();
  if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) >= lowest) return 0;
  return raise_error(L, "stack overflow");
}

}  // namespace loadrun::script
