#pragma once

#include <cstdint>
#include <string>

namespace loadrun::outputs {

/// What makes a run comparable with one elsewhere. Nothing that names the machine or its user.
struct Machine {
  std::string cpu_model;     ///< "" when the kernel does not tell.
  int cpus = 0;              ///< That this process may use.
  std::uint64_t memory = 0;  ///< Bytes, of the machine.
  std::string kernel;        ///< "Linux 6.1.0-18-amd64 x86_64"
  bool operator==(const Machine&) const = default;
};

Machine this_machine();

}  // namespace loadrun::outputs
