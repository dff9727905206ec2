# shellcheck shell=bash
# Finds a suitable JDK. Reads the version from its `release` file if possible, because running java is slow.

MIN_JDK=21

# jdk_version HOME: prints the feature release, such as 25, or nothing if there is no JDK.
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
  [[ -n $version ]] && ((version >= MIN_JDK))
}

# jdk_on_path: prints the home of the java on PATH, if any.
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

# newest_jdk: prints the newest suitable JDK in the usual places, if any.
newest_jdk() {
  local home version best="" best_version=$((MIN_JDK - 1))
  for home in "$(jdk_on_path)" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.jdks/*; do
    version=$(jdk_version "$home")
    if [[ -n $version ]] && ((version > best_version)); then
      best=$home best_version=$version
    fi
  done
  printf '%s' "$best"
}

# use_jdk: exports a UTF-8 locale, and JAVA_HOME: the given JAVA_HOME if it is suitable, else the newest JDK.
# .sluice/jdk caches the result until that JDK is removed.
use_jdk() {
  # Java encodes file names in the locale's charset, on macOS always in UTF-8. Other charsets reject some names.
  case $OSTYPE:${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in darwin* | *[Uu][Tt][Ff]*8*) ;; *) export LC_ALL=C.UTF-8 ;; esac
  local cache=$ROOT/.sluice/jdk requested="" found=""
  if [[ -r $cache ]]; then { read -r found && read -r requested; } <"$cache" || true; fi
  if [[ -z $found || $requested != "${JAVA_HOME:--}" || ! -x $found/bin/javac ]]; then
    requested=${JAVA_HOME:--}
    if [[ -n ${JAVA_HOME:-} ]] && jdk_fits "$JAVA_HOME"; then
      found=$JAVA_HOME
    else
      found=$(newest_jdk)
    fi
    [[ -n $found ]] || fail "no JDK $MIN_JDK or newer found: install one (such as the package openjdk-21-jdk-headless, or Temurin from https://adoptium.net) or set JAVA_HOME"
    mkdir -p "$ROOT/.sluice"
    printf '%s\n%s\n' "$found" "$requested" >"$cache"
  fi
  export JAVA_HOME=$found
}
