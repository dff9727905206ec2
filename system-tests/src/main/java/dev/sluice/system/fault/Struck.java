package dev.sluice.system.fault;

import java.time.Instant;

/** An accident that happened, and when. */
record Struck(Accident accident, Instant from, Instant until) {}
