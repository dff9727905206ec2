package dev.sluice.producer.quota;

/**
 * How much of each a project may have, or has.
 *
 * @param batches that have not come to rest; 0 for no bound
 * @param queuedTasks of those batches, not ended yet; 0 for no bound
 * @param queuedBytes of those batches' input files; 0 for no bound
 * @param storedBytes of all uploaded files; 0 for no bound
 */
record Quota(long batches, long queuedTasks, long queuedBytes, long storedBytes) {}
