package dev.sluice.common.topology;

/** The exchange and routing key under which a message comes back after its delay. */
public record DelayPath(String exchange, String routingKey) {}
