# shellcheck shell=bash
# What a JVM keeps of an earlier run so that it starts sooner. Each sets CLASS_DATA, options for java.
# Of any JDK: an archive of the classes that were loaded, written when the process ends.
# Of a newer one: the AOT cache of a training run, which is there for a container's first start as well.

FIRST_JDK_WITH_AOT_CACHE=25

# class_archive FILE ROLE: ROLE is `write` for the one process that may write the archive, else `read`.
class_archive() {
  CLASS_DATA=()
  if [[ $2 == write ]]; then CLASS_DATA=(-XX:+AutoCreateSharedArchive); fi
  if [[ $2 == write || -e $1 ]]; then CLASS_DATA+=("-XX:SharedArchiveFile=$1"); fi
}

makes_aot_caches() { (($(jdk_version "$JAVA_HOME") >= FIRST_JDK_WITH_AOT_CACHE)); }

# aot_cache APP_JAR: none where the JDK makes none, or the application has not been trained with it.
aot_cache() {
  CLASS_DATA=()
  if is_trained "$1"; then CLASS_DATA=("-XX:AOTCache=${1%.jar}.aot"); fi
}

# A JVM that is given the cache of another one, or of another jar, starts without any: slower than with
# none. So the JDK stands beside the cache, and a jar that is unpacked anew takes the old cache with it.
is_trained() {
  local known=${1%.jar}.jdk
  [[ -e ${1%.jar}.aot && -r $known && $(<"$known") == "$(jdk_identity)" ]]
}

jdk_identity() {
  printf '%s\n' "$JAVA_HOME"
  if [[ -r $JAVA_HOME/release ]]; then printf '%s' "$(<"$JAVA_HOME/release")"; fi
}

# train_in_background: unless SLUICE_TRAINING is off; of the producer and the worker whichever has not been trained. It steps back behind
# everything else, and is gone with the launcher.
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
