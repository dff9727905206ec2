# shellcheck shell=bash
# Builds the jars that are missing or older than their sources.

# project_version: prints the first version after the project's own name in the root pom.
project_version() {
  local line ours=""
  while IFS= read -r line; do
    if [[ $line == *"<artifactId>sluice</artifactId>"* ]]; then
      ours=yes
    elif [[ -n $ours && $line == *"<version>"* ]]; then
      line=${line#*<version>}
      printf '%s' "${line%</version>*}"
      return
    fi
  done <"$ROOT/pom.xml"
}

# built MODULE: prints its build directory: `target` of the full build (SLUICE_BUILD=never), or `target/quick` of the
# quick build. They are separate because the quick build does not check the classes.
built() {
  case ${SLUICE_BUILD:-} in
    never) printf '%s' "$ROOT/$1/target" ;;
    *) printf '%s' "$ROOT/$1/target/quick" ;;
  esac
}

# choose_build MODULE...: if SLUICE_BUILD is not set, selects the full build while its jars are current, else the quick
# build.
choose_build() {
  local module
  [[ -z ${SLUICE_BUILD:-} ]] || return 0
  export SLUICE_BUILD=never
  for module in "$@"; do
    if is_stale "$module"; then export SLUICE_BUILD=quick; fi
  done
}

# jar_of MODULE: prints the path of the runnable jar.
jar_of() {
  local suffix=""
  case $1 in producer | worker) suffix=-exec ;; esac
  printf '%s' "$(built "$1")/$1-$PROJECT_VERSION$suffix.jar"
}

# newest_jar MODULE: prints the newer jar of the two builds, without comparing it to the sources.
newest_jar() {
  local quick full
  if [[ -n ${SLUICE_BUILD:-} ]]; then jar_of "$1" && return; fi
  quick=$(SLUICE_BUILD=quick jar_of "$1") full=$(SLUICE_BUILD=never jar_of "$1")
  if [[ $full -nt $quick ]]; then printf '%s' "$full"; else printf '%s' "$quick"; fi
}

# build_stamp MODULE: each successful build touches this file, because Maven does not rewrite an unchanged jar.
build_stamp() { printf '%s' "$(built "$1")/sluice-build.stamp"; }

# is_stale MODULE: whether the jar is missing, or a source is newer than jar and stamp.
is_stale() {
  local module=$1 jar stamp newer since others=()
  jar=$(jar_of "$module")
  stamp=$(build_stamp "$module")
  [[ -e $jar ]] || return 0
  since=(-newer "$jar")
  if [[ -e $stamp ]]; then since+=(-newer "$stamp"); fi
  if [[ $module == bench ]]; then others=("$ROOT"/{testkit,simulator}/{pom.xml,src/main}); fi
  newer=$(find "$ROOT/pom.xml" "$ROOT"/{common,api,platform,documents,"$module"}/{pom.xml,src/main} "${others[@]}" \
    -type f "${since[@]}" -print -quit 2>/dev/null)
  [[ -n $newer ]]
}

# build_if_needed MODULE...: with SLUICE_BUILD=never it uses the existing jars, for instance inside a Maven build.
build_if_needed() {
  local module stale=()
  choose_build "$@"
  mkdir -p "$ROOT/.sluice/logs"
  exec 9>"$ROOT/.sluice/build.lock"
  if command -v flock >/dev/null; then flock 9; fi
  for module in "$@"; do
    if [[ ${SLUICE_BUILD:-} != never ]] && is_stale "$module"; then stale+=("$module"); fi
  done
  if ((${#stale[@]})); then build "${stale[@]}"; fi
  unpack_all "$@"
  exec 9>&-
}

# unpack_all MODULE...: in parallel, because each takes some seconds.
unpack_all() {
  local module unpacking=() pid code=0
  for module in "$@"; do
    unpack "$module" 9>&- &
    unpacking+=("$!")
  done
  for pid in "${unpacking[@]}"; do wait "$pid" || code=$?; done
  return "$code"
}

# unpack MODULE: extracts Boot's nested jars, which load slowly and cannot be archived for class data sharing.
unpack() {
  local module=$1 jar target
  case $module in producer | worker) ;; *) return ;; esac
  jar=$(jar_of "$module")
  target=$(unpacked_jar "$module")
  if [[ -e $target && ! $target -ot $jar ]]; then return; fi
  target=${target%/*}
  rm -rf "$target" "$target.new"
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -Djarmode=tools -jar "$jar" \
    extract --application-filename app.jar --destination "$target.new" >/dev/null
  touch "$target.new/app.jar"
  mv "$target.new" "$target"
}

unpacked_jar() { printf '%s' "$(built "$1")/app/app.jar"; }

# Builds without tests; `./sluice test` runs them.
build() {
  local log=$ROOT/.sluice/logs/build.log pid_file=$ROOT/.sluice/build.pid began=$SECONDS first="" module
  [[ -d ${MAVEN_REPOSITORY:-$HOME/.m2/repository}/org/springframework ]] || first=" (the first build takes some minutes)"
  say "Building Sluice$first…"
  : >"$log"
  local modules
  modules=$(IFS=,; printf '%s' "$*")
  start_detached "$pid_file" "$log" "$ROOT/mvnw" -f "$ROOT/pom.xml" -B -q -Pquick \
    -pl "$modules" -am package 9>&-
  local pid=$!
  # shellcheck disable=SC2064 # the process of this very build
  trap "kill -TERM -- -$pid $pid 2>/dev/null; rm -f '$pid_file'; exit 130" INT TERM
  build_narrate "$pid" "$began" "$log"
  local code=0
  wait "$pid" || code=$?
  trap - INT TERM
  rm -f "$pid_file"
  if ((code != 0)); then
    grep -E '^\[ERROR\] [^ ]' "$log" | grep -vE -m 8 'Help 1|re-run Maven|For more information' >&2 || tail -n 8 "$log" >&2
    fail "the build failed (above and in $log)"
  fi
  for module in "$@"; do touch "$(build_stamp "$module")"; done
  say "Built in $((SECONDS - began)) s."
}

# Prints a line every 15 s as progress of a long first build.
build_narrate() {
  local next=$(($2 + 15))
  while is_alive "$1"; do
    if ((SECONDS >= next)); then
      say "  … building for $((SECONDS - $2)) s (log: $3)"
      next=$((SECONDS + 15))
    fi
    sleep 0.2
  done
}
