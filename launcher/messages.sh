# shellcheck shell=bash
# Words for people, always on stderr: stdout belongs to data.

say() { printf '%s\n' "$*" >&2; }

# fail MESSAGE [EXIT_CODE]: one line that says what is wrong and what to do.
fail() {
  say "sluice: $1"
  exit "${2:-1}"
}
