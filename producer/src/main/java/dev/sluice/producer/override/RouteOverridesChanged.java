package dev.sluice.producer.override;

/** An override has changed, or a new worker has reported that needs the current overrides. */
public record RouteOverridesChanged() {}
