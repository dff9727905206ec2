# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the other parts
# The options of `dev` and `demo`. A usage error prints one line and exits with code 2.

DEV_OPTIONS="  --workers N            number of workers (default: 1)
  --routes FILE          routes file (default: one route to the simulator)
  --provider-url URL     base URL of a real provider (or SLUICE_PROVIDER_URL; default: the simulator)
  --provider-key KEY     API key of the provider (or SLUICE_PROVIDER_KEY)
  --rpm N, --tpm N       requests and tokens per minute that the provider allows
                         (default: learned from its responses)
  --concurrency N        maximum concurrent calls per worker (default: 8)
  --redis-url URL        Redis or Valkey in which the workers share the limits (or SLUICE_REDIS_URL;
                         default: each worker uses its fraction of the limits)
  --amqp-url URL         an existing RabbitMQ (or SLUICE_AMQP_URL; default: a private one is started)
  --home DIR             directory for data, logs and pid files (default: .sluice for dev, .sluice/demo for demo)
  --latency SPEC, --latency-per-token TIME, --fault NAME=RATE, --no-flex MODEL, --seed N
                         passed to the simulator: docs/simulator.md has the values
  --simulator-rpm N, --simulator-tpm N
                         the simulator's limits, if they differ from --rpm and --tpm"

OPT_WORKERS=1 OPT_CONCURRENCY=8 OPT_ROUTES="" OPT_RPM="" OPT_TPM="" OPT_HOME="" OPT_MODEL=""
OPT_SIMULATOR_RPM="" OPT_SIMULATOR_TPM="" OPT_SIMULATOR=()
OPT_PROVIDER_URL="" OPT_PROVIDER_KEY="" OPT_AMQP_URL="" OPT_REDIS_URL=""

# Variables of a sourced dev.env belong to that run. Ignore them.
if [[ -z ${SLUICE_DEV_HOME:-} ]]; then
  OPT_PROVIDER_URL=${SLUICE_PROVIDER_URL:-} OPT_AMQP_URL=${SLUICE_AMQP_URL:-} OPT_REDIS_URL=${SLUICE_REDIS_URL:-}
  OPT_PROVIDER_KEY=${SLUICE_PROVIDER_KEY:-}
fi

# read_options COMMAND ARGUMENTS...
read_options() {
  local command=$1 option
  shift
  while (($#)); do
    option=$1
    case $option in
      -h | --help)
        "${command}_usage"
        exit 0
        ;;
      --model) [[ $command == demo ]] || fail "unknown option $option: see ./sluice $command --help" 2 ;;
      --workers | --routes | --provider-url | --provider-key | --rpm | --tpm | --concurrency | --home \
        | --amqp-url | --redis-url | --latency | --latency-per-token | --fault | --no-flex | --seed | --simulator-rpm | --simulator-tpm) ;;
      *) fail "unknown option $option: see ./sluice $command --help" 2 ;;
    esac
    [[ $# -ge 2 && -n $2 ]] || fail "$option requires a value: see ./sluice $command --help" 2
    take_option "$option" "$2"
    shift 2
  done
  check_options
}

take_option() {
  case $1 in
    --model) OPT_MODEL=$2 ;;
    --workers) OPT_WORKERS=$(whole_number "$1" "$2" 1 64) ;;
    --concurrency) OPT_CONCURRENCY=$(whole_number "$1" "$2" 1 1000) ;;
    --rpm) OPT_RPM=$(whole_number "$1" "$2" 1 1000000000) ;;
    --tpm) OPT_TPM=$(whole_number "$1" "$2" 1 1000000000000) ;;
    --simulator-rpm) OPT_SIMULATOR_RPM=$(whole_number "$1" "$2" 1 1000000000) ;;
    --simulator-tpm) OPT_SIMULATOR_TPM=$(whole_number "$1" "$2" 1 1000000000000) ;;
    --routes) OPT_ROUTES=$2 ;;
    --home) OPT_HOME=$2 ;;
    --provider-url) OPT_PROVIDER_URL=$2 ;;
    --provider-key) OPT_PROVIDER_KEY=$2 ;;
    --amqp-url) OPT_AMQP_URL=$2 ;;
    --redis-url) OPT_REDIS_URL=$2 ;;
    --latency | --latency-per-token | --fault | --no-flex | --seed) OPT_SIMULATOR+=("$1" "$2") ;;
  esac
}

# whole_number OPTION VALUE MIN MAX
whole_number() {
  if [[ ! $2 =~ ^[0-9]{1,15}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
    fail "$1 ($2) must be an integer from $3 to $4" 2
  fi
  printf '%d' "$((10#$2))"
}

# Conflicting options, and options without an effect, are errors.
check_options() {
  if [[ -n $OPT_ROUTES ]]; then
    [[ -z $OPT_PROVIDER_URL ]] || fail "--routes and --provider-url cannot be combined: set provider.url of each route in the routes file" 2
    [[ -z $OPT_RPM$OPT_TPM ]] || fail "--rpm and --tpm have no effect with --routes: set limits in $OPT_ROUTES" 2
    [[ -f $OPT_ROUTES && -r $OPT_ROUTES ]] || fail "--routes ($OPT_ROUTES) is not a readable file" 2
    OPT_ROUTES=$(absolute "$OPT_ROUTES")
  fi
  if [[ -n $OPT_PROVIDER_URL ]]; then
    [[ $OPT_PROVIDER_URL =~ ^https?://[^/[:space:]\"]+[^[:space:]\"]*$ ]] || fail "--provider-url ($OPT_PROVIDER_URL) is not an http or https URL" 2
    [[ -n $OPT_PROVIDER_KEY ]] || fail "--provider-url requires --provider-key (or SLUICE_PROVIDER_KEY), the provider's API key" 2
  elif [[ -n $OPT_PROVIDER_KEY && -z $OPT_ROUTES ]]; then
    fail "--provider-key requires --provider-url" 2
  fi
  if ! uses_simulator; then
    [[ ${#OPT_SIMULATOR[@]} == 0 && -z $OPT_SIMULATOR_RPM$OPT_SIMULATOR_TPM ]] \
      || fail "--latency*, --fault, --no-flex, --seed and --simulator-* are simulator options. The simulator does not run with --routes or --provider-url" 2
  fi
  if [[ -n $OPT_REDIS_URL && ! $OPT_REDIS_URL =~ ^rediss?://[^[:space:]]+$ ]]; then
    fail "--redis-url is not a redis:// or rediss:// URL" 2
  fi
  if [[ -n $OPT_AMQP_URL ]]; then check_amqp_url "$OPT_AMQP_URL"; fi
}

uses_simulator() { [[ -z $OPT_ROUTES && -z $OPT_PROVIDER_URL ]]; }

absolute() { printf '%s/%s' "$(cd "$(dirname "$1")" && pwd -P)" "${1##*/}"; }
