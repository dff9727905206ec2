package dev.sluice.producer.batch;

/** Event: tasks have left the broker, so that others can be published. */
public record BrokerRoomFreed() {}
