#!/usr/bin/env bash
# patterns.sh finds what it should and stays quiet about the rest.
set -euo pipefail
patterns=$(cd "$(dirname "$0")" && pwd)/patterns.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect STATUS FILE TEXT: what patterns.sh says of a tree with this one file.
expect() {
  local status=0
  rm -rf "${scratch:?}"/*
  mkdir -p "$scratch/$(dirname "$2")"
  printf '%b\n' "$3" >"$scratch/$2"
  bash "$patterns" "$scratch" >"$scratch/said" || status=$?
  if [ "$status" != "$1" ]; then
    echo "expected $1, got $status for $2: $3"
    cat "$scratch/said"
    exit 1
  fi
}

expect 0 engine/net/a.cc 'int x;'
expect 1 engine/net/a.cc '  std::cout << x;'
expect 1 engine/net/a.cc 'std::printf("x");'
expect 0 engine/net/a.cc 'std::snprintf(buffer, size, "x");'
expect 0 engine/net/a.cc '// printf("x") is what we avoid'
expect 0 engine/main.cc 'std::printf("x");'
expect 0 engine/report/a.cc 'std::fputs(text, out);'
expect 1 engine/run/a.cc 'std::exit(1);'
expect 1 engine/run/a.cc '_exit(1);'
expect 0 engine/run/signals.cc '_exit(1);'
expect 1 engine/run/a.cc 'auto now = std::chrono::steady_clock::now();'
expect 0 engine/base/clock.cc 'auto now = std::chrono::steady_clock::now();'
expect 1 engine/run/a.cc 'auto* p = new Thing(1);'
expect 0 engine/run/a.cc 'return std::unique_ptr<Thing>(new Thing(1));'
expect 1 engine/run/a.cc 'delete thing;'
expect 0 engine/run/a.h 'Thing(const Thing&) = delete;'
expect 0 engine/run/a.cc 'new (memory) Thing(1);'
expect 1 engine/run/a.h '#ifndef RUN_A_H_'
expect 1 lua/a.lua '-- TODO later'
expect 0 lua/a.lua '-- TODO(#12) later'
expect 0 lua/a.lua "$(seq 600)"
expect 1 lua/a.lua "$(seq 601)"
