package dev.sluice.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, in OpenAI's shape.
 *
 * <pre>{@code
 * {"object": "list", "data": [{"id": "key_1"}], "first_id": "key_1", "last_id": "key_1",
 *   "has_more": false}
 * }</pre>
 *
 * @param object always {@code list}
 * @param data the elements of the page
 * @param firstId id of the first element; null if the page is empty
 * @param lastId id of the last element, the {@code after} of the next page; null if the page is
 *     empty
 * @param hasMore whether there is a next page
 */
public record ListResponse<T>(
    String object,
    List<T> data,
    @Nullable String firstId,
    @Nullable String lastId,
    boolean hasMore) {

  /**
   * Creates a page.
   *
   * @param found at most {@code pageSize + 1} elements; the additional one shows that there is a
   *     next page
   * @param id returns the id of an element
   */
  public static <T> ListResponse<T> page(List<T> found, int pageSize, Function<T, String> id) {
    List<T> page = found.subList(0, Math.min(pageSize, found.size()));
    return new ListResponse<>(
        "list",
        page,
        page.isEmpty() ? null : id.apply(page.getFirst()),
        page.isEmpty() ? null : id.apply(page.getLast()),
        found.size() > pageSize);
  }
}
