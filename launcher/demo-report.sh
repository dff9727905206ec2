# shellcheck shell=bash
# What came of the demo: three summaries, the sums, and whether anything was lost.

# report FILE: 1 if a document has no summary.
report() {
  local batch facts total completed throttles
  batch=$(http_get "$PRODUCER_PORT" "/v1/batches?limit=1" "$API_KEY" | json_text first_id)
  facts=$(http_get "$PRODUCER_PORT" "/api/batches/$batch" "$API_KEY")
  total=$(json_number total <<<"$facts")
  completed=$(json_number completed <<<"$facts")
  throttles=$(json_number throttles <<<"$facts")
  printf '\nThree of the summaries:\n'
  if [[ -e $1 ]]; then first_summaries 3 "$1"; fi
  printf '\n'
  row Documents "$completed of $total summarised, $((total - completed)) lost"
  row "Rate limits" "$throttles times 429$(simulator_count), each absorbed: delayed in the broker and sent again"
  row Tokens "$(json_number prompt_tokens <<<"$facts") prompt + $(json_number completion_tokens <<<"$facts") completion"
  row Output "$1"
  ((total > 0 && completed == total))
}

row() { printf '%-12s %s\n' "$1" "$2"; }

# first_summaries COUNT FILE: from Markdown, one heading of the second level for each document.
first_summaries() {
  awk -v most="$1" '/^## / { seen++ } seen > most { exit } seen { print }' "$2" \
    | sed -e '/^$/d' -e 's/^## /\n  /;t' -e 's/^/      /' | fold -s -w 100 | sed 's/^\([^ ]\)/      \1/'
}

# simulator_count: what the provider itself says that it refused.
simulator_count() {
  uses_simulator || return 0
  local refused
  refused=$(http_get "$(<"$RUN_HOME/run/simulator.port")" /simulator/stats | json_number 429)
  printf " (the simulator's own count: %s)" "${refused:-0}"
}
