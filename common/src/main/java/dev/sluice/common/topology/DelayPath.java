package dev.sluice.common.topology;

/** The exchange and routing key that return a message after its delay. */
public record DelayPath(String exchange, String routingKey) {}
