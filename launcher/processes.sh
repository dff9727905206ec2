# shellcheck shell=bash
# Start, check and stop processes by process id. A pid file contains the id of the java or beam process itself.

# is_alive PID: a zombie is not alive, unless threads of it still hold ports and files.
is_alive() {
  [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null || return 1
  local stat="" threads
  { IFS= read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || true
  if [[ ${stat##*) } == Z* ]]; then
    threads=(/proc/"$1"/task/*)
    ((${#threads[@]} > 1))
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

# pid_of FILE: prints the id in the pid file, or nothing.
pid_of() { if [[ -s $1 ]]; then cat "$1"; fi; }

# read_pid FILE VARIABLE: sets the variable to the id in the pid file, or to nothing. Unlike pid_of, it needs no
# subprocess.
read_pid() {
  local id=""
  { IFS= read -r id <"$1"; } 2>/dev/null || true
  printf -v "$2" '%s' "$id"
}

# is_ours PID MARK: whether the process is alive and its command line contains MARK, usually the home directory.
is_ours() { is_alive "$1" && [[ "$(command_line "$1") " == *"$2"* ]]; }

# start_detached PID_FILE LOG COMMAND...: starts it in a new session. Ctrl-C then reaches only the launcher, which
# stops its processes in order.
start_detached() {
  local pid_file=$1 log=$2
  shift 2
  local session=()
  if command -v setsid >/dev/null; then session=(setsid); fi
  "${session[@]}" "$@" </dev/null >>"$log" 2>&1 &
  printf '%s\n' "$!" >"$pid_file"
}

# await_end PID SECONDS: returns 1 if the process is still alive after that time.
await_end() {
  local deadline=$((SECONDS + $2))
  while is_alive "$1"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# stop_process PID_FILE MARK SECONDS: sends SIGTERM, and SIGKILL after the timeout. A process without MARK has
# reused the id of a dead process and is not signalled.
stop_process() {
  local pid
  pid=$(pid_of "$1")
  if is_ours "$pid" "$2"; then
    kill -TERM "$pid" 2>/dev/null || true
    if ! await_end "$pid" "$3"; then
      say "sluice: process $pid did not stop within $3 s; sending SIGKILL"
      kill_process "$1" "$2"
    fi
  fi
  rm -f "$1"
}

# kill_process PID_FILE MARK: sends SIGKILL and waits for the end of the process.
kill_process() {
  local pid
  pid=$(pid_of "$1")
  if is_ours "$pid" "$2"; then
    kill -KILL "$pid" 2>/dev/null || true
    await_end "$pid" 10 || fail "process $pid still exists after SIGKILL: see ps -p $pid"
  fi
}
