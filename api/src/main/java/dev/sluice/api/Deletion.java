package dev.sluice.api;

/**
 * The response to a deletion, in OpenAI's shape.
 *
 * <pre>{@code
 * {"id": "file-1", "object": "file", "deleted": true}
 * }</pre>
 *
 * @param id id of the resource
 * @param object kind of the resource
 * @param deleted always true
 */
public record Deletion(String id, String object, boolean deleted) {}
