# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the other parts
# Sources all parts. ROOT is the repository, LAUNCHER is this directory.

LAUNCHER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=${LAUNCHER%/*}
for part in messages ports processes jdk build class-data java-app http rabbitmq-install broker-node broker-docker \
  broker amqp-url options routes home dev-env stack test-tools; do
  # shellcheck source=/dev/null
  source "$LAUNCHER/$part.sh"
done
PROJECT_VERSION=$(project_version)
