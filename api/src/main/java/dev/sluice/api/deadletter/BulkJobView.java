package dev.sluice.api.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * A job that replays, discards or accepts many dead letters.
 *
 * <pre>{@code
 * {"id": "01890a5d-ac96-774b-bcce-b302099a8059", "object": "dead_letter_job", "action": "replay",
 *   "state": "running", "matched": 120, "limit": 1000, "per_second": 20, "succeeded": 40,
 *   "rejected": 0, "last_rejection": null, "created_at": 1767225600, "finished_at": null}
 * }</pre>
 *
 * @param id id of the job; null for a dry run
 * @param object always {@code dead_letter_job}
 * @param action {@code replay}, {@code discard} or {@code accept}
 * @param state {@code running}, {@code completed}, {@code stopped} or {@code dry_run}
 * @param matched dead letters that the selection matched when the job was created
 * @param limit the maximum number of dead letters to process
 * @param perSecond the maximum number of dead letters per second
 * @param succeeded processed dead letters
 * @param rejected dead letters that could not be processed
 * @param lastRejection the latest reason for which a dead letter was rejected; null for none
 * @param createdAt Unix seconds, UTC; null for a dry run
 * @param finishedAt Unix seconds, UTC; null until the job finishes
 */
public record BulkJobView(
    @Nullable String id,
    String object,
    String action,
    String state,
    long matched,
    int limit,
    int perSecond,
    long succeeded,
    long rejected,
    @Nullable String lastRejection,
    @Nullable Long createdAt,
    @Nullable Long finishedAt) {}
