package dev.sluice.bench.fault;

import java.time.Instant;

/** An injected fault with its start and end. */
record InjectedIncident(Incident incident, Instant from, Instant until) {}
