# shellcheck shell=bash
# Programs that some tests need. If one cannot be installed, those tests are skipped with a message.

# test_tools_prepare LOG
test_tools_prepare() {
  local missing=()
  command -v chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
  command -v promtool >/dev/null || missing+=(prometheus)
  ((${#missing[@]})) || return 0
  if ! can_install_packages; then
    say "Not installed: ${missing[*]}. The tests that need them are skipped."
    return 0
  fi
  say "Installing ${missing[*]} with apt-get, for the tests (log: $1)…"
  mkdir -p "${1%/*}"
  without_services apt_install "${missing[@]}" >>"$1" 2>&1 \
    || say "apt-get could not install ${missing[*]} (see $1): the tests that need them are skipped."
}
