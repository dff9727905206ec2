# shellcheck shell=bash
# The java command of a module, for a fast start on a small machine: C1 only, serial GC, and an AOT cache or class
# archive of an earlier run. SLUICE_JAVA_OPTS comes last and overrides.

# java_command MODULE ROLE: sets JAVA_COMMAND. ROLE is `write` for the only process that may write the class
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

# jvm_options: sets JVM_OPTIONS; training uses the same. With C1 alone the default code cache is small, and filling
# half of it during start-up triggers a full GC.
jvm_options() {
  JVM_OPTIONS=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=128m -Xlog:disable)
}
