# shellcheck shell=bash
# The report of the demo: three summaries, totals, and lost documents.

# report FILE FOLDER: returns 1 if a document has no summary.
report() {
  local batch stats total completed throttles
  batch=$(http_get "$PRODUCER_PORT" "/v1/batches?limit=1" "$API_KEY" | json_text first_id)
  stats=$(http_get "$PRODUCER_PORT" "/api/batches/$batch" "$API_KEY")
  total=$(json_number total <<<"$stats")
  completed=$(json_number completed <<<"$stats")
  throttles=$(json_number throttles <<<"$stats")
  if [[ -e $1 ]]; then
    printf '\nThree of the summaries:\n'
    first_summaries 3 "$1"
  fi
  printf '\n'
  row Documents "$completed of $total summarised, $(unsummarised "$stats"), $(lost "$1" "$2") lost"
  row Limit "$(limit)"
  row "Rate limits" "$(thousands "$throttles") responses with status 429$(simulator_count)"
  ((throttles == 0)) || row "" "each retried after a delay in the broker"
  row Tokens "$(thousands "$(json_number prompt_tokens <<<"$stats")") prompt + $(
    thousands "$(json_number completion_tokens <<<"$stats")"
  ) completion"
  row Output "$1"
  if uses_simulator; then
    row Provider "a simulator without a model: its summaries are sentences selected from the text;"
    row "" "to use a real provider: ./sluice demo --provider-url URL --provider-key KEY --model NAME"
  fi
  ((total > 0 && completed == total))
}

# limit: the estimated limit and its source.
limit() {
  local routes requests
  routes=$(http_get "$PRODUCER_PORT" /api/routes "$API_KEY")
  requests=$(json_number per_minute <<<"$routes")
  case $(json_text source <<<"$routes") in
    advertised) printf '%s requests a minute, learned from the response headers' "$(thousands "$requests")" ;;
    configured) printf '%s requests a minute, as configured' "$(thousands "$requests")" ;;
    *) printf 'none advertised by the provider' ;;
  esac
}

row() { printf '%-12s %s\n' "$1" "$2"; }

# thousands NUMBER: 182,304
thousands() {
  local rest=$1 grouped=""
  while ((${#rest} > 3)); do
    grouped=,${rest: -3}$grouped
    rest=${rest::-3}
  done
  printf '%s' "$rest$grouped"
}

# unsummarised STATS: prints the tasks without a result.
unsummarised() {
  local word count words=()
  for word in failed expired cancelled; do
    count=$(json_number "$word" <<<"$1")
    if [[ $word == failed ]] || ((${count:-0} > 0)); then words+=("${count:-0} $word"); fi
  done
  local IFS=,
  printf '%s' "${words[*]}" | sed 's/,/, /g'
}

# lost FILE FOLDER: prints the number of documents that have neither a summary nor an error in the file.
lost() {
  local document name count=0
  for document in "$2"/*; do
    name=${document##*/}
    awk -v head="## $name" '
      $0 == head { here = 1; next }
      here && NF { found = !/^Not summarised: no_result:/; exit }
      END { exit !found }' "$1" 2>/dev/null || count=$((count + 1))
  done
  printf '%s' "$count"
}

# first_summaries COUNT FILE: prints them from the Markdown file, in which each document is a second-level heading.
first_summaries() {
  awk -v most="$1" -v width=76 '
    /^## / { if (++seen > most) exit; printf "\n  %s\n", substr($0, 4); next }
    NF {
      line = $1
      for (word = 2; word <= NF; word++) {
        if (length(line) + 1 + length($word) > width) { print "      " line; line = $word }
        else line = line " " $word
      }
      print "      " line
    }' "$2"
}

# simulator_count: prints the number of calls that the simulator rejected.
simulator_count() {
  uses_simulator || return 0
  local refused
  refused=$(http_get "$(<"$RUN_HOME/run/simulator.port")" /simulator/stats | json_number 429)
  printf " (counted by the simulator: %s)" "$(thousands "${refused:-0}")"
}
