#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "metrics/registry.h"
#include "metrics/shard.h"
#include "metrics/tags.h"
#include "net/http_types.h"

namespace loadrun::script {

class VuScript;

/// What a script's `http.request` asks for: the request and how its samples are tagged.
struct HttpCall {
  net::HttpRequest request;
  metrics::TagSetId tags;           ///< The VU's tags, the group's and the request's own.
  std::optional<std::string> name;  ///< The `name` tag; replaces the URL in `name` and `url`.
};

/// What scripts may ask of the engine: the only way out of this module. The worker implements it,
/// and a fake in unit tests. Confined to its worker. An operation that was started is answered
/// later by VuScript::resume, never from inside the start function.
class Host {
 public:
  virtual ~Host() = default;

  /// A fresh reading, not the turn's.
  virtual TimePoint now() const = 0;
  /// The turn's time: cheaper, for samples whose instant matters to the millisecond.
  virtual TimePoint turn_time() const = 0;
  virtual void start_sleep(VuScript& vu, Nanoseconds duration) = 0;
  /// Takes `call` over.
  virtual void start_http(VuScript& vu, HttpCall& call) = 0;

  virtual metrics::Registry& registry() = 0;
  virtual metrics::TagTable& tags() = 0;
  virtual metrics::Shard& shard() = 0;
};

}  // namespace loadrun::script
