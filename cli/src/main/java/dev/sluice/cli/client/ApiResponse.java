package dev.sluice.cli.client;

import tools.jackson.databind.JsonNode;

/**
 * A response of the producer.
 *
 * @param json the response as it was received, for {@code --json}
 * @param value the same response as a record
 */
public record ApiResponse<T>(JsonNode json, T value) {}
