package dev.sluice.producer.validate;

import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.Routes;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.batch.InputError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules that the lines of one batch keep; the codes are OpenAI's. */
final class LineRules {
  /** Room for the keys around the largest body. */
  static final int LONGEST_LINE = TaskCodec.MAX_BODY_BYTES + 64 * 1024;

  /** It travels in a header, which shares one AMQP frame of 128 KiB with the others. */
  private static final int LONGEST_CUSTOM_ID_BYTES = 4096;

  private static final int LONGEST_QUOTE = 100;

  private final String endpoint;
  private final Routes routes;
  private final Set<String> customIds = new HashSet<>();

  /** The model of the first line that names one which is served, and its route. */
  private @Nullable String firstModel;

  private boolean firstMayBeMixed;

  LineRules(String endpoint, Routes routes) {
    this.endpoint = endpoint;
    this.routes = routes;
  }

  /** Checks the next line, and remembers its custom_id. */
  ParsedLine check(InputLines.Line line) {
    List<InputError> errors = new ArrayList<>();
    long number = line.number();
    if (line.tooLong()) {
      errors.add(tooLarge(number, "more than " + LONGEST_LINE));
      return new ParsedLine.Invalid(errors);
    }
    Optional<RawLine> raw = RawLine.read(line.bytes());
    if (raw.isEmpty()) {
      errors.add(
          error(
              number,
              "invalid_json_line",
              "This line %s.".formatted(Json.problem(line.bytes())),
              null));
      return new ParsedLine.Invalid(errors);
    }
    RawLine values = raw.get();
    String customId = values.customId();
    checkCustomId(number, customId, errors);
    checkMethod(number, values.method(), errors);
    checkUrl(number, values.url(), errors);
    Target target = checkBody(number, values.body(), errors);
    return errors.isEmpty() && target != null && customId != null
        ? new ParsedLine.Request(
            number,
            customId,
            target.route(),
            target.model(),
            target.prompt(),
            target.reply(),
            target.body())
        : new ParsedLine.Invalid(errors);
  }

  private void checkCustomId(long line, @Nullable String customId, List<InputError> errors) {
    if (customId == null || customId.isEmpty()) {
      errors.add(missing(line, "custom_id", "a text that is the line's own in this file"));
    } else if (customId.getBytes(StandardCharsets.UTF_8).length > LONGEST_CUSTOM_ID_BYTES
        || !customId.codePoints().allMatch(LineRules::isText)) {
      errors.add(
          error(
              line,
              "invalid_custom_id",
              "The custom_id is longer than %d bytes or has characters that are no text."
                  .formatted(LONGEST_CUSTOM_ID_BYTES),
              "custom_id"));
    } else if (!customIds.add(customId)) {
      errors.add(
          error(
              line,
              "duplicate_custom_id",
              "The custom_id '%s' is that of an earlier line; each line needs one of its own."
                  .formatted(cut(customId)),
              "custom_id"));
    }
  }

  private static void checkMethod(long line, @Nullable String method, List<InputError> errors) {
    if (method == null) {
      errors.add(missing(line, "method", "\"POST\""));
    } else if (!"POST".equals(method)) {
      errors.add(
          error(
              line,
              "invalid_method",
              "The method '%s' is not supported: it has to be POST.".formatted(cut(method)),
              "method"));
    }
  }

  private void checkUrl(long line, @Nullable String url, List<InputError> errors) {
    if (url == null) {
      errors.add(missing(line, "url", "the endpoint of the batch"));
    } else if (!url.equals(endpoint)) {
      errors.add(
          error(
              line,
              "invalid_url",
              "The URL '%s' does not match the batch's endpoint %s.".formatted(cut(url), endpoint),
              "url"));
    }
  }

  private @Nullable Target checkBody(
      long line, @Nullable Payload payload, List<InputError> errors) {
    if (payload == null) {
      errors.add(missing(line, "body", "the request, as a JSON object"));
      return null;
    }
    if (payload.size() > TaskCodec.MAX_BODY_BYTES) {
      errors.add(tooLarge(line, Integer.toString(payload.size())));
      return null;
    }
    Optional<RequestSummary> facts = RequestSummary.read(payload);
    if (facts.isEmpty()) {
      errors.add(error(line, "invalid_type", "The body is not a JSON object.", "body"));
      return null;
    }
    if (facts.get().stream()) {
      errors.add(
          error(
              line,
              "streaming_unsupported",
              "A batch cannot stream: leave out \"stream\": true.",
              "body.stream"));
    }
    return target(line, facts.get(), payload, errors);
  }

  private @Nullable Target target(
      long line, RequestSummary facts, Payload payload, List<InputError> errors) {
    String model = facts.model();
    if (model.isEmpty()) {
      errors.add(missing(line, "body.model", "the model that is to answer"));
      return null;
    }
    Optional<RouteSettings> route =
        model.codePoints().allMatch(LineRules::isText) ? routes.forModel(model) : Optional.empty();
    if (route.isEmpty()) {
      errors.add(
          error(
              line,
              "model_not_found",
              "No route serves the model '%s'. The routes serve: %s."
                  .formatted(cut(model), known()),
              "body.model"));
      return null;
    }
    checkMixture(line, model, route.get(), errors);
    SchedulingCost schedulingCost = SchedulingCost.of(facts, payload);
    return new Target(
        route.get().name(), model, schedulingCost.prompt(), schedulingCost.reply(), payload);
  }

  private void checkMixture(long line, String model, RouteSettings route, List<InputError> errors) {
    if (firstModel == null) {
      firstModel = model;
      firstMayBeMixed = route.allowMixedModels();
    } else if (!firstModel.equals(model) && !(firstMayBeMixed && route.allowMixedModels())) {
      errors.add(
          error(
              line,
              "mismatched_model",
              "The model '%s' does not match '%s' of an earlier line: the route %s takes one model a file."
                  .formatted(cut(model), cut(firstModel), route.name()),
              "body.model"));
    }
  }

  private String known() {
    return String.join(
        ", ", routes.all().stream().flatMap(route -> route.models().stream()).distinct().toList());
  }

  private static InputError tooLarge(long line, String bytes) {
    return error(
        line,
        "request_too_large",
        "The request has %s bytes; %d are the most.".formatted(bytes, TaskCodec.MAX_BODY_BYTES),
        "body");
  }

  private static InputError missing(long line, String parameter, String what) {
    return error(
        line,
        "missing_required_parameter",
        "Missing required parameter: '%s' (%s).".formatted(parameter, what),
        parameter);
  }

  private static InputError error(
      long line, String code, String message, @Nullable String parameter) {
    return new InputError(code, line, message, parameter);
  }

  /** Error messages stay readable, and text that PostgreSQL takes, whatever a line holds. */
  static String cut(String value) {
    int[] text = value.codePoints().filter(LineRules::isText).limit(LONGEST_QUOTE + 1).toArray();
    int length = Math.min(text.length, LONGEST_QUOTE);
    return new String(text, 0, length) + (text.length > LONGEST_QUOTE ? "…" : "");
  }

  /** Neither NUL nor half of a surrogate pair. */
  private static boolean isText(int codePoint) {
    return codePoint != 0
        && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
  }

  private record Target(String route, String model, long prompt, long reply, Payload body) {}
}
