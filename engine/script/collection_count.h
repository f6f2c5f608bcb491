#pragma once

#include <cstdint>
#include <lua.hpp>

namespace loadrun::script {

/// Counts the collections of a state's memory. LuaJIT has no function that tells; but of an object
/// that nothing refers to, each collection runs the finalizer once, and that one makes the next
/// such object. Confined to the thread that runs the state.
class CollectionCount {
 public:
  /// `L` outlives this.
  explicit CollectionCount(lua_State* L);

  /// Collections that came to their end, those that a script asked for included.
  std::uint64_t value() const { return *count_; }

 private:
  const std::uint64_t* count_;  // the state's, which runs finalizers when it is closed, too
};

}  // namespace loadrun::script
