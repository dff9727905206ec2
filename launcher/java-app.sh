# shellcheck shell=bash
# The command that runs a module's jar on a small machine and starts quickly: C1 only, the serial
# collector and an archive of the loaded classes, written when the process ends.
# SLUICE_JAVA_OPTS comes last and so overrides.

# java_command MODULE SHARED: sets JAVA_COMMAND. SHARED is `write` for the one process that may
# write the archive, else `read`.
java_command() {
  local module=$1 shared=$2 jar archive extra=()
  archive=$(built "$module")/$module.jsa
  jar=$(jar_of "$module")
  case $module in producer | worker) jar=$(unpacked_jar "$module") ;; esac
  JAVA_COMMAND=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xlog:disable
    "-Dsluice.home=$RUN_HOME")
  if [[ $shared == write ]]; then
    JAVA_COMMAND+=(-XX:+AutoCreateSharedArchive)
  fi
  if [[ $shared == write || -e $archive ]]; then
    JAVA_COMMAND+=("-XX:SharedArchiveFile=$archive")
  fi
  read -r -a extra <<<"${SLUICE_JAVA_OPTS:-}" || true
  JAVA_COMMAND+=("${extra[@]}" -jar "$jar")
}
