# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the other parts
# The routes file that `dev` writes where it is given none: one route to one provider.

SIMULATOR_MODELS="gpt-4o-mini, gpt-4o, gpt-4.1-mini, gpt-4.1-nano, text-embedding-3-small, text-embedding-3-large"

# simulated_prices: what OpenAI listed for these models on that day; the simulator takes nothing.
simulated_prices() {
  uses_simulator || return 0
  local price model input output
  printf '      prices:\n'
  for price in gpt-4o-mini:0.15:0.60 gpt-4o:2.50:10 gpt-4.1-mini:0.40:1.60 gpt-4.1-nano:0.10:0.40 \
    text-embedding-3-small:0.02:0 text-embedding-3-large:0.13:0; do
    IFS=: read -r model input output <<<"$price"
    printf '        - {model: %s, input-per-million: %s, output-per-million: %s, as-of: 2025-04-15}\n' \
      "$model" "$input" "$output"
  done
}

# write_routes FILE URL MODELS: the key itself stays in the environment.
write_routes() {
  cat >"$1" <<YAML
# Written anew by each start of ./sluice dev; to keep changes, copy it and give it with --routes.
sluice:
  routes:
    - name: default
      models: [$3]
      provider:
        url: "$2"
        api-key: "\${SLUICE_PROVIDER_KEY}"
      concurrency: $OPT_CONCURRENCY
      limits:
        requests-per-minute: ${OPT_RPM:-0}
        tokens-per-minute: ${OPT_TPM:-0}
$(simulated_prices)
YAML
}
