#include "net/limits.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>

#include "base/check.h"

namespace loadrun::net {
namespace {

// An epoll, an eventfd, a resolver's socket pair; of the process: standard streams, signals,
// modules and files that are being read.
constexpr std::uint64_t kOfWorker = 4;
constexpr std::uint64_t kOfProcess = 32;

std::uint64_t local_ports() {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  return range >> first >> last && first <= last ? last - first + 1 : 0;
}

}  // namespace

std::uint64_t raise_fd_limit() {
  rlimit limit{};
  LOADRUN_CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

ClientLimits client_limits() { return {raise_fd_limit(), local_ports()}; }

std::vector<std::string> shortages(const ClientLimits& limits, const ClientDemand& demand) {
  std::vector<std::string> found;
  const std::uint64_t needed = demand.vus + kOfWorker * demand.workers + kOfProcess;
  if (needed > limits.descriptors) {
    found.push_back(
        fmt::format("{} VUs with a connection each need {} open files, and this process may have "
                    "{}: raise its limit, e.g. with ulimit -n {}, or LimitNOFILE= of a service",
                    demand.vus, needed, limits.descriptors, needed));
  }
  // More VUs than ports of all addresses together; their product may be beyond all numbers.
  if (limits.ports != 0 && demand.vus > 0 &&
      (demand.vus - 1) / limits.ports >= demand.local_addresses) {
    found.push_back(fmt::format(
        "{} VUs with a connection each need as many local ports for one server's address, and "
        "this machine has {}: widen the range, e.g. with sysctl -w "
        "net.ipv4.ip_local_port_range=\"1024 65535\", or use more local addresses (--local-ips)",
        demand.vus, limits.ports * demand.local_addresses));
  }
  return found;
}

}  // namespace loadrun::net
