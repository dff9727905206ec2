# shellcheck shell=bash
# Free TCP ports on the loopback interface, in plain bash.

# port_answers PORT [HOST]: whether something accepts connections there.
port_answers() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

# free_port: prints an unused port below the ephemeral range. It stays reserved for two minutes, so that another
# launcher that starts at the same time gets a different one.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    if reserve_port "$port" && ! port_answers "$port"; then break; fi
  done
  printf '%s\n' "$port"
}

# reserve_port PORT: creates a directory for the port, which is atomic. A reservation expires after two minutes.
reserve_port() {
  local reservations
  reservations=$(port_reservations)
  mkdir -p -m 700 "$reservations" 2>/dev/null && [[ -w $reservations ]] || return 0
  mkdir "$reservations/$1" 2>/dev/null && return
  [[ -n $(find "$reservations/$1" -maxdepth 0 -mmin +2 2>/dev/null) ]] && touch -c "$reservations/$1" 2>/dev/null
}

port_reservations() { printf '%s' "${TMPDIR:-/tmp}/sluice-ports-$UID"; }

# forget_expired_ports: deletes the reservations that have expired.
forget_expired_ports() {
  find "$(port_reservations)" -mindepth 1 -maxdepth 1 -mmin +2 -exec rmdir {} + 2>/dev/null || true
}

# kept_port FILE: prints the port in the file, else a new one, which it stores. A port in use may still be held by
# a process that was just killed, so this waits up to 3 s.
kept_port() {
  local port="" deadline=$((SECONDS + 3))
  [[ -s $1 ]] && port=$(<"$1")
  while [[ -n $port ]] && port_answers "$port" && ((SECONDS < deadline)); do sleep 0.1; done
  if [[ -z $port ]] || port_answers "$port"; then
    port=$(free_port)
    printf '%s\n' "$port" >"$1"
  fi
  printf '%s\n' "$port"
}

# wait_for_port PORT PID SECONDS: returns 0 when the port accepts connections, 1 if the process ends or on timeout.
wait_for_port() {
  local deadline=$((SECONDS + $3))
  until port_answers "$1"; do
    is_alive "$2" && ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}
