# shellcheck shell=bash
# A broker that somebody else runs.

AMQP_URL_PATTERN='^amqps?://([^@/]*@)?([^:/,?@]+)(:([0-9]+))?(/[^,]*)?(,.*)?$'

# check_amqp_url URL: that it is one, and that its first address accepts connections.
check_amqp_url() {
  [[ $1 =~ $AMQP_URL_PATTERN ]] \
    || fail "--amqp-url ($(without_password "$1")) is not of the form amqp://user:password@host:port/vhost" 2
  local host=${BASH_REMATCH[2]} port=${BASH_REMATCH[4]:-}
  if [[ -z $port ]]; then
    port=5672
    if [[ $1 == amqps:* ]]; then port=5671; fi
  fi
  port_answers "$port" "$host" \
    || fail "the broker at $host:$port is not reached: start it, or leave --amqp-url and SLUICE_AMQP_URL out to have a private one"
}

without_password() { printf "%s" "${1/\/\/*@///***@}"; }
