package dev.sluice.producer.batch;

/** Event: tasks of the broker have finished, so that the dispatchers can publish others. */
public record TasksFinished() {}
