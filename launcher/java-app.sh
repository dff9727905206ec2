# shellcheck shell=bash
# The command that runs a module's jar on a small machine and starts quickly: C1 only, the serial
# collector, and what an earlier run has left to start sooner. SLUICE_JAVA_OPTS comes last and so
# overrides.

# java_command MODULE ROLE: sets JAVA_COMMAND. ROLE is `write` for the one process that may write a class
# archive, else `read`.
java_command() {
  local module=$1 role=$2 jar extra=()
  jar=$(jar_of "$module")
  case $module in producer | worker) jar=$(unpacked_jar "$module") ;; esac
  case $module in
    producer | worker) if makes_aot_caches; then role=trained; fi ;;
  esac
  if [[ $role == trained ]]; then aot_cache "$jar"; else class_archive "$(built "$module")/$module.jsa" "$role"; fi
  jvm_options
  read -r -a extra <<<"${SLUICE_JAVA_OPTS:-}" || true
  JAVA_COMMAND=("$JAVA_HOME/bin/java" "${JVM_OPTIONS[@]}" "${CLASS_DATA[@]}" "-Dsluice.home=$RUN_HOME"
    "${extra[@]}" -jar "$jar")
}

# jvm_options: sets JVM_OPTIONS, those that an application is trained with, too. With C1 alone the cache of
# compiled code is small, and a start that fills half of it is stopped for a collection of all garbage.
jvm_options() {
  JVM_OPTIONS=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=128m -Xlog:disable)
}
