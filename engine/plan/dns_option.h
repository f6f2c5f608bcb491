#pragma once

#include "plan/object_reader.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// Takes over the fields that the option `dns` sets; the others keep the value of the layers below.
void read_dns(ObjectReader& layer, Dns& dns);

}  // namespace loadrun::plan
