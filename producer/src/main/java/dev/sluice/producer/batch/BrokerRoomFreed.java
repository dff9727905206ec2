package dev.sluice.producer.batch;

/** Event: tasks in the broker have ended, so that the feeds can publish others. */
public record BrokerRoomFreed() {}
