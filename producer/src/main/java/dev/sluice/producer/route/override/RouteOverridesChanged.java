package dev.sluice.producer.route.override;

/** An override has changed, or a new worker has reported that needs the current overrides. */
public record RouteOverridesChanged() {}
