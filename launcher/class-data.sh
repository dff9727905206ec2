# shellcheck shell=bash
# Class data of an earlier run, for a faster JVM start. Each function sets CLASS_DATA, options for java.
# Any JDK: an archive of the loaded classes, written when the process ends.
# JDK 25 and newer: the AOT cache of a training run, which images contain as well.

FIRST_JDK_WITH_AOT_CACHE=25

# class_archive FILE ROLE: ROLE is `write` for the only process that may write the archive, else `read`.
class_archive() {
  CLASS_DATA=()
  if [[ $2 == write ]]; then CLASS_DATA=(-XX:+AutoCreateSharedArchive); fi
  if [[ $2 == write || -e $1 ]]; then CLASS_DATA+=("-XX:SharedArchiveFile=$1"); fi
}

makes_aot_caches() { (($(jdk_version "$JAVA_HOME") >= FIRST_JDK_WITH_AOT_CACHE)); }

# aot_cache APP_JAR: sets no option if the application has no AOT cache of this JDK.
aot_cache() {
  CLASS_DATA=()
  if is_trained "$1"; then CLASS_DATA=("-XX:AOTCache=${1%.jar}.aot"); fi
}

# A JVM rejects the cache of another JDK or another jar, and then starts slower than without a cache option. So a file
# beside the cache names the JDK, and extracting a new jar deletes the old cache.
is_trained() {
  local known=${1%.jar}.jdk
  [[ -e ${1%.jar}.aot && -r $known && $(<"$known") == "$(jdk_identity)" ]]
}

jdk_identity() {
  printf '%s\n' "$JAVA_HOME"
  if [[ -r $JAVA_HOME/release ]]; then printf '%s' "$(<"$JAVA_HOME/release")"; fi
}

# train_in_background: trains the producer and the worker at low priority if they have no AOT cache, unless
# SLUICE_TRAINING=off. It ends with the launcher.
train_in_background() {
  local module untrained=()
  [[ ${SLUICE_TRAINING:-} != off ]] && makes_aot_caches || return 0
  for module in worker producer; do
    is_trained "$(unpacked_jar "$module")" || untrained+=("$module")
  done
  ((${#untrained[@]})) || return 0
  start_detached "$RUN_HOME/run/training.pid" "$RUN_HOME/logs/training.log" \
    nice -n 19 "$LAUNCHER/train-apps" "${untrained[@]}"
}

stop_training() { stop_process "$RUN_HOME/run/training.pid" "$LAUNCHER/train-apps " 5; }
