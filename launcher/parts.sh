# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the other parts
# All parts, for the commands that need the whole. ROOT is the repository, LAUNCHER this folder.

LAUNCHER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=${LAUNCHER%/*}
for part in messages ports processes jdk build class-data java-app http rabbitmq-install broker-node broker-docker \
  broker amqp-url options routes home dev-env stack test-tools; do
  # shellcheck source=/dev/null
  source "$LAUNCHER/$part.sh"
done
PROJECT_VERSION=$(project_version)
