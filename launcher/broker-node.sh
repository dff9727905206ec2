# shellcheck shell=bash
# A private node of an installed RabbitMQ, on the loopback interface, without plugins. Ports, data, cookie, user and
# epmd are separate from those of a system broker.

node_pid() { pid_of "$1/run/broker.pid"; }

# node_is_running HOME: the command line of the Erlang VM contains the home directory.
node_is_running() { is_ours "$(node_pid "$1")" "-home $1/broker "; }

# node_start HOME SCRIPT: returns when AMQP connections are accepted.
node_start() {
  local home=$1 script=$2 port
  port=$(kept_port "$home/broker/port")
  # An interrupted first start may have left an incomplete database without data.
  [[ -e $home/broker/has-started ]] || rm -rf "$home/broker/data"
  node_configure "$home"
  node_start_epmd "$home"
  node_environment "$home" "$port"
  start_detached "$home/run/broker.pid" "$home/logs/broker.log" env "${NODE_ENVIRONMENT[@]}" "$script"
  if ! wait_for_port "$port" "$(node_pid "$home")" 120; then
    tail -n 5 "$home/logs/broker.log" >&2
    node_stop "$home"
    fail "RabbitMQ did not start on port $port: see $home/logs/broker.log"
  fi
  : >"$home/broker/has-started"
}

# The password belongs to the home directory and is never on a command line.
node_configure() {
  local conf=$1/broker/rabbitmq.conf
  : >"$1/broker/rabbitmq-env.conf"
  printf '[].\n' >"$1/broker/enabled_plugins"
  cp "$LAUNCHER/rabbitmq/advanced.config" "$1/broker/advanced.config"
  (
    umask 077
    {
      printf 'default_user = sluice\n'
      printf 'default_pass = %s\n' "$(kept_secret "$1/broker/password")"
      printf 'log.console = false\nlog.file.level = info\n'
    } >"$conf"
  )
}

# The launcher starts epmd, Erlang's name server, so that it knows its process id.
node_start_epmd() {
  local home=$1 port epmd
  local pid_file=$home/run/epmd.pid
  [[ -s $home/broker/epmd-port ]] && port=$(<"$home/broker/epmd-port")
  if [[ -n ${port:-} ]] && is_ours "$(pid_of "$pid_file")" "-port $port "; then return; fi
  epmd=$(node_epmd_command)
  port=$(kept_port "$home/broker/epmd-port")
  start_detached "$pid_file" "$home/logs/broker.log" "$epmd" -address 127.0.0.1 -port "$port"
  wait_for_port "$port" "$(pid_of "$pid_file")" 10 \
    || fail "Erlang's epmd did not start on port $port: see $home/logs/broker.log"
}

node_epmd_command() {
  local candidate
  for candidate in "$(command -v epmd || true)" /usr/lib/erlang/erts-*/bin/epmd; do
    if [[ -x $candidate ]]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "epmd not found: install Erlang, which RabbitMQ requires"
}

# With RUNNING_UNDER_SYSTEMD the script executes the VM in its own process, so signals reach the VM.
node_environment() {
  local home=$1
  NODE_ENVIRONMENT=(
    HOME="$home/broker"
    RABBITMQ_NODENAME=sluice@localhost
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
    RABBITMQ_NODE_PORT="$2"
    RABBITMQ_DIST_PORT="$(kept_port "$home/broker/dist-port")"
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
    ERL_EPMD_PORT="$(<"$home/broker/epmd-port")"
    ERL_EPMD_ADDRESS=127.0.0.1
    RABBITMQ_MNESIA_BASE="$home/broker/data"
    RABBITMQ_LOG_BASE="$home/logs/broker"
    RABBITMQ_ENABLED_PLUGINS_FILE="$home/broker/enabled_plugins"
    RABBITMQ_CONFIG_FILE="$home/broker/rabbitmq.conf"
    RABBITMQ_ADVANCED_CONFIG_FILE="$home/broker/advanced.config"
    RABBITMQ_CONF_ENV_FILE="$home/broker/rabbitmq-env.conf"
    RABBITMQ_PID_FILE="$home/broker/pid"
    RUNNING_UNDER_SYSTEMD=true
  )
}

# node_ctl HOME ARGUMENTS...: runs rabbitmqctl with the cookie of the node's home directory.
node_ctl() {
  local home=$1 script
  script=$(rabbitmq_script)
  shift
  HOME=$home/broker ERL_EPMD_PORT=$(<"$home/broker/epmd-port") "${script%/*}/rabbitmqctl" -q -n sluice@localhost "$@"
}

# node_eval HOME EXPRESSION: false without erl_call, which is part of most Erlang packages, or if the result is not ok.
node_eval() {
  command -v erl_call >/dev/null || return 1
  [[ $(HOME=$1/broker erl_call -timeout 60 -address "localhost:$(<"$1/broker/dist-port")" -e 2>/dev/null <<<"$2.") == "{ok, ok}" ]]
}

node_url() {
  printf 'amqp://sluice:%s@127.0.0.1:%s\n' "$(<"$1/broker/password")" "$(<"$1/broker/port")"
}

node_kill() { kill_process "$1/run/broker.pid" "-home $1/broker "; }

# A starting node ignores SIGTERM.
node_stop() {
  if node_is_running "$1" && ! port_answers "$(<"$1/broker/port")"; then node_kill "$1"; fi
  stop_process "$1/run/broker.pid" "-home $1/broker " 20
  [[ -s $1/broker/epmd-port ]] || return 0
  stop_process "$1/run/epmd.pid" "-port $(<"$1/broker/epmd-port") " 5
}
