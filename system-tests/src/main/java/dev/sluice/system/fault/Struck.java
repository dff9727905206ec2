package dev.sluice.system.fault;

import java.time.Instant;

/** A fault that happened, and when. */
record Struck(Fault fault, Instant from, Instant until) {}
