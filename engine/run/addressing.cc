#include "run/addressing.h"

#include <map>
#include <string>

#include "plan/address_options.h"

namespace loadrun::run {

using Select = net::DnsOptions::Select;
using Policy = net::DnsOptions::Policy;

net::DnsOptions dns_options(const plan::Dns& dns) {
  static const std::map<std::string, Select> kSelects{
      {"first", Select::kFirst}, {"random", Select::kRandom}, {"roundRobin", Select::kRoundRobin}};
  static const std::map<std::string, Policy> kPolicies{{"preferIPv4", Policy::kPreferIpv4},
                                                       {"preferIPv6", Policy::kPreferIpv6},
                                                       {"onlyIPv4", Policy::kOnlyIpv4},
                                                       {"onlyIPv6", Policy::kOnlyIpv6},
                                                       {"any", Policy::kAny}};
  return {.ttl = plan::ttl_of(dns),
          .select = kSelects.at(dns.select),
          .policy = kPolicies.at(dns.policy)};
}

net::DialRules dial_rules(const plan::Plan& plan) {
  net::DialRules rules{.hosts = plan.addresses.hosts, .blacklist = plan.addresses.blacklist};
  for (const std::string& pattern : plan.addresses.blocked_hosts) rules.blocked.add(pattern);
  return rules;
}

std::shared_ptr<net::Resolver> make_resolver(const plan::Plan& plan, const Clock& clock) {
  return std::make_shared<net::Resolver>(dns_options(plan.dns), clock);
}

}  // namespace loadrun::run
