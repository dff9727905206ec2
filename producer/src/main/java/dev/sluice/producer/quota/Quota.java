package dev.sluice.producer.quota;

/**
 * The limits of a project, or its usage. A limit of 0 means no limit.
 *
 * @param batches unfinished batches
 * @param queuedTasks unfinished tasks of those batches
 * @param queuedBytes size of the input files of those batches, in bytes
 * @param storedBytes size of all uploaded files, and of the inputs that batches store, in bytes
 */
record Quota(long batches, long queuedTasks, long queuedBytes, long storedBytes) {
  static final Quota NONE = new Quota(0, 0, 0, 0);
}
