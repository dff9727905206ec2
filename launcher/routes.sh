# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the other parts
# The routes file that `dev` writes if --routes is not set: one route to one provider.

SIMULATOR_MODELS="gpt-4o-mini, gpt-4o, gpt-4.1-mini, gpt-4.1-nano, gpt-5-mini, claude-sonnet-4-5, claude-haiku-4-5"
SIMULATOR_MODELS+=", text-embedding-3-small, text-embedding-3-large"

# simulated_prices: the simulator is free; prices make costs and budgets visible.
simulated_prices() {
  uses_simulator || return 0
  printf '      prices:\n'
  printf '        - {input-per-million: 1, output-per-million: 1, as-of: 2000-01-01, note: example prices}\n'
}

# write_routes FILE URL MODELS: refers to the key in the environment.
write_routes() {
  cat >"$1" <<YAML
# Each start of ./sluice dev overwrites this file. To keep changes, copy it and pass it with --routes.
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
