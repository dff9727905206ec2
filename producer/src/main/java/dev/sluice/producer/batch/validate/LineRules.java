package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.store.SchedulingCost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates the lines of one input file; the error codes are OpenAI's. */
final class LineRules {
  /** The largest body, plus the other fields of the line. */
  static final int MAX_LINE_BYTES = TaskCodec.MAX_BODY_BYTES + 64 * 1024;

  /** The custom_id is a message header; all headers share one AMQP frame of 128 KiB. */
  private static final int MAX_CUSTOM_ID_BYTES = 4096;

  /** Each model of a file has its own estimate and cost, which are in memory. */
  private static final int MAX_MODELS = 1000;

  private static final int MAX_QUOTE_LENGTH = 100;

  private final String endpoint;
  private final Routes routes;
  private final DigestSet customIds = new DigestSet();
  private final LineExtension lineExtension;
  private final Set<String> models = new HashSet<>();

  /** The model of the first line whose model a route serves. */
  private @Nullable String firstModel;

  private boolean firstAllowsMixedModels;

  LineRules(String endpoint, Routes routes) {
    this.endpoint = endpoint;
    this.routes = routes;
    this.lineExtension = new LineExtension(endpoint, customIds);
  }

  /** Checks the next line, and records its custom_id. */
  ParsedLine check(InputLines.Line line) {
    List<InputError> errors = new ArrayList<>();
    long number = line.number();
    if (line.tooLong()) {
      errors.add(tooLarge(number, "more than " + MAX_LINE_BYTES));
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
    if (!errors.isEmpty() || target == null || customId == null) {
      return new ParsedLine.Invalid(errors);
    }
    ParsedLine.Request request =
        new ParsedLine.Request(
            number,
            customId,
            target.route().name(),
            target.model(),
            target.cost().prompt(),
            target.cost().reply(),
            target.body(),
            null);
    Payload extension = values.extension();
    return extension == null ? request : lineExtension.apply(request, extension, target.route());
  }

  private void checkCustomId(long line, @Nullable String customId, List<InputError> errors) {
    if (customId == null || customId.isEmpty()) {
      errors.add(missing(line, "custom_id", "a string that is unique in this file"));
    } else if (customId.getBytes(StandardCharsets.UTF_8).length > MAX_CUSTOM_ID_BYTES
        || !customId.codePoints().allMatch(LineRules::isText)) {
      errors.add(
          error(
              line,
              "invalid_custom_id",
              "The custom_id is longer than %d bytes, or contains NUL or an unpaired surrogate."
                  .formatted(MAX_CUSTOM_ID_BYTES),
              "custom_id"));
    } else if (!customIds.add(customId)) {
      errors.add(
          error(
              line,
              "duplicate_custom_id",
              "An earlier line has the same custom_id '%s'. Use a unique custom_id in each line."
                  .formatted(abbreviate(customId)),
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
              "The method '%s' is not supported. It must be POST.".formatted(abbreviate(method)),
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
              "The URL '%s' does not match the batch's endpoint %s."
                  .formatted(abbreviate(url), endpoint),
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
    Optional<RequestSummary> summary = RequestSummary.read(payload);
    if (summary.isEmpty()) {
      errors.add(error(line, "invalid_type", "The body is not a JSON object.", "body"));
      return null;
    }
    String invalidStream = summary.get().invalidStream();
    if (invalidStream != null) {
      errors.add(
          error(
              line,
              "invalid_type",
              "Invalid value for \"stream\": %s. It must be false or absent."
                  .formatted(abbreviate(invalidStream)),
              "body.stream"));
    } else if (summary.get().stream()) {
      errors.add(
          error(
              line,
              "streaming_unsupported",
              "A batch cannot stream. Remove \"stream\": true.",
              "body.stream"));
    }
    return target(line, summary.get(), payload, errors);
  }

  private @Nullable Target target(
      long line, RequestSummary summary, Payload payload, List<InputError> errors) {
    String model = summary.model();
    if (model.isEmpty()) {
      errors.add(missing(line, "body.model", "the model of the request"));
      return null;
    }
    if (model.length() > Routes.MAX_MODEL_LENGTH) {
      errors.add(
          error(
              line,
              "invalid_model",
              "The model '%s' has %d characters; the limit is %d."
                  .formatted(abbreviate(model), model.length(), Routes.MAX_MODEL_LENGTH),
              "body.model"));
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
                  .formatted(abbreviate(model), servedModels()),
              "body.model"));
      return null;
    }
    checkMixedModels(line, model, route.get(), errors);
    checkNumberOfModels(line, model, errors);
    return new Target(route.get(), model, SchedulingCost.of(summary, payload), payload);
  }

  private void checkMixedModels(
      long line, String model, RouteSettings route, List<InputError> errors) {
    if (firstModel == null) {
      firstModel = model;
      firstAllowsMixedModels = route.allowMixedModels();
    } else if (!firstModel.equals(model) && !(firstAllowsMixedModels && route.allowMixedModels())) {
      errors.add(
          error(
              line,
              "mismatched_model",
              "The model '%s' differs from '%s' of an earlier line, but route %s allows one model per file. Use one file per model."
                  .formatted(abbreviate(model), abbreviate(firstModel), route.name()),
              "body.model"));
    }
  }

  private void checkNumberOfModels(long line, String model, List<InputError> errors) {
    if (models.size() == MAX_MODELS && !models.contains(model)) {
      errors.add(
          error(
              line,
              "too_many_models",
              "The file names more than %d models; '%s' is the first above this limit. Split the file."
                  .formatted(MAX_MODELS, abbreviate(model)),
              "body.model"));
    } else {
      models.add(model);
    }
  }

  private String servedModels() {
    return String.join(
        ", ", routes.all().stream().flatMap(route -> route.models().stream()).distinct().toList());
  }

  private static InputError tooLarge(long line, String bytes) {
    return error(
        line,
        "request_too_large",
        "The request has %s bytes; the limit is %d.".formatted(bytes, TaskCodec.MAX_BODY_BYTES),
        "body");
  }

  private static InputError missing(long line, String parameter, String description) {
    return error(
        line,
        "missing_required_parameter",
        "Missing required parameter: '%s' (%s).".formatted(parameter, description),
        parameter);
  }

  private static InputError error(
      long line, String code, String message, @Nullable String parameter) {
    return new InputError(code, line, message, parameter);
  }

  /** Shortens a value for an error message, and removes characters that PostgreSQL rejects. */
  static String abbreviate(String value) {
    int[] text = value.codePoints().filter(LineRules::isText).limit(MAX_QUOTE_LENGTH + 1).toArray();
    int length = Math.min(text.length, MAX_QUOTE_LENGTH);
    return new String(text, 0, length) + (text.length > MAX_QUOTE_LENGTH ? "…" : "");
  }

  /** Whether PostgreSQL can store the code point: neither NUL nor an unpaired surrogate. */
  static boolean isText(int codePoint) {
    return codePoint != 0
        && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
  }

  private record Target(RouteSettings route, String model, SchedulingCost cost, Payload body) {}
}
