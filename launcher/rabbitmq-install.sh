# shellcheck shell=bash
# Finds the scripts of RabbitMQ, and installs RabbitMQ on Debian and Ubuntu.

# rabbitmq_script: prints the path of a rabbitmq-server that any user may run; returns 1 if there is none.
# Debian's /usr/sbin/rabbitmq-server only runs as the user rabbitmq.
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

# install_rabbitmq LOG: uses apt-get and does not start the system service.
install_rabbitmq() {
  local log=$1
  say "Installing RabbitMQ with apt-get (about 60 MB; log: $log)…"
  mkdir -p "${log%/*}"
  if ! without_services apt_install rabbitmq-server >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    fail "apt-get could not install rabbitmq-server (above and in $log). Pass a broker with --amqp-url, or start Docker."
  fi
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  local apt=(apt-get -y -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"
}

# without_services COMMAND...: a policy-rc.d prevents the start of newly installed services.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  "$@"
)
