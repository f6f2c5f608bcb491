#!/usr/bin/env bash
# lint.sh [--all]: layout, patterns, syntax of Lua, bash and Python over the whole tree; clang-tidy over the sources that
# differ from the branch point off origin/main (on main itself: from the last commit's parent), or with --all over
# every one. Runs all checks, exits 1 when one complains. Needs build/release/compile_commands.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly build=build/release
status=0

tracked() { git ls-files --cached --others --exclude-standard -- "$@"; }
cpp() { tracked 'engine/*.h' 'engine/*.cc' 'examples/*.h' 'examples/*.cc' 'tests/*.h' 'tests/*.cc' | existing; }
existing() { while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

complain() {
  echo "lint: $1" >&2
  status=1
}

check_layout() {
  cpp | xargs -r clang-format-14 --dry-run --Werror || complain 'layout: clang-format-14 -i FILE settles it'
}

check_patterns() { bash tests/lint/patterns.sh . || complain 'patterns of the conventions'; }

check_syntax() {
  local file
  while read -r file; do
    luajit -bl "$file" >/dev/null || complain "syntax of $file"
  done < <(tracked 'lua/*.lua' 'examples/*.lua' | existing)
  while read -r file; do
    bash -n "$file" || complain "syntax of $file"
  done < <(tracked dev .ci/run '*.sh' | existing)
  tracked '*.py' | existing | xargs -r python3 -c \
    'import ast, sys; [ast.parse(open(path).read(), path) for path in sys.argv[1:]]' || complain 'syntax of Python'
}

branch_point() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
    base=$(git rev-parse --verify --quiet HEAD~1 || git rev-parse HEAD)
  fi
  echo "$base"
}

# Sources that changed, and the source beside each changed header.
changed_sources() {
  {
    git diff --name-only "$(branch_point)" -- '*.cc' '*.h'
    git ls-files --others --exclude-standard -- '*.cc' '*.h'
  } | sed 's/\.h$/.cc/' | sort -u | existing
}

# Only what the build compiles: clang-tidy needs to know how.
compiled() { grep -F -x -f <(sed -n 's|^ *"file": "'"$PWD"'/\(.*\)",\{0,1\}$|\1|p' "$build/compile_commands.json") || true; }

check_tidy() {
  local select=changed_sources
  [ "${1:-}" != --all ] || select=cpp
  "$select" | { grep '\.cc$' || true; } | compiled |
    xargs -r -P "$(nproc)" -n 1 clang-tidy-14 -p "$build" --quiet 2> >(grep -v 'warnings generated' >&2) ||
    complain 'clang-tidy'
}

check_layout
check_patterns
check_syntax
check_tidy "$@"
exit "$status"
