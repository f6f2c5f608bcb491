#include "script/json_modifiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "script/json.h"
#include "script/json_pretty.h"
#include "script/json_query.h"
#include "script/json_syntax.h"
#include "script/json_text.h"

namespace loadrun::script {
namespace {

struct Member {
  std::string_view key;  ///< "" in an array.
  std::string_view value;
};

std::vector<Member> members_of(std::string_view container) {
  std::vector<Member> found;
  for (JsonMembers members(container); members.next();) {
    found.push_back({members.key(), members.value()});
  }
  return found;
}

std::string container_of(const std::vector<Member>& members, bool is_object) {
  fmt::memory_buffer out;
  for (const Member& member : members) {
    if (out.size() > 0) out.push_back(',');
    out.append(member.key);
    if (!member.key.empty()) out.push_back(':');
    out.append(member.value);
  }
  const std::string_view inside(out.data(), out.size());
  return is_object ? fmt::format("{{{}}}", inside) : fmt::format("[{}]", inside);
}

std::string_view without_brackets(std::string_view container) {
  return trim_json(inside_quotes(container));
}

std::string reverse(std::string_view container) {
  std::vector<Member> members = members_of(container);
  std::reverse(members.begin(), members.end());
  return container_of(members, container.front() == '{');
}

/// The elements of an array's arrays in place of these.
std::string flatten(std::string_view array) {
  std::vector<Member> parts;
  for (const Member& element : members_of(array)) {
    const bool is_array = element.value.starts_with('[');
    const std::string_view part = is_array ? without_brackets(element.value) : element.value;
    if (!part.empty()) parts.push_back({{}, part});
  }
  return container_of(parts, false);
}

/// Everything in an array that is no array, at any depth.
std::string flatten_deeply(std::string_view array) {
  std::vector<Member> parts;
  std::vector<JsonMembers> open{JsonMembers(array)};
  while (!open.empty()) {
    JsonMembers& members = open.back();
    if (members.next()) {
      if (members.kind() == JsonKind::kArray) {
        open.push_back(members.inner());
      } else {
        parts.push_back({{}, members.value()});
      }
      continue;
    }
    JsonMembers done = members;
    open.pop_back();
    if (!open.empty()) open.back().continue_behind(done);
  }
  return container_of(parts, false);
}

/// A scalar counts as an array of itself.
std::vector<Member> members_or_self(std::string_view value) {
  if (is_json_container(value)) return members_of(value);
  return value.empty() ? std::vector<Member>{} : std::vector<Member>{{{}, value}};
}

std::string keys(std::string_view value) {
  std::vector<Member> members = members_or_self(value);
  for (Member& member : members) member = {{}, member.key.empty() ? "null" : member.key};
  return container_of(members, false);
}

std::string values(std::string_view value) {
  std::vector<Member> members = members_or_self(value);
  for (Member& member : members) member.key = {};
  return container_of(members, false);
}

/// The objects of an array as one. Unless `preserve`, each key comes once, with its last value.
std::string join(std::string_view array, bool preserve) {
  std::vector<Member> fields;
  std::map<std::string, std::size_t> places;
  for (JsonMembers objects(array); objects.next();) {
    if (objects.kind() != JsonKind::kObject) continue;
    for (const Member& field : members_of(objects.value())) {
      const auto [place, is_new] =
          places.emplace(unescape_json(inside_quotes(field.key)), fields.size());
      if (is_new || preserve) {
        fields.push_back(field);
      } else {
        fields[place->second].value = field.value;
      }
    }
  }
  return container_of(fields, true);
}

/// An object of arrays as an array of objects.
std::string group(std::string_view object) {
  std::vector<std::vector<Member>> groups;
  for (JsonMembers columns(object); columns.next();) {
    if (columns.kind() != JsonKind::kArray) continue;
    std::size_t row = 0;
    for (const Member& element : members_of(columns.value())) {
      if (row == groups.size()) groups.emplace_back();
      groups[row++].push_back({columns.key(), element.value});
    }
  }
  std::vector<std::string> rows;
  rows.reserve(groups.size());
  for (const auto& one : groups) rows.push_back(container_of(one, true));
  return fmt::format("[{}]", fmt::join(rows, ","));
}

/// What `path` selects in a value and in everything in it, outermost first. A value is read once
/// for each level above it: beyond 1,000 levels nothing is looked at.
std::string dig(JsonSelector& selector, std::string_view value, std::string_view path) {
  std::vector<Member> found;
  std::size_t size = 0;
  const auto add = [&](std::string_view at) {
    if (!selector.look_again(at.size())) return;
    const std::string_view selected = selector.select(at, path);
    if (!selected.empty()) found.push_back({{}, selected});
    size += selected.size();
  };
  add(value);
  std::vector<JsonMembers> open;
  if (is_json_container(value)) open.emplace_back(value);
  while (!open.empty() && selector.allows(size)) {
    if (!open.back().next()) {
      open.pop_back();
      continue;
    }
    const std::string_view member = open.back().value();
    add(member);
    if (is_json_container(member) && open.size() < 1000) open.emplace_back(member);
  }
  return selector.allows(size) ? container_of(found, false) : "";
}

std::string quote(std::string_view text) {
  fmt::memory_buffer out;
  append_json_string(out, text);
  return fmt::to_string(out);
}

/// The text that a value stands for: a string's characters, nothing for null.
std::string text_of(std::string_view json) {
  if (check_json(json)) return "";
  const std::string_view value = first_json_value(json);
  if (json_kind(value) == JsonKind::kNull) return "";
  return value.starts_with('"') ? unescape_json(inside_quotes(value)) : std::string(value);
}

/// Whether the argument {"name":true} or the like is given.
bool has_flag(std::string_view argument, std::string_view name) {
  const std::string_view options = first_json_value(argument);
  if (!is_json_container(options)) return false;
  bool flag = false;
  for (const Member& option : members_of(options)) {
    if (inside_quotes(option.key) == name) flag = is_true_json(option.value);
  }
  return flag;
}

std::string modify_array(const PathCall& call, std::string_view array) {
  if (call.name == "flatten") {
    return has_flag(call.argument, "deep") ? flatten_deeply(array) : flatten(array);
  }
  return join(array, has_flag(call.argument, "preserve"));
}

/// Of the modifiers that make a new text of any value.
std::string modify_value(JsonSelector& selector, const PathCall& call, std::string_view value) {
  if (call.name == "keys") return keys(value);
  if (call.name == "values") return values(value);
  if (call.name == "group") return value.starts_with('{') ? group(value) : "";
  return dig(selector, value, call.argument);
}

}  // namespace

std::string_view modify_json(JsonSelector& selector, std::string_view json, const PathCall& call) {
  const std::string_view name = call.name;
  const std::string_view value = first_json_value(json);
  if (name == "this") return json;
  if (name == "valid") return check_json(json) ? std::string_view{} : json;
  if (name == "tostr") return selector.keep(quote(json));
  if (name == "fromstr") return selector.keep(text_of(json));
  if (name == "ugly") return selector.keep(compact_json(json));
  if (name == "pretty") return selector.keep(pretty_json(value, pretty_options(call.argument)));
  if (name == "reverse") return is_json_container(value) ? selector.keep(reverse(value)) : json;
  if (name == "flatten" || name == "join") {
    return value.starts_with('[') ? selector.keep(modify_array(call, value)) : json;
  }
  return selector.keep(modify_value(selector, call, value));
}

}  // namespace loadrun::script
