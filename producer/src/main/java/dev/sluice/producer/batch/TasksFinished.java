package dev.sluice.producer.batch;

/** Event: tasks of the broker have finished, so that the feeds can publish others. */
public record TasksFinished() {}
