# shellcheck shell=bash
# The processes that a test run starts. They inherit an environment variable, which /proc shows on Linux. Its name does
# not begin with SLUICE_, because the tests remove such variables.

TEST_PROCESS_MARK=""

# mark_test_processes ID: marks all processes that are started from now on.
mark_test_processes() {
  export TEST_RUN_OF_SLUICE=$1
  TEST_PROCESS_MARK="TEST_RUN_OF_SLUICE=$1"
}

# test_processes: prints the ids of the marked processes, without epmd, which serves all Erlang nodes of a machine.
test_processes() {
  local environment pid
  [[ -n $TEST_PROCESS_MARK ]] || return 0
  for environment in /proc/[0-9]*/environ; do
    pid=${environment#/proc/} pid=${pid%/environ}
    if grep -qzxF "$TEST_PROCESS_MARK" "$environment" 2>/dev/null && is_alive "$pid" &&
      [[ $(command_line "$pid") != */epmd\ * ]]; then
      printf '%s\n' "$pid"
    fi
  done
}

# stop_test_processes: returns 0 if all marked processes end within 20 s; else names and kills them, and returns 1.
stop_test_processes() {
  local deadline=$((SECONDS + 20)) left pid
  while left=$(test_processes) && [[ -n $left ]] && ((SECONDS < deadline)); do sleep 0.5; done
  [[ -n $left ]] || return 0
  printf '\nFAILED: processes that the tests started are still running. They are killed now:\n'
  for pid in $left; do
    printf '  %s %s\n' "$pid" "$(command_line "$pid" | cut -c 1-300)"
    kill -KILL "$pid" 2>/dev/null || true
  done
  return 1
}
