package dev.sluice.producer.history;

import dev.sluice.producer.web.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The HTTP endpoint for the history by hour. */
@RestController
class HistoryController {
  private static final int MAX_HOURS = 90 * 24;

  private final HourlyHistoryStore store;
  private final Clock clock;

  HistoryController(HourlyHistoryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What finished in the last hours.
   *
   * @param from start of the first hour, Unix seconds, UTC
   * @param hours the number of hours, with the current one
   * @param history points by route, the oldest first; an hour in which nothing finished has none
   */
  record History(long from, int hours, Map<String, List<Point>> history) {}

  /**
   * What finished on a route in one hour.
   *
   * @param t start of the hour, Unix seconds, UTC
   * @param completed completed tasks, and live calls with a 2xx reply
   * @param failed failed tasks, and live calls with an error
   * @param throttled 429s of what finished
   * @param tokens prompt and completion tokens of what finished
   */
  record Point(long t, long completed, long failed, long throttled, long tokens) {}

  @GetMapping("/api/overview/history")
  History history(@RequestParam(defaultValue = "24") int hours) {
    if (hours < 1 || hours > MAX_HOURS) {
      throw ApiException.badRequest(
          "Invalid value for 'hours': %d. It must be from 1 to %d.".formatted(hours, MAX_HOURS),
          "hours",
          "invalid_value");
    }
    Instant from =
        clock.instant().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(hours - 1L));
    Map<String, List<Point>> byRoute = new LinkedHashMap<>();
    store
        .since(from)
        .forEach(
            (hour, counts) ->
                byRoute
                    .computeIfAbsent(hour.route(), route -> new ArrayList<>())
                    .add(point(hour.start(), counts)));
    return new History(from.getEpochSecond(), hours, byRoute);
  }

  private static Point point(Instant hour, HourlyCounts counts) {
    return new Point(
        hour.getEpochSecond(),
        counts.completed(),
        counts.failed(),
        counts.throttled(),
        counts.tokens());
  }
}
