# shellcheck shell=bash
# Where RabbitMQ's own scripts are, and how they get there on Debian and Ubuntu.

# rabbitmq_script: the path of a rabbitmq-server that any user may run; 1 if there is none.
# Debian's /usr/sbin/rabbitmq-server is not one: it insists on a user of its own.
rabbitmq_script() {
  local candidate
  for candidate in /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server \
    /opt/rabbitmq*/sbin/rabbitmq-server /opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server \
    /usr/local/opt/rabbitmq/sbin/rabbitmq-server; do
    if [[ -x $candidate ]]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  candidate=$(command -v rabbitmq-server) || return 1
  [[ $candidate != /usr/sbin/* && $candidate != /sbin/* ]] || return 1
  printf '%s\n' "$candidate"
}

can_install_packages() { [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; }

# install_rabbitmq LOG: through apt-get, without starting the system's service.
install_rabbitmq() {
  local log=$1
  say "Installing RabbitMQ with apt-get (about 60 MB; log: $log)…"
  mkdir -p "${log%/*}"
  if ! without_services apt_install rabbitmq-server >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    fail "apt-get could not install rabbitmq-server (above and in $log). Give a broker with --amqp-url, or start Docker."
  fi
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  local apt=(apt-get -y -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"
}

# without_services COMMAND...: Debian's own switch against starting what was just installed.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  "$@"
)
