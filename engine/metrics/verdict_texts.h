#pragma once

#include <string>
#include <string_view>

#include "metrics/verdict_spans.h"

/// What the rules of the verdict say of the worst span, one function a rule: a sentence in plain
/// words, without its end. `others` follows the times. Times are minutes and seconds since the
/// start of the scenarios.
namespace loadrun::metrics::verdict_texts {

std::string lost_workers(const Span& worst, std::string_view others);
std::string unbalanced(const Span& worst, std::string_view others);
std::string stalled(const Span& worst, std::string_view others);
std::string overloaded_drops(const Span& worst, std::string_view others);
std::string overloaded_late(const Span& worst, std::string_view others);
std::string clock_step(const Span& worst, std::string_view others);
std::string files_exhausted(const Span& worst, std::string_view others);
std::string dropped(const Span& worst, std::string_view others);
std::string unscheduled(const Span& worst, std::string_view others);
std::string busy(const Span& worst, std::string_view others);
std::string slow_script(const Span& worst, std::string_view others);
std::string slow_turns(const Span& worst, std::string_view others);
std::string late_timers(const Span& worst, std::string_view others);
std::string steal(const Span& worst, std::string_view others);
std::string throttled(const Span& worst, std::string_view others);
std::string files(const Span& worst, std::string_view others);
std::string ports(const Span& worst, std::string_view others);
std::string retransmits(const Span& worst, std::string_view others);
std::string listen_drops(const Span& worst, std::string_view others);

}  // namespace loadrun::metrics::verdict_texts
