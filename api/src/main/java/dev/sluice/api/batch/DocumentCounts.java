package dev.sluice.api.batch;

/**
 * Counts the tasks of a batch whose long documents were split. A document is a task that no other
 * task waits for; a part is a task of the input whose answer another task is made from. Tasks that
 * combine answers for another task, such as those of sections and levels, are neither.
 *
 * <pre>{@code
 * {"total": 1240, "finished": 812, "split": 6, "parts": 52, "parts_finished": 37, "partial": 1}
 * }</pre>
 *
 * @param total number of documents
 * @param finished documents whose task has finished
 * @param split documents that are made from parts
 * @param parts number of parts, without the tasks that combine answers
 * @param partsFinished parts that have finished
 * @param partial documents whose answer was made without the answers of some parts
 */
public record DocumentCounts(
    long total, long finished, long split, long parts, long partsFinished, long partial) {}
