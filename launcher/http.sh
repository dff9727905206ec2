# shellcheck shell=bash
# A minimal HTTP client for the loopback interface, so that the launcher does not need curl.

# http_get PORT PATH [KEY]: prints the body; returns 1 unless the status is 200.
http_get() {
  local status line
  exec 4<>"/dev/tcp/127.0.0.1/$1" || return 1
  {
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n' "$2" "$1"
    [[ -z ${3:-} ]] || printf 'Authorization: Bearer %s\r\n' "$3"
    printf 'Connection: close\r\n\r\n'
  } >&4
  IFS= read -r -t 5 status <&4 || status=""
  while IFS= read -r -t 5 line <&4 && [[ -n ${line%$'\r'} ]]; do :; done
  cat <&4
  exec 4>&-
  [[ $status == *" 200"* ]]
}

# is_ready PORT: the readiness probe of the application.
is_ready() { (http_get "$1" /actuator/health/readiness) >/dev/null 2>&1; }

# json_number NAME, json_text NAME: print the first value with that name in the JSON on stdin, if any.
json_number() { json_value "\"$1\" *: *[0-9][0-9]*" | grep -o '[0-9]*$' || true; }
json_text() { json_value "\"$1\" *: *\"[^\"]*\"" | cut -d '"' -f 4; }
json_value() { { grep -o "$1" || true; } | head -n 1; }
