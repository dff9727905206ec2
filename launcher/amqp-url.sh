# shellcheck shell=bash
# A broker that was not started by the launcher.

AMQP_URL_PATTERN='^amqps?://([^@/]*@)?([^:/,?@]+)(:([0-9]+))?(/[^,]*)?(,.*)?$'

# check_amqp_url URL: checks the form, and that the first address accepts connections.
check_amqp_url() {
  [[ $1 =~ $AMQP_URL_PATTERN ]] \
    || fail "--amqp-url ($(without_password "$1")) is not of the form amqp://user:password@host:port/vhost" 2
  local host=${BASH_REMATCH[2]} port=${BASH_REMATCH[4]:-}
  if [[ -z $port ]]; then
    port=5672
    if [[ $1 == amqps:* ]]; then port=5671; fi
  fi
  port_answers "$port" "$host" \
    || fail "the broker at $host:$port is unreachable. Start it, or omit --amqp-url and SLUICE_AMQP_URL to use a private broker"
}

without_password() { printf "%s" "${1/\/\/*@///***@}"; }
