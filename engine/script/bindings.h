#pragma once

#include "metrics/tags.h"
#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

// Each adds its native functions to the table on top of the stack; lua/*.lua builds the public
// modules on them. The runtime is the functions' context and outlives them.

void add_core_bindings(lua_State* L, Runtime& runtime);  ///< random, views, open, require, console
void add_k6_bindings(lua_State* L, Runtime& runtime);    ///< sleep, checks, groups
void add_task_bindings(lua_State* L, Runtime& runtime);  ///< spawn, wait for tasks, cancel
void add_tag_bindings(lua_State* L, Runtime& runtime);   ///< tags and metadata of the VU
void add_execution_bindings(lua_State* L, Runtime& runtime);  ///< k6/execution
void add_http_bindings(lua_State* L, Runtime& runtime);       ///< http_request
void add_cookie_bindings(lua_State* L, Runtime& runtime);     ///< cookie jars
void add_html_bindings(lua_State* L, Runtime& runtime);       ///< HTML documents, selectors
void add_metrics_bindings(lua_State* L, Runtime& runtime);    ///< declare_metric
void add_data_bindings(lua_State* L, Runtime& runtime);       ///< shared_array
void add_json_bindings(lua_State* L,
                       Runtime& runtime);  ///< json_decode, json_encode, json_array, null

/// Raises unless the running code may wait for the engine: not in the init context, and not below a
/// C function that cannot be suspended. Called by every suspending binding before it starts
/// anything (decision 7).
void check_can_wait(lua_State* L, Runtime& runtime, const char* what);

/// The tag set `base` extended by the table at `index` (string keys; strings, numbers or booleans
/// as values). Nothing there: `base`. Raises on other types.
metrics::TagSetId tags_at(lua_State* L, Runtime& runtime, int index, metrics::TagSetId base);

}  // namespace loadrun::script
