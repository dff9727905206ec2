package dev.sluice.producer.browse;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.listing.Listing;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The failed tasks of all batches of a project: in groups, and one by one. */
@RestController
class FailureController {
  private static final int MOST_LISTED = 200;

  private final Failures failures;

  FailureController(Failures failures) {
    this.failures = failures;
  }

  @GetMapping("/api/failures")
  List<Failures.Group> groups(Project project) {
    return failures.groups(project);
  }

  /**
   * The newest first.
   *
   * @param after the task after which the page begins
   */
  @GetMapping("/api/failures/tasks")
  Listing<Failures.Failed> list(
      Project project,
      @RequestParam(required = false) @Nullable String route,
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String text,
      @RequestParam(required = false) @Nullable UUID after,
      @RequestParam(defaultValue = "50") int limit) {
    int most = Math.clamp(limit, 1, MOST_LISTED);
    List<Failures.Failed> found =
        failures.list(
            project, new Failures.Filter(some(route), some(code), some(text), after), most + 1);
    return Listing.page(found, most, failed -> failed.task().id());
  }

  private static @Nullable String some(@Nullable String value) {
    return value == null || value.isBlank() ? null : value;
  }
}
