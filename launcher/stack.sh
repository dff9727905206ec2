# shellcheck shell=bash
# The processes of a run: broker, simulator, producer, workers. HOME/run/NAME.cmd starts or restarts a process and
# writes HOME/run/NAME.pid.

STACK=()
SETTINGS=()
PROVIDER_WARNING=' WARN .*: (Route .* is held .*|Cannot reach the provider: .*)$'

# stack_start: sets BROKER_URL, PRODUCER_PORT, API_KEY, PROVIDER_URL; returns when all are ready.
stack_start() {
  local number
  rotate_logs
  API_KEY=$(kept_secret "$RUN_HOME/api-key")
  if uses_simulator; then start_simulator; fi
  prepare_routes
  if [[ -n $OPT_AMQP_URL ]]; then
    BROKER_URL=$OPT_AMQP_URL
  else
    say "Starting the broker…"
    write_command "$RUN_HOME/run/broker.cmd" "$LAUNCHER/broker" start --home "$RUN_HOME"
    BROKER_URL=$("$RUN_HOME/run/broker.cmd")
    STACK+=(broker)
  fi
  say "Starting producer and $OPT_WORKERS $( ((OPT_WORKERS == 1)) && echo worker || echo workers)…"
  start_producer
  for ((number = 1; number <= OPT_WORKERS; number++)); do start_worker "$number"; done
  await_ready
  train_in_background
}

rotate_logs() {
  local log
  for log in "$RUN_HOME"/logs/*.log "$RUN_HOME"/logs/*.jsonl; do
    if [[ -e $log ]]; then mv "$log" "$log.1"; fi
  done
}

prepare_routes() {
  PROVIDER_URL=$OPT_PROVIDER_URL PROVIDER_KEY=$OPT_PROVIDER_KEY
  if [[ -n $OPT_ROUTES ]]; then
    ROUTES=$OPT_ROUTES
    return
  fi
  ROUTES=$RUN_HOME/routes.yaml
  if uses_simulator; then
    PROVIDER_URL=http://127.0.0.1:$(<"$RUN_HOME/run/simulator.port")/v1 PROVIDER_KEY=sk-simulator
    write_routes "$ROUTES" "$PROVIDER_URL" "$SIMULATOR_MODELS"
  else
    write_routes "$ROUTES" "$PROVIDER_URL" '"*"'
  fi
}

start_simulator() {
  local port arguments=() rpm=${OPT_SIMULATOR_RPM:-$OPT_RPM} tpm=${OPT_SIMULATOR_TPM:-$OPT_TPM}
  port=$(kept_port "$RUN_HOME/run/simulator.port")
  if [[ -n $rpm ]]; then arguments+=(--rpm "$rpm"); fi
  if [[ -n $tpm ]]; then arguments+=(--tpm "$tpm"); fi
  java_command simulator write
  start_java simulator --port "$port" --log "$RUN_HOME/logs/simulator.jsonl" "${arguments[@]}" "${OPT_SIMULATOR[@]}"
}

start_producer() {
  PRODUCER_PORT=$(kept_port "$RUN_HOME/run/producer.port")
  java_command producer write
  SETTINGS=(
    "SERVER_PORT=$PRODUCER_PORT"
    "SPRING_RABBITMQ_ADDRESSES=$BROKER_URL"
    "SLUICE_PROVIDER_KEY=$PROVIDER_KEY"
    "SLUICE_API_KEY=$API_KEY"
    "SLUICE_DATABASE_DIRECTORY=$RUN_HOME/postgres"
    "SLUICE_DOCUMENTS_JAR=$(jar_of documents)"
    # The workers stop first, so a live caller that still waits gets no reply. Limit that wait.
    "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE=${SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE:-18s}"
  )
  start_java producer "--spring.config.additional-location=file:$ROUTES"
}

start_worker() {
  local name=worker-$1 archive=read
  if [[ $1 == 1 ]]; then archive='write'; fi
  java_command worker "$archive"
  SETTINGS=(
    "SERVER_PORT=$(kept_port "$RUN_HOME/run/$name.port")"
    "SPRING_RABBITMQ_ADDRESSES=$BROKER_URL"
    "SLUICE_PROVIDER_KEY=$PROVIDER_KEY"
    "SLUICE_WORKER_NAME=$name"
  )
  if [[ -n $OPT_REDIS_URL ]]; then SETTINGS+=("SLUICE_REDIS_URL=$OPT_REDIS_URL"); fi
  start_java "$name" "--spring.config.additional-location=file:$ROUTES"
}

# start_java NAME ARGUMENTS...: with JAVA_COMMAND and SETTINGS.
start_java() {
  local name=$1
  shift
  write_command "$RUN_HOME/run/$name.cmd" "$LAUNCHER/start" "$RUN_HOME" "$name" "${JAVA_COMMAND[@]}" "$@"
  SETTINGS=()
  "$RUN_HOME/run/$name.cmd"
  STACK+=("$name")
}

# write_command FILE COMMAND...: writes a script that runs it with SETTINGS in its environment, which process lists
# do not show. Mode 0700, because it contains keys.
write_command() {
  local file=$1 setting
  shift
  (
    umask 077
    {
      printf '#!/usr/bin/env bash\n# Starts or restarts the process in the background and writes its pid file.\n'
      for setting in "${SETTINGS[@]}"; do printf 'export %s=%q\n' "${setting%%=*}" "${setting#*=}"; done
      printf 'exec'
      printf ' %q' "$@"
      printf '\n'
    } >"$file"
    chmod 700 "$file"
  )
}

# await_ready: returns when all are ready; fails with the reason when one ends.
await_ready() {
  local deadline=$((SECONDS + 180)) name waiting=("${STACK[@]}") pending
  while ((${#waiting[@]})); do
    pending=()
    for name in "${waiting[@]}"; do
      is_alive "$(pid_of "$RUN_HOME/run/$name.pid")" || fail "$name exited: $(reason_of "$name")"
      is_up "$name" || pending+=("$name")
    done
    waiting=("${pending[@]}")
    ((SECONDS < deadline)) || fail "${waiting[*]} not ready after 180 s: see the logs in $RUN_HOME/logs"
    if ((${#waiting[@]})); then sleep 0.2; fi
  done
}

is_up() {
  case $1 in
    broker) ;;
    simulator) port_answers "$(<"$RUN_HOME/run/simulator.port")" ;;
    *) is_ready "$(<"$RUN_HOME/run/$1.port")" ;;
  esac
}

# reason_of NAME: prints its start-up error, else the end of its log.
reason_of() {
  local log=$RUN_HOME/logs/$1.log reason
  reason=$(grep 'cannot start: ' "$log" 2>/dev/null | tail -n 1 || true)
  printf '%s' "${reason:-$(grep -v '^[[:space:]]*at ' "$log" 2>/dev/null | tail -n 3)}"
  [[ -n $reason ]] || printf ' (log: %s)' "$log"
}

# watch_stack: prints a line when a process ends or needs attention, until Ctrl-C. Its .cmd file restarts a process.
# Each round uses builtins only: a subprocess per second would cost more than the idle processes.
watch_stack() {
  local name pid log pause
  declare -A known=() logs=() partial=() printed=()
  open_pause
  # Not `exit 0`: bash crashes if the timeout of `read` ends while an exit from a trap in `read` is executed.
  trap 'printf "\n" >&"$pause"' INT TERM HUP
  for name in "${STACK[@]}"; do
    read_pid "$RUN_HOME/run/$name.pid" pid
    known[$name]=$pid
    if [[ $name == worker-* ]]; then
      exec {log}<"$RUN_HOME/logs/$name.log"
      logs[$name]=$log
    fi
  done
  while true; do
    for name in "${STACK[@]}"; do
      read_pid "$RUN_HOME/run/$name.pid" pid
      if [[ -n $pid && $pid != "${known[$name]}" ]] && is_alive "$pid"; then
        say "$name was restarted (pid $pid)"
        known[$name]=$pid
      elif [[ -n ${known[$name]} ]] && ! is_alive "${known[$name]}"; then
        say "$name (pid ${known[$name]}) has exited; restart it with $RUN_HOME/run/$name.cmd"
        known[$name]=""
      fi
      if [[ $name == worker-* ]]; then print_warning "$name"; fi
    done
    if read -r -t 1 -u "$pause"; then exit 0; fi
  done
}

# open_pause: sets pause, a file descriptor that has data after a signal. `read -t` on it waits without a subprocess.
open_pause() {
  local fifo=$RUN_HOME/run/pause
  rm -f "$fifo"
  mkfifo -m 600 "$fifo"
  exec {pause}<>"$fifo"
  rm -f "$fifo"
}

# print_warning NAME: prints the newest warning about its provider in the new lines of its log, unless it was printed
# before.
print_warning() {
  local line newest=""
  while IFS= read -r -u "${logs[$1]}" line; do
    line=${partial[$1]:-}$line partial[$1]=""
    if [[ $line =~ $PROVIDER_WARNING ]]; then newest=${BASH_REMATCH[1]}; fi
  done
  partial[$1]=${partial[$1]:-}$line
  if [[ -n $newest && $newest != "${printed[$1]:-}" ]]; then
    say "$1: $newest"
    printed[$1]=$newest
  fi
}
