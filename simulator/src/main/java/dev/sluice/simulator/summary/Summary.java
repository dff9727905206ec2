package dev.sluice.simulator.summary;

/**
 * A summary.
 *
 * @param truncated whether it was truncated within a sentence to respect the token limit
 */
public record Summary(String text, boolean truncated) {}
