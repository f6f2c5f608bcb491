#pragma once

#include <nlohmann/json.hpp>

#include "plan/object_reader.h"
#include "plan/tls.h"

namespace loadrun::plan {

/// Takes over the options tlsVersion, tlsCipherSuites, tlsAuth and tlsSessionResumption as far as
/// `layer` sets them. Certificates and keys are parsed: one that cannot be used is an error of its
/// entry.
void read_tls(ObjectReader& layer, Tls& tls);

/// Adds them to `options` as k6 shows them; those that were not set are left out.
void add_tls(nlohmann::ordered_json& options, const Tls& tls);

}  // namespace loadrun::plan
