package dev.sluice.producer.batch;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a batch's input.
 *
 * @param code OpenAI's, such as {@code invalid_json_line}
 * @param line from 1; null where it is the whole file
 * @param message for a person
 * @param param which part of the line; null where it is the whole
 */
public record InputError(
    String code, @Nullable Long line, String message, @Nullable String param) {}
