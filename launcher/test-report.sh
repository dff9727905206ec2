# shellcheck shell=bash
# The output of a test run: one line per finished class, and a summary.

SLOWEST=10
FAILURE_LINES=6
REPORT_MARK=""

report_begin() {
  REPORT_MARK=$(mktemp "${TMPDIR:-/tmp}/sluice-tests.XXXXXX")
  REPORT_BEGAN=$SECONDS
}

elapsed() { printf '%02d:%02d' $((($SECONDS - REPORT_BEGAN) / 60)) $((($SECONDS - REPORT_BEGAN) % 60)); }

# report_progress: reads Maven's output.
report_progress() {
  local line class
  while IFS= read -r line; do
    case $line in
      *"] Building Sluice"*) printf '[%s] %s\n' "$(elapsed)" "${line#*] }" | tr -s ' ' ;;
      *"Tests run: "*" -- in "*)
        class=${line##* -- in }
        line=${line#*Tests run: }
        printf '[%s]   %-55s %4d tests %9s%s\n' "$(elapsed)" "${class#dev.sluice.}" "${line%%,*}" \
          "$(printf '%s' "$line" | sed 's/.*Time elapsed: \([0-9.,]* s\).*/\1/')" \
          "$(case $line in *FAILURE* | *ERROR*) echo '  FAILED' ;; 0,*) echo '  SKIPPED' ;; esac)"
        ;;
      *"] COMPILATION ERROR"* | *"BUILD FAILURE"*) printf '[%s] %s\n' "$(elapsed)" "${line#*] }" ;;
    esac
  done
}

# report_end CODE: summarizes the reports of this run.
report_end() {
  local files=() file
  while IFS= read -r file; do files+=("$file"); done < <(find "$ROOT"/*/target/surefire-reports "$ROOT"/*/target/failsafe-reports \
    -name 'TEST-*.xml' -newer "$REPORT_MARK" 2>/dev/null)
  rm -f "$REPORT_MARK"
  if (($1 != 0)); then report_failures "${files[@]}"; fi
  if ((${#files[@]})); then report_summary "${files[@]}"; fi
  printf 'Total time %s. Build log: %s\n' "$(elapsed)" "$ROOT/.sluice/logs/test.log"
}

# report_failure FILE: of each failed test, the first lines of the message and the line in the test.
# awk reads the whole file: a reader that stops early ends the writer with SIGPIPE, and with it this script.
report_failure() {
  [[ -f $1 ]] || return 0
  awk -v most="$FAILURE_LINES" '
    / <<< (FAILURE|ERROR)!/ { lines = 0; frame = 0 }
    /^Caused by: / { print substr($0, 1, 300); next }
    /^\tat / { if (!frame && /dev\.sluice\./) { frame = 1; print }; next }
    NR > 1 && lines++ < most { print substr($0, 1, 300) }' "$1"
}

# Prints the failed classes and the files with their output; if no test failed, Maven's errors.
report_failures() {
  local file folder class found=""
  for file in "$@"; do
    grep -qE '<(failure|error)[ >]' "$file" || continue
    found=yes
    folder=${file%/*} class=${file##*/TEST-} class=${class%.xml}
    printf '\nFAILED %s\n  output: %s\n' "$class" "$folder/$class-output.txt"
    report_failure "$folder/$class.txt"
  done
  if [[ -z $found ]]; then
    grep -E '^\[(ERROR|WARNING)\] .*(\.java:|Failed to execute goal)' "$ROOT/.sluice/logs/test.log" | sort -u | head -n 25 || true
  fi
}

report_summary() {
  grep -h -m 1 -oE '<testsuite .*' "$@" | awk -v slowest="$SLOWEST" '
    function attribute(name) { if (match($0, " " name "=\"[^\"]*\"")) return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4); return "" }
    { tests += attribute("tests"); failed += attribute("errors") + attribute("failures"); skipped += attribute("skipped")
      time = attribute("time"); gsub(",", "", time); total += time; name = attribute("name"); sub(/^dev\.sluice\./, "", name)
      line[NR] = sprintf("%8.1f s  %s", time, name); key[NR] = time + 0 }
    END {
      if (slowest > NR) slowest = NR
      printf "\nThe %d slowest of %d classes (%.0f s in total, run in parallel):\n", slowest, NR, total
      for (i = 1; i <= slowest; i++) { best = 0; for (j = 1; j <= NR; j++) if (!(j in done) && (!best || key[j] > key[best])) best = j; done[best] = 1; print line[best] }
      printf "\nTests: %d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped
    }'
}
