# shellcheck shell=bash
# The home of a run: one launcher at a time, and what a killed one has left is cleaned up first.
#   HOME/run/*.pid, *.cmd  processes and how to start them again    HOME/logs/   HOME/dev.env
#   HOME/broker, postgres  state that outlives a run

HOME_IS_HELD=""

# hold_home DIR: sets RUN_HOME, absolute.
hold_home() {
  mkdir -p "$1/run" "$1/logs" 2>/dev/null || fail "--home ($1) cannot be written: choose another folder" 2
  RUN_HOME=$(cd "$1" && pwd -P)
  local holder=$RUN_HOME/run/launcher.pid other
  until (set -o noclobber && printf '%s\n' "$$" >"$holder") 2>/dev/null; do
    other=$(pid_of "$holder")
    if is_ours "$other" "launcher/de"; then
      fail "Sluice runs already in $RUN_HOME (pid $other): stop that one, or give another folder with --home"
    fi
    rm -f "$holder"
  done
  HOME_IS_HELD=yes
  rm -f "$RUN_HOME/dev.env"
  clear_leftovers
}

release_home() {
  if [[ -n $HOME_IS_HELD ]]; then rm -f "$RUN_HOME/run/launcher.pid"; fi
}

# home_mark: what the command line of each java process of this home holds.
home_mark() { printf -- '-Dsluice.home=%s ' "$RUN_HOME"; }

clear_leftovers() {
  local file name found=""
  for file in "$RUN_HOME"/run/*.pid; do
    name=${file##*/} name=${name%.pid}
    if [[ $name != launcher ]] && is_alive "$(pid_of "$file")"; then found+=" $name"; fi
  done
  if [[ -n $found ]]; then say "Stopping what an earlier run left in $RUN_HOME:$found"; fi
  stop_all
  rm -f "$RUN_HOME"/run/*.cmd
}

# stop_postgres: the database of a producer that was killed outlives it; SIGINT is its fast stop.
stop_postgres() {
  local data=$RUN_HOME/postgres/data pid
  [[ -s $data/postmaster.pid ]] || return 0
  read -r pid <"$data/postmaster.pid"
  if is_ours "$pid" "$data"; then
    kill -INT "$pid" 2>/dev/null || true
    await_end "$pid" 15 || kill -QUIT "$pid" 2>/dev/null || true
  fi
}

# stop_all: workers first, so that nothing is taken any more; the broker last. A worker finishes its
# calls in flight: those to a real provider are paid for and may take their whole call-timeout.
stop_all() {
  local file mark patience=150
  stop_training
  if uses_simulator; then patience=20; fi
  mark=$(home_mark)
  for file in "$RUN_HOME"/run/worker-*.pid; do
    if [[ -e $file ]] && is_ours "$(pid_of "$file")" "$mark"; then kill -TERM "$(pid_of "$file")" 2>/dev/null || true; fi
  done
  for file in "$RUN_HOME"/run/worker-*.pid; do
    if [[ -e $file ]]; then stop_process "$file" "$mark" "$patience"; fi
  done
  stop_process "$RUN_HOME/run/producer.pid" "$mark" 45
  stop_postgres
  stop_process "$RUN_HOME/run/simulator.pid" "$mark" 5
  broker_stop "$RUN_HOME"
}
