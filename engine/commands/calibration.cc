#include "commands/calibration.h"

#include <fmt/format.h>

#include <concepts>
#include <nlohmann/json.hpp>
#include <utility>

#include "plan/diagnostics.h"
#include "plan/object_reader.h"
#include "script/shared_store.h"

namespace loadrun::commands {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "loadrun-calibration";
constexpr std::int64_t kVersion1 = 1;
constexpr int kIndent = 2;

// The fields of each object once, for both directions: `io(name, member)` writes or reads one.

template <typename T, typename U>
concept Either = std::same_as<std::remove_const_t<T>, U>;

void fields(auto& io, Either<outputs::Machine> auto& machine) {
  io("cpu_model", machine.cpu_model);
  io("cpus", machine.cpus);
  io("memory", machine.memory);
  io("kernel", machine.kernel);
}

void fields(auto& io, Either<Calibration::Timers> auto& timers) {
  io("wakeups", timers.wakeups);
  io("late_p99_ms", timers.late_p99);
  io("late_max_ms", timers.late_max);
}

void fields(auto& io, Either<Calibration::Latency> auto& latency) {
  io("rate", latency.rate);
  io("requests", latency.requests);
  io("served", latency.served);
  io("p50_ms", latency.p50);
  io("p99_ms", latency.p99);
  io("max_ms", latency.max);
}

void fields(auto& io, Either<Calibration::Capacity> auto& capacity) {
  io("vus", capacity.vus);
  io("requests", capacity.requests);
  io("served", capacity.served);
  io("cpu_s", capacity.cpu_seconds);
  io("per_core", capacity.per_core);
  io("cores", capacity.cores);
}

void fields(auto& io, Either<Calibration::Trial> auto& trial) {
  io("rate", trial.rate);
  io("requests", trial.requests);
  io("served", trial.served);
  io("dropped", trial.dropped);
  io("start_lag_p99_ms", trial.start_lag_p99);
  io("healthy", trial.healthy);
}

void fields(auto& io, Either<Calibration> auto& calibration) {
  io("generator", calibration.generator);
  io("measured", calibration.measured);
  io("machine", calibration.machine);
  io("workers", calibration.workers);
  io("timers", calibration.timers);
  io("latency", calibration.latency);
  io("capacity", calibration.capacity);
  io("trials", calibration.trials);
  io("trusted_rate", calibration.trusted_rate);
}

struct Writer {
  Json object = Json::object();

  template <typename T>
  void operator()(const char* name, const T& value) {
    if constexpr (std::constructible_from<Json, T>) {
      object[name] = value;
    } else {
      Writer inner;
      fields(inner, value);
      object[name] = std::move(inner.object);
    }
  }

  void operator()(const char* name, const std::vector<Calibration::Trial>& trials) {
    object[name] = Json::array();
    for (const Calibration::Trial& trial : trials) {
      Writer inner;
      fields(inner, trial);
      object[name].push_back(std::move(inner.object));
    }
  }
};

struct Reader {
  plan::ObjectReader& object;

  void operator()(const char* name, std::string& value) {
    set(name, value, object.text(name), "a string");
  }
  void operator()(const char* name, bool& value) {
    set(name, value, object.boolean(name), "true or false");
  }
  void operator()(const char* name, double& value) {
    set(name, value, object.number(name, 0), "a number");
  }
  void operator()(const char* name, std::integral auto& value) {
    set(name, value, object.integer(name, 0), "a whole number");
  }

  void operator()(const char* name, std::vector<Calibration::Trial>& trials) {
    const auto elements = object.list(name);
    require(name, "a list");
    for (std::size_t i = 0; elements && i < elements->size(); ++i) {
      read((*elements)[i], object.place(name).element(i), trials.emplace_back());
    }
  }

  void operator()(const char* name, auto& part) {
    const nlohmann::json* value = object.object(name);
    require(name, "an object");
    if (value != nullptr) read(*value, object.place(name), part);
  }

 private:
  void require(const char* name, std::string_view expected) {
    if (!object.has(name)) object.missing(name, expected);
  }

  template <typename T, typename Read>
  void set(const char* name, T& value, const std::optional<Read>& read, std::string_view expected) {
    require(name, expected);
    if (read) value = static_cast<T>(*read);
  }

  void read(const nlohmann::json& value, const plan::Place& place, auto& part) {
    plan::Diagnostics& diagnostics = object.diagnostics();
    if (!value.is_object()) {
      diagnostics.error(place, fmt::format("{} is not an object", plan::shown(value)));
      return;
    }
    plan::ObjectReader inner(value, place, diagnostics);
    Reader reader{inner};
    fields(reader, part);
  }
};

/// Whether it says that it is a calibration of a version that can be read here.
bool is_known(plan::ObjectReader& object) {
  const auto is = [&](const char* name, const nlohmann::json& expected, const char* advice) {
    const nlohmann::json* value = object.find(name);
    if (value != nullptr && *value == expected) return true;
    object.error(name, fmt::format("{} (expected {}{})",
                                   value == nullptr ? "is missing" : plan::shown(*value),
                                   expected.dump(), advice));
    return false;
  };
  return is("schema", kSchema, ", the file that loadrun calibrate writes") &&
         is("version", kVersion1, ": calibrate again with this loadrun");
}

}  // namespace

std::string to_json(const Calibration& calibration) {
  Writer writer;
  writer("schema", std::string(kSchema));
  writer("version", kVersion1);
  fields(writer, calibration);
  return writer.object.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Calibration> calibration_from_json(const std::string& file, std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Error{
        ExitCode::kInvalidConfig,
        fmt::format("{}: is no JSON object (expected what loadrun calibrate wrote)", file)};
  }
  plan::Diagnostics diagnostics;
  plan::ObjectReader object(json, {file, ""}, diagnostics);
  Calibration calibration;
  Reader reader{object};
  if (is_known(object)) fields(reader, calibration);
  if (!diagnostics.ok()) return diagnostics.all_errors();
  return calibration;
}

Result<Calibration> read_calibration(const std::string& path) {
  const Result<std::string> text = script::read_file(path);
  if (!text.ok()) return Error{ExitCode::kInvalidConfig, "calibration: " + text.error().message};
  return calibration_from_json(path, text.value());
}

}  // namespace loadrun::commands
