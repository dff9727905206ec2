# shellcheck shell=bash
# Processes by their id: start in the background, ask, stop. A pid file holds the id of the java or
# beam process itself.

# is_alive PID: a zombie that nobody has collected yet is not, unless threads of it still hold its
# ports and files.
is_alive() {
  [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null || return 1
  local stat threads
  if [[ -r /proc/$1/stat ]] && { stat=$(<"/proc/$1/stat"); } 2>/dev/null; then
    threads=(/proc/"$1"/task/*)
    [[ ${stat##*) } != Z* ]] || ((${#threads[@]} > 1))
  fi
}

# command_line PID
command_line() {
  if [[ -r /proc/$1/cmdline ]]; then
    tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || true
  else
    ps -o command= -p "$1" 2>/dev/null || true
  fi
}

# pid_of FILE: what the pid file says, empty without one.
pid_of() { if [[ -s $1 ]]; then cat "$1"; fi; }

# is_ours PID MARK: alive, and its command line holds the mark (the home, mostly).
is_ours() { is_alive "$1" && [[ "$(command_line "$1") " == *"$2"* ]]; }

# start_detached PID_FILE LOG COMMAND...: in a session of its own, so that Ctrl-C in the terminal
# reaches the launcher alone, which then stops its processes in order.
start_detached() {
  local pid_file=$1 log=$2
  shift 2
  local session=()
  if command -v setsid >/dev/null; then session=(setsid); fi
  "${session[@]}" "$@" </dev/null >>"$log" 2>&1 &
  printf '%s\n' "$!" >"$pid_file"
}

# await_end PID SECONDS: 1 if it still lives then.
await_end() {
  local deadline=$((SECONDS + $2))
  while is_alive "$1"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# stop_process PID_FILE MARK SECONDS: SIGTERM, and SIGKILL if it takes longer. A process that does
# not hold the mark has taken over the id of a dead one and is left alone.
stop_process() {
  local pid
  pid=$(pid_of "$1")
  if is_ours "$pid" "$2"; then
    kill -TERM "$pid" 2>/dev/null || true
    if ! await_end "$pid" "$3"; then
      say "sluice: process $pid did not stop within $3 s and is killed"
      kill_process "$1" "$2"
    fi
  fi
  rm -f "$1"
}

# kill_process PID_FILE MARK: SIGKILL, and waits for the end.
kill_process() {
  local pid
  pid=$(pid_of "$1")
  if is_ours "$pid" "$2"; then
    kill -KILL "$pid" 2>/dev/null || true
    await_end "$pid" 10 || fail "process $pid does not die of SIGKILL: look at it with ps -p $pid"
  fi
}
