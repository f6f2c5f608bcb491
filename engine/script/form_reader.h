#pragma once

#include <string>

#include "script/form.h"
#include "script/lua_support.h"

namespace loadrun::script {

/// Reads the table at `index` as form fields, sorted by name: a list gives its field once for each
/// element, numbers are printed in full, json.null is "", and a nested table is "" with one warning
/// for the form, as in k6. Returns "" or what is wrong.
std::string read_form(lua_State* L, int index, FormFields& fields);

}  // namespace loadrun::script
