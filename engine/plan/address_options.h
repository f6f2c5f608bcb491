#pragma once

#include <optional>

#include "plan/object_reader.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// Takes over what a layer says of `hosts`, `blacklistIPs`, `blockHostnames` and `localIPs`; each
/// replaces what the layers below say. As in k6, `localIPs` is the command line's and the
/// environment's alone.
void read_addresses(ObjectReader& layer, Addresses& addresses);

/// How long answers of DNS are good; nothing: for ever.
std::optional<Nanoseconds> ttl_of(const Dns& dns);

}  // namespace loadrun::plan
