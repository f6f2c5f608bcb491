#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "net/http_client.h"
#include "script/vu_script.h"

namespace loadrun::run {

class VuEngine;
struct VirtualUser;

/// Told once when a call into a VU's script has ended; `failed` when it raised (VuScript::error
/// says how).
struct CallListener {
  void (*on_end)(void* context, VirtualUser& vu, bool failed) = nullptr;
  void* context = nullptr;
};

/// A virtual user: its side of the script and its connections. Confined to its worker; its address
/// never changes.
struct VirtualUser {
  VirtualUser(VuEngine& owner, std::unique_ptr<script::VuScript> vu_script)
      : engine(owner), script(std::move(vu_script)) {
    script->set_owner(this);
  }

  VuEngine& engine;  // owns this
  std::unique_ptr<script::VuScript> script;
  std::optional<net::HttpSession> session;  ///< From the first request on.

  CallListener listener;

  /// How late its iteration started, until the first request takes it: 0 for the others. None when
  /// there was no intended start.
  std::optional<Nanoseconds> start_lag;
  std::uint64_t bytes_sent = 0, bytes_received = 0;  ///< Since VuEngine::record_bytes().
  std::uint64_t iterations = 0;                      ///< Started so far: `__ITER` of the next one.
  std::uint64_t iterations_in_scenario = 0;          ///< Of those, in the scenario it is in.
};

}  // namespace loadrun::run
