package dev.sluice.api.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit log, with its dead letter.
 *
 * <pre>{@code
 * {"id": "01890a5d-ac96-774b-bcce-b302099a8060", "object": "audit_log_entry", "action": "replay",
 *   "at": 1767225600, "api_key": "nightly", "operator": "Ada", "reason": "the model is back",
 *   "changes": null, "dead_letter_id": "01890a5d-ac96-774b-bcce-b302099a8057",
 *   "project": "default", "route": "openai", "custom_id": "review-7"}
 * }</pre>
 *
 * @param id id of the entry
 * @param object always {@code audit_log_entry}
 * @param action {@code replay}, {@code discard} or {@code accept}
 * @param at Unix seconds, UTC
 * @param apiKey the name of the API key
 * @param operator the person; null if the request named none
 * @param reason of the operator
 * @param changes what a replay changed in the request; null for nothing
 * @param deadLetterId id of the dead letter
 * @param project name of its project; null if the task has no batch
 * @param route name of its route
 * @param customId {@code custom_id} of its task
 */
public record AuditLogEntry(
    String id,
    String object,
    String action,
    long at,
    String apiKey,
    @Nullable String operator,
    String reason,
    @Nullable String changes,
    String deadLetterId,
    @Nullable String project,
    String route,
    String customId) {}
