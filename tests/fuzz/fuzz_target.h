#pragma once

#include <cstddef>
#include <cstdint>

/// What libFuzzer calls with each input; returns 0. Crashing, raising, hanging or a failed
/// LOADRUN_CHECK is what the input was looked for.
// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer looks for
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
