package dev.sluice.producer.batch;

/** Event: tasks of the broker have ended, so that the feeds can publish others. */
public record TasksEnded() {}
