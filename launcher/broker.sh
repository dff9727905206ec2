# shellcheck shell=bash
# The broker of a home directory: a container if the Docker engine responds, else a private node of an installed
# RabbitMQ, which is installed first if necessary. HOME/broker/kind stores the choice.

# kept_secret FILE: prints the secret in the file; creates a random one first if there is none.
kept_secret() {
  if [[ ! -s $1 ]]; then
    (
      umask 077
      head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$1"
    )
  fi
  cat "$1"
}

broker_kind() { if [[ -s $1/broker/kind ]]; then cat "$1/broker/kind"; fi; }

# broker_prepare LOG: ensures that a broker can be started; prints its kind.
broker_prepare() {
  if docker_answers; then
    echo docker
  else
    if ! rabbitmq_script >/dev/null; then
      can_install_packages \
        || fail "no broker found. Install RabbitMQ (package rabbitmq-server), start Docker, or pass --amqp-url amqp://user:password@host:5672"
      install_rabbitmq "$1"
    fi
    echo node
  fi
}

broker_is_running() {
  case $(broker_kind "$1") in
    docker) container_is_running "$1" ;;
    node) node_is_running "$1" ;;
    *) false ;;
  esac
}

# broker_start HOME: prints its URL when it accepts connections. A running broker is reused.
broker_start() {
  local home=$1 kind
  mkdir -p "$home/broker" "$home/run" "$home/logs"
  chmod 700 "$home/broker"
  if ! broker_is_running "$home"; then
    kind=$(broker_prepare "$home/logs/install.log")
    printf '%s\n' "$kind" >"$home/broker/kind"
    case $kind in
      docker) container_start "$home" ;;
      node) node_start "$home" "$(rabbitmq_script)" ;;
    esac
  fi
  node_url "$home"
}

broker_kill() {
  case $(broker_kind "$1") in
    docker) container_kill "$1" ;;
    node) node_kill "$1" ;;
  esac
}

broker_stop() {
  case $(broker_kind "$1") in
    docker) container_stop "$1" ;;
    node) node_stop "$1" ;;
  esac
}

# broker_vhost HOME NAME: NAME consists of letters, digits, dots and hyphens.
broker_vhost() {
  [[ $2 =~ ^[A-Za-z0-9.-]+$ ]] || fail "invalid virtual host name $2: use letters, digits, dots and hyphens" 2
  if ! broker_eval "$1" "ok = rabbit_vhost:add(<<\"$2\">>, <<\"sluice\">>),
    rabbit_auth_backend_internal:set_permissions(<<\"sluice\">>, <<\"$2\">>, <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"sluice\">>)"; then
    broker_ctl "$1" add_vhost "$2"
    broker_ctl "$1" set_permissions -p "$2" sluice '.*' '.*' '.*'
  fi
  printf '%s/%s\n' "$(node_url "$1")" "$2"
}

broker_remove_vhost() {
  broker_eval "$1" "rabbit_vhost:delete(<<\"$2\">>, <<\"sluice\">>)" || broker_ctl "$1" delete_vhost "$2" 2>/dev/null || true
}

# broker_memory_alarm HOME on|off: a memory limit of 0 starts the alarm; RabbitMQ's default limit ends it.
broker_memory_alarm() {
  local limit
  case $2 in
    on) limit=0 ;;
    off) limit=0.4 ;;
    *) fail "invalid state of the memory alarm $2: use on or off" 2 ;;
  esac
  broker_eval "$1" "vm_memory_monitor:set_vm_memory_high_watermark($limit)" \
    || broker_ctl "$1" set_vm_memory_high_watermark "$limit"
}

# broker_eval HOME EXPRESSION: evaluates it in a private node; false if that is not possible or the result is not ok.
# It takes 50 ms; rabbitmqctl starts an Erlang VM for each command, which takes 2 s.
broker_eval() { [[ $(broker_kind "$1") == node ]] && node_eval "$@"; }

# broker_ctl HOME ARGUMENTS...: rabbitmqctl of the running broker.
broker_ctl() {
  local home=$1
  shift
  case $(broker_kind "$home") in
    docker) docker exec "$(container_name "$home")" rabbitmqctl -q "$@" >/dev/null ;;
    node) node_ctl "$home" "$@" >/dev/null ;;
  esac
}
