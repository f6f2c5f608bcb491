#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/exit_code.h"

namespace loadrun {

/// Why something could not be done. Travels up by value; only `main` prints it and exits with
/// `code`.
struct Error {
  ExitCode code = ExitCode::kGeneric;
  std::string message;
  std::string hint = {};  ///< What the user can do about it; empty when the message says it all.
};

/// Either a value or an Error. For expected failures only; bugs are LOADRUN_CHECK.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }

  /// REQUIRES: ok().
  T& value() & {
    LOADRUN_CHECK(ok());
    return std::get<T>(state_);
  }
  const T& value() const& {
    LOADRUN_CHECK(ok());
    return std::get<T>(state_);
  }
  T&& value() && {
    LOADRUN_CHECK(ok());
    return std::get<T>(std::move(state_));
  }

  /// REQUIRES: !ok().
  const Error& error() const {
    LOADRUN_CHECK(!ok());
    return std::get<Error>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }

  /// REQUIRES: !ok().
  const Error& error() const {
    LOADRUN_CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace loadrun
