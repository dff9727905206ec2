# shellcheck shell=bash
# Finds a JDK that is new enough, without running java where its `release` file says the version.

LEAST_JDK=21

# jdk_version HOME: its feature release (25), empty if there is no JDK.
jdk_version() {
  local line version=""
  [[ -x $1/bin/java && -x $1/bin/javac ]] || return 0
  if [[ -r $1/release ]]; then
    while IFS= read -r line; do
      if [[ $line == JAVA_VERSION=* ]]; then version=${line#*=}; fi
    done <"$1/release"
  else
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
  version=${version//\"/}
  version=${version#1.}
  printf '%s' "${version%%[!0-9]*}"
}

jdk_fits() {
  local version
  version=$(jdk_version "$1")
  [[ -n $version ]] && ((version >= LEAST_JDK))
}

# jdk_on_path: the home of the java on PATH; empty if there is none.
jdk_on_path() {
  local java
  java=$(command -v java) || return 0
  while [[ -L $java ]]; do
    local target
    target=$(readlink "$java")
    [[ $target == /* ]] || target=${java%/*}/$target
    java=$target
  done
  printf '%s' "${java%/bin/java}"
}

# newest_jdk: of the usual places; empty if none fits.
newest_jdk() {
  local home version best="" best_version=$((LEAST_JDK - 1))
  for home in "$(jdk_on_path)" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.jdks/*; do
    version=$(jdk_version "$home")
    if [[ -n $version ]] && ((version > best_version)); then
      best=$home best_version=$version
    fi
  done
  printf '%s' "$best"
}

# use_jdk: exports JAVA_HOME. JAVA_HOME wins where it fits, else the newest JDK; the answer is
# remembered in .sluice/jdk until that JDK is gone.
use_jdk() {
  local cache=$ROOT/.sluice/jdk asked="" found=""
  if [[ -r $cache ]]; then { read -r found && read -r asked; } <"$cache" || true; fi
  if [[ -z $found || $asked != "${JAVA_HOME:--}" || ! -x $found/bin/javac ]]; then
    asked=${JAVA_HOME:--}
    if [[ -n ${JAVA_HOME:-} ]] && jdk_fits "$JAVA_HOME"; then
      found=$JAVA_HOME
    else
      found=$(newest_jdk)
    fi
    [[ -n $found ]] || fail "no JDK $LEAST_JDK or newer found: install one (such as the package openjdk-21-jdk-headless, or Temurin from https://adoptium.net) or set JAVA_HOME"
    mkdir -p "$ROOT/.sluice"
    printf '%s\n%s\n' "$found" "$asked" >"$cache"
  fi
  export JAVA_HOME=$found
}
