#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "metrics/tags.h"
#include "net/http_client.h"
#include "net/timer_queue.h"
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

/// What a VU waits for.
enum class Pending { kNothing, kSleep, kHttp };

/// A virtual user: its side of the script, its connections, and what it is doing. Confined to its
/// worker.
struct VirtualUser {
  VirtualUser(VuEngine& owner, std::unique_ptr<script::VuScript> vu_script, net::HttpClient& http)
      : engine(owner), script(std::move(vu_script)), session(std::in_place, http) {}

  VuEngine& engine;  // owns this
  std::unique_ptr<script::VuScript> script;
  std::optional<net::HttpSession> session;  ///< Always there; optional so that it can be made anew.

  CallListener listener;
  Pending pending = Pending::kNothing;
  net::TimerId timer;
  metrics::TagSetId call_tags;
  std::optional<std::string> call_name;

  std::uint64_t bytes_sent = 0, bytes_received = 0;  ///< Since the last take_bytes.
  std::uint64_t iterations = 0;                      ///< Started so far: `__ITER` of the next one.
};

}  // namespace loadrun::run
