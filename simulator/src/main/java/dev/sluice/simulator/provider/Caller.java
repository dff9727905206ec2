package dev.sluice.simulator.provider;

import dev.sluice.simulator.limit.Standing;
import dev.sluice.simulator.openai.ModelRequest;

/** A call that the limits let in. */
record Caller(ModelRequest request, String key, Standing standing) {}
