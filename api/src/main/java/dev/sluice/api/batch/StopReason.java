package dev.sluice.api.batch;

/**
 * Why the stop condition of a batch has paused it.
 *
 * <pre>{@code
 * {"failed": 50, "finished": 72, "code": "invalid_request", "message": "Unsupported parameter."}
 * }</pre>
 *
 * @param failed failed tasks at that time
 * @param finished finished tasks at that time
 * @param code the most frequent failure code
 * @param message the most frequent message of that code, at most 300 characters
 */
public record StopReason(long failed, long finished, String code, String message) {}
