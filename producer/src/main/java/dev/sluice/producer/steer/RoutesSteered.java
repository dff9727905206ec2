package dev.sluice.producer.steer;

/** Somebody wants something else of a route, or a worker came that does not know yet. */
public record RoutesSteered() {}
