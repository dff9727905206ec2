package dev.sluice.worker.pace;

/**
 * What a refusal taught of a limit that nobody tells.
 *
 * @param mark the pace that was refused, per second: where probing goes back to
 * @param pace from which it starts, per second
 */
public record Probed(double mark, double pace) {}
