package dev.sluice.system.fault;

import java.time.Instant;

/** An accident that happened, and when. */
record InjectedIncident(Incident accident, Instant from, Instant until) {}
