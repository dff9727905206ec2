# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the other parts
# The routes file that `dev` writes where it is given none: one route to one provider.

SIMULATOR_MODELS="gpt-4o-mini, gpt-4o, gpt-4.1-mini, gpt-4.1-nano, text-embedding-3-small, text-embedding-3-large"

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
YAML
}
