package dev.sluice.api.batch;

import org.jspecify.annotations.Nullable;

/**
 * An error in a batch's input.
 *
 * <pre>{@code
 * {"code": "model_not_found", "line": 7, "message": "No route serves the model 'gpt-9'.",
 *   "param": "body.model"}
 * }</pre>
 *
 * @param code OpenAI's error code, such as {@code invalid_json_line}
 * @param line line number in the file, from 1; null if the error concerns the whole file
 * @param message human-readable
 * @param param the invalid part of the line; null if the error concerns the whole line
 */
public record InputError(
    String code, @Nullable Long line, String message, @Nullable String param) {}
