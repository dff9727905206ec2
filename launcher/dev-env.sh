# shellcheck shell=bash
# HOME/dev.env: exists only while all processes run. Mode 0600, because it contains keys.

write_dev_env() {
  local file=$RUN_HOME/dev.env
  (
    umask 077
    {
      printf '# Source this to use the Sluice that runs in this home.\n'
      export_line SLUICE_DEV_HOME "$RUN_HOME"
      export_line SLUICE_URL "$(sluice_url)"
      export_line SLUICE_API_KEY "$API_KEY"
      export_line OPENAI_BASE_URL "$(sluice_url)/v1"
      export_line OPENAI_API_KEY "$API_KEY"
      export_line SLUICE_AMQP_URL "$BROKER_URL"
      export_line SLUICE_PROVIDER_URL "$PROVIDER_URL"
    } >"$file.new"
  )
  mv "$file.new" "$file"
}

export_line() { printf 'export %s=%q\n' "$1" "$2"; }

sluice_url() { printf 'http://127.0.0.1:%s' "$PRODUCER_PORT"; }
