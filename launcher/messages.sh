# shellcheck shell=bash
# Messages go to stderr; stdout is for output.

say() { printf '%s\n' "$*" >&2; }

# fail MESSAGE [EXIT_CODE]: prints one line (the problem and the remedy) and exits.
fail() {
  say "sluice: $1"
  exit "${2:-1}"
}
