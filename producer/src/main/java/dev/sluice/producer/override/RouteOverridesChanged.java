package dev.sluice.producer.override;

/** Somebody wants something else of a route, or a worker came that does not know yet. */
public record RouteOverridesChanged() {}
