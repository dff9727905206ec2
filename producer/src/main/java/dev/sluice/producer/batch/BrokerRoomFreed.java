package dev.sluice.producer.batch;

/** Tasks have left the broker: there is room for others. */
public record BrokerRoomFreed() {}
