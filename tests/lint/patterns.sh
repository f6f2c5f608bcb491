#!/usr/bin/env bash
# patterns.sh ROOT: what neither compiler nor clang-tidy refuses and the conventions do. Prints each finding as
# file:line: reason; exits 1 when there is one.
set -euo pipefail
cd "$1"
found=0

# refuse REASON REGEX FILES... : no line of FILES may match, comments aside.
refuse() {
  local reason=$1 regex=$2 hits
  shift 2
  [ $# -gt 0 ] || return 0
  hits=$(grep -HnP "^(?!\s*(//|\*|--)).*?(?:$regex)" "$@" || true)
  report "$hits" "$reason"
}

report() {
  [ -n "$1" ] || return 0
  found=1
  sed -E "s|^([^:]+:[0-9]+):.*|\1: $2|" <<<"$1"
}

# sources DIRECTORY... : C++ files below those of the directories that exist.
sources() {
  local directory
  for directory in "$@"; do
    [ ! -d "$directory" ] || find "$directory" -name '*.h' -o -name '*.cc'
  done | sort
}

mapfile -t engine < <(sources engine)
mapfile -t silent < <(sources engine | grep -vE '^engine/(main\.cc|report/|base/check\.cc)')
# The second Ctrl-C ends the process from the signal handler; leave.cc is for threads that cannot be stopped.
mapfile -t mortal < <(sources engine | grep -vE '^engine/(main\.cc|run/signals\.cc|base/leave\.cc)')
mapfile -t timeless < <(sources engine examples | grep -vE '^engine/base/(clock|cpu_time)\.')
mapfile -t all < <(sources engine examples tests)
mapfile -t texts < <(
  sources engine examples tests
  find . -path ./build -prune -o \( -name '*.lua' -o -name '*.cmake' -o -name CMakeLists.txt \) -print | sort
)

refuse 'output belongs to the log, main.cc or report/' \
  '\b(printf|fprintf|puts|fputs)\s*\(|std::(cout|cerr|clog)\b|fmt::print\b' "${silent[@]}"
refuse 'only main ends the process' '\bstd::(quick_)?exit\s*\(|\b_exit\s*\(' "${mortal[@]}"
refuse 'time enters as a parameter or through Clock' \
  '\b(steady|system|high_resolution)_clock::now|\bclock_gettime\s*\(' "${timeless[@]}"
# std::unique_ptr<T>(new T(...)) is how a factory reaches its private constructor.
refuse 'no owning new or delete' \
  'unique_ptr<[^()]*>\s*\w*\(new\b(*SKIP)(*FAIL)|\bnew\s+[A-Za-z_:]+\s*[({\[;<]|\bdelete(\[\])?\s+[A-Za-z_*(]' "${engine[@]}"
refuse '#pragma once instead of an include guard' '#\s*ifndef\s+\w+_H_?\b' "${all[@]}"

report "$([ ${#texts[@]} -eq 0 ] || grep -HnP 'TODO(?!\(#[0-9]+\))' "${texts[@]}" || true)" \
  'a TODO names its issue, as in TODO(#12)'
report "$([ ${#texts[@]} -eq 0 ] || awk 'FNR == 601 {print FILENAME ":601:"}' "${texts[@]}")" 'more than 600 lines'

exit "$found"
