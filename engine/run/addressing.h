#pragma once

#include <memory>

#include "base/clock.h"
#include "net/dial_rules.h"
#include "net/resolver.h"
#include "plan/plan.h"

namespace loadrun::run {

/// The option `dns` for the resolver.
net::DnsOptions dns_options(const plan::Dns& dns);

/// What the plan says of where connections go, for the transport.
net::DialRules dial_rules(const plan::Plan& plan);

/// The resolver of a run. `clock` outlives it.
std::shared_ptr<net::Resolver> make_resolver(const plan::Plan& plan, const Clock& clock);

}  // namespace loadrun::run
