package dev.sluice.api.file;

import org.jspecify.annotations.Nullable;

/**
 * OpenAI's file object.
 *
 * <pre>{@code
 * {"id": "file-1", "object": "file", "bytes": 48000, "created_at": 1767225600, "expires_at": null,
 *   "filename": "tasks.jsonl", "purpose": "batch", "status": "processed", "status_details": null}
 * }</pre>
 *
 * @param id id of the file
 * @param object always {@code file}
 * @param bytes size in bytes
 * @param createdAt Unix seconds, UTC
 * @param expiresAt when it is deleted, Unix seconds, UTC; null for never
 * @param filename name of the uploaded file
 * @param purpose {@code batch} or {@code batch_output}
 * @param status always {@code processed}
 * @param statusDetails always null
 */
public record FileView(
    String id,
    String object,
    long bytes,
    long createdAt,
    @Nullable Long expiresAt,
    String filename,
    String purpose,
    String status,
    @Nullable String statusDetails) {}
