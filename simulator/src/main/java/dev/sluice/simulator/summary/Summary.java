package dev.sluice.simulator.summary;

/**
 * A summary.
 *
 * @param cut whether it had to be cut within a sentence to keep to the most tokens allowed
 */
public record Summary(String text, boolean cut) {}
