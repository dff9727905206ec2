# shellcheck shell=bash
# RabbitMQ in a container. The stop removes the container; the data stays in a volume of the home directory.

DOCKER_IMAGE=rabbitmq:4-management

# docker_answers: whether the Docker engine responds within 3 s.
docker_answers() {
  command -v docker >/dev/null || return 1
  local limit=()
  if command -v timeout >/dev/null; then limit=(timeout 3); fi
  "${limit[@]}" docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# container_name HOME: derived from the home directory, so that a restart finds its volume.
container_name() { printf 'sluice-broker-%s\n' "$(printf '%s' "$1" | cksum | cut -d' ' -f1)"; }

container_is_running() {
  [[ $(docker inspect -f '{{.State.Running}}' "$(container_name "$1")" 2>/dev/null) == true ]]
}

container_start() {
  local home=$1 name port log=$1/logs/broker.log
  name=$(container_name "$home")
  port=$(kept_port "$home/broker/port")
  docker rm -f "$name" >/dev/null 2>&1 || true
  printf 'RABBITMQ_DEFAULT_USER=sluice\nRABBITMQ_DEFAULT_PASS=%s\n' \
    "$(kept_secret "$home/broker/password")" >"$home/broker/container.env"
  docker run --detach --name "$name" --hostname sluice \
    --publish "127.0.0.1:$port:5672" --env-file "$home/broker/container.env" \
    --volume "$name:/var/lib/rabbitmq" \
    --volume "$LAUNCHER/rabbitmq/advanced.config:/etc/rabbitmq/advanced.config:ro" \
    "$DOCKER_IMAGE" >>"$log" 2>&1 || fail "Docker could not run $DOCKER_IMAGE: see $log"
  docker inspect -f '{{.State.Pid}}' "$name" >"$home/run/broker.pid"
  if ! container_await "$name"; then
    docker logs --tail 5 "$name" >&2 || true
    container_stop "$home"
    fail "RabbitMQ in the container $name did not start (log above)"
  fi
}

# The published port accepts connections before the broker is ready. Query the broker itself.
container_await() {
  local deadline=$((SECONDS + 120))
  until docker exec "$1" rabbitmq-diagnostics -q check_port_connectivity >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.5
  done
}

container_kill() { docker kill "$(container_name "$1")" >/dev/null; }

container_stop() {
  docker stop --time 20 "$(container_name "$1")" >/dev/null 2>&1 || true
  docker rm -f "$(container_name "$1")" >/dev/null 2>&1 || true
  rm -f "$1/run/broker.pid"
}
