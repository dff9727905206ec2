package dev.sluice.simulator.provider;

/**
 * The headers of a call that the provider evaluates.
 *
 * @param key the API key, of any of the headers for it; empty without one
 * @param hasVersion whether it has {@code anthropic-version}
 */
public record CallHeaders(String key, boolean hasVersion) {}
