# shellcheck shell=bash
# The home directory of a run. One launcher at a time uses it; a start stops the processes of a killed launcher.
#   HOME/run/*.pid, *.cmd  process ids and start commands    HOME/logs/   HOME/dev.env
#   HOME/broker, postgres  data that is kept between runs

HOME_IS_HELD=""

# hold_home DIR: sets RUN_HOME, absolute.
hold_home() {
  mkdir -p "$1/run" "$1/logs" 2>/dev/null || fail "--home ($1) is not writable. Choose another directory" 2
  RUN_HOME=$(cd "$1" && pwd -P)
  local holder=$RUN_HOME/run/launcher.pid other
  until (set -o noclobber && printf '%s\n' "$$" >"$holder") 2>/dev/null; do
    other=$(pid_of "$holder")
    if is_ours "$other" "launcher/de"; then
      fail "Sluice is already running in $RUN_HOME (pid $other). Stop it, or choose another directory with --home"
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

# home_mark: a string in the command line of each java process of this home.
home_mark() { printf -- '-Dsluice.home=%s ' "$RUN_HOME"; }

clear_leftovers() {
  local file name found=""
  for file in "$RUN_HOME"/run/*.pid; do
    name=${file##*/} name=${name%.pid}
    if [[ $name != launcher ]] && is_alive "$(pid_of "$file")"; then found+=" $name"; fi
  done
  if [[ -n $found ]]; then say "Stopping processes of an earlier run in $RUN_HOME:$found"; fi
  stop_all
  rm -f "$RUN_HOME"/run/*.cmd
  forget_expired_ports
}

# stop_postgres: PostgreSQL keeps running when its producer is killed. SIGINT is its fast shutdown.
stop_postgres() {
  local data=$RUN_HOME/postgres/data pid
  [[ -s $data/postmaster.pid ]] || return 0
  read -r pid <"$data/postmaster.pid"
  if is_ours "$pid" "$data"; then
    kill -INT "$pid" 2>/dev/null || true
    await_end "$pid" 15 || kill -QUIT "$pid" 2>/dev/null || true
  fi
}

# stop_all: the workers first, so that no task is consumed any more; the broker last. A worker finishes its
# calls in flight. Calls to a real provider cost money and may take their whole call-timeout.
stop_all() {
  local file mark timeout=150
  stop_training
  if uses_simulator; then timeout=20; fi
  mark=$(home_mark)
  for file in "$RUN_HOME"/run/worker-*.pid; do
    if [[ -e $file ]] && is_ours "$(pid_of "$file")" "$mark"; then kill -TERM "$(pid_of "$file")" 2>/dev/null || true; fi
  done
  for file in "$RUN_HOME"/run/worker-*.pid; do
    if [[ -e $file ]]; then stop_process "$file" "$mark" "$timeout"; fi
  done
  stop_process "$RUN_HOME/run/producer.pid" "$mark" 45
  stop_postgres
  stop_process "$RUN_HOME/run/simulator.pid" "$mark" 5
  broker_stop "$RUN_HOME"
}
