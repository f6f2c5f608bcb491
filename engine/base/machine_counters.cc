#include "base/machine_counters.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/cgroup.h"

namespace loadrun {
namespace {

namespace fs = std::filesystem;
using Count = std::optional<std::uint64_t>;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The number after `name` in lines such as "throttled_usec 12" or "TCP: inuse 5 orphan 0 tw 7", in
/// the line that starts with `line`.
Count number_after(const std::string& text, std::string_view line, std::string_view name) {
  std::istringstream lines(text);
  for (std::string found; std::getline(lines, found);) {
    if (!found.starts_with(line)) continue;
    std::istringstream words(found);
    std::uint64_t number = 0;
    for (std::string word; words >> word;) {
      if (word == name && words >> number) return number;
    }
  }
  return std::nullopt;
}

/// From two lines that start with `table`: one of names, then one of numbers.
Count number_below(const std::string& text, std::string_view table, std::string_view name) {
  std::istringstream lines(text);
  std::string names;
  while (std::getline(lines, names) && !names.starts_with(table)) continue;
  std::string numbers;
  std::getline(lines, numbers);
  std::istringstream columns(names);
  std::istringstream values(numbers);
  std::string value;
  for (std::string column; columns >> column && values >> value;) {
    std::uint64_t number = 0;
    if (column == name && std::istringstream(value) >> number) return number;
  }
  return std::nullopt;
}

/// "cpu  user nice system idle iowait irq softirq steal ...": what follows is in user and nice.
void read_cpu_time(const fs::path& root, MachineCounters& counters) {
  std::ifstream file(root / "proc/stat");
  std::string label;
  file >> label;
  std::vector<std::uint64_t> times;
  for (std::uint64_t time = 0; times.size() < 8 && file >> time;) times.push_back(time);
  if (label != "cpu" || times.size() < 8) return;
  std::uint64_t sum = 0;
  for (const std::uint64_t time : times) sum += time;
  counters.cpu_time = sum;
  counters.stolen = times.back();
}

/// A parent's quota stops its children: the group that stood still longest tells.
std::optional<Nanoseconds> throttled(const fs::path& root) {
  std::optional<Nanoseconds> longest;
  const auto look = [&](const fs::path& folder, std::string_view name, Nanoseconds unit) {
    const Count count = number_after(text_of(folder / "cpu.stat"), name, name);
    if (count) longest = std::max(longest.value_or(0ns), static_cast<std::int64_t>(*count) * unit);
  };
  const CgroupFolders folders = cgroup_folders(root, "cpu");
  for (const fs::path& folder : folders.v2) look(folder, "throttled_usec", 1us);
  for (const fs::path& folder : folders.v1) look(folder, "throttled_time", 1ns);
  return longest;
}

/// proc/self/statm: size and resident pages.
Count resident_memory(const fs::path& root) {
  std::ifstream file(root / "proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void read_sockets(const fs::path& root, MachineCounters& counters) {
  const std::string text = text_of(root / "proc/net/sockstat");
  counters.sockets = number_after(text, "TCP:", "inuse");
  counters.waiting_sockets = number_after(text, "TCP:", "tw");
  const Count of_v6 = number_after(text_of(root / "proc/net/sockstat6"), "TCP6:", "inuse");
  if (counters.sockets && of_v6) *counters.sockets += *of_v6;
}

}  // namespace

MachineCounters read_machine_counters(const fs::path& root) {
  MachineCounters counters;
  read_cpu_time(root, counters);
  counters.throttled = throttled(root);
  counters.rss = resident_memory(root);
  read_sockets(root, counters);
  const std::string tcp = text_of(root / "proc/net/snmp");
  counters.segments_out = number_below(tcp, "Tcp:", "OutSegs");
  counters.retransmits = number_below(tcp, "Tcp:", "RetransSegs");
  counters.listen_drops =
      number_below(text_of(root / "proc/net/netstat"), "TcpExt:", "ListenDrops");
  return counters;
}

// The kernel's own folder has the number as its size, or none.
std::optional<std::uint64_t> count_open_files(const fs::path& root) {
  const fs::path folder = root / "proc/self/fd";
  struct statfs system {};
  struct stat status {};
  if (statfs(folder.c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC &&
      stat(folder.c_str(), &status) == 0 && status.st_size > 0) {
    return static_cast<std::uint64_t>(status.st_size);
  }
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) return std::nullopt;
  std::uint64_t count = 0;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) ++count;
  return count;
}

}  // namespace loadrun
