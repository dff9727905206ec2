package dev.sluice.producer.listing;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's list object.
 *
 * @param object always {@code list}
 * @param data one page
 * @param firstId the id of its first thing; null where the page is empty
 * @param lastId the id of its last thing, {@code after} which the next page begins
 * @param hasMore whether there is a next page
 */
public record ListResponse<T>(
    String object,
    List<T> data,
    @Nullable String firstId,
    @Nullable String lastId,
    boolean hasMore) {

  /**
   * The page of what was found.
   *
   * @param found one more than the page holds, where there are so many
   * @param most how many things the page holds
   * @param id the id of a thing
   */
  public static <T> ListResponse<T> page(List<T> found, int most, Function<T, String> id) {
    List<T> page = found.subList(0, Math.min(most, found.size()));
    return new ListResponse<>(
        "list",
        page,
        page.isEmpty() ? null : id.apply(page.getFirst()),
        page.isEmpty() ? null : id.apply(page.getLast()),
        found.size() > most);
  }
}
