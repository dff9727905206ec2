package dev.sluice.platform.check;

import com.networknt.schema.Error;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.dialect.Dialects;
import dev.sluice.common.json.Json;
import dev.sluice.common.wire.AnswerCheck;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A JSON schema of draft 2020-12 for answers. {@code format} is not checked, as in the draft.
 *
 * <p>Schemas and answers come from clients and models, so the check is limited: in time ({@link
 * CheckDeadline}, {@link LinearPatterns}), in depth (a stack overflow ends it), in errors ({@link
 * ErrorCollector}), and in values ({@link Json#MAX_TREE_TOKENS}). Schemas that refer to other
 * documents are rejected.
 */
public final class AnswerSchema {

  private static final int MAX_LISTED_ERRORS = 20;

  private static final Schema META_SCHEMA =
      SchemaRegistry.withDialect(
              Dialects.getDraft202012(), builder -> builder.schemaRegistryConfig(config()))
          .getSchema(SchemaLocation.of(DialectId.DRAFT_2020_12));

  private final Schema schema;

  /** Each schema has its own limit on the size of its patterns. */
  private static SchemaRegistryConfig config() {
    return SchemaRegistryConfig.builder()
        .regularExpressionFactory(new LinearPatterns())
        .locale(Locale.ENGLISH) // of messages about schemas
        .build();
  }

  private AnswerSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * Parses a schema.
   *
   * @param json the schema as JSON
   * @throws InvalidSchemaException if it is not a schema, or exceeds a limit
   */
  public static AnswerSchema parse(String json) throws InvalidSchemaException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > AnswerCheck.MAX_SCHEMA_BYTES) {
      throw new InvalidSchemaException(
          "it has %,d bytes; the maximum is %,d"
              .formatted(bytes.length, AnswerCheck.MAX_SCHEMA_BYTES));
    }
    Optional<JsonNode> root = Json.object(bytes);
    if (root.isEmpty()) {
      throw new InvalidSchemaException("it " + Json.problem(bytes));
    }
    SchemaReferences.check(root.get());
    return limited(() -> compile(root.get()));
  }

  private static AnswerSchema compile(JsonNode root) {
    List<Error> errors = errors(META_SCHEMA, root);
    if (!errors.isEmpty()) {
      throw new SchemaException(places(errors, "check.schema"));
    }
    // Each schema has its own registry: a registry caches all schemas that it reads.
    SchemaRegistry registry =
        SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            builder ->
                builder
                    .schemaRegistryConfig(config())
                    .schemaLoader(loader -> loader.allow(iri -> false)));
    AnswerSchema compiled = new AnswerSchema(registry.getSchema(root));
    compiled.schema.initializeValidators(); // throws if a reference cannot be resolved
    for (String sample : List.of("{}", "[]", "\"\"", "0")) { // finds circular references
      errors(compiled.schema, Json.value(sample.getBytes(StandardCharsets.UTF_8)).orElseThrow());
    }
    return compiled;
  }

  private interface SchemaSource {
    AnswerSchema get();
  }

  private static AnswerSchema limited(SchemaSource source) throws InvalidSchemaException {
    try {
      return CheckDeadline.start().run(source::get);
    } catch (CheckDeadline.ExceededException exceeded) {
      throw new InvalidSchemaException(slow());
    } catch (StackOverflowError recursion) {
      throw new InvalidSchemaException(deep());
    } catch (RuntimeException invalid) { // not only SchemaException: the schema may be malicious
      throw new InvalidSchemaException(reason(invalid));
    }
  }

  /** The library wraps the exception of an invalid pattern. */
  private static String reason(RuntimeException invalid) {
    Throwable cause = invalid.getCause() == null ? invalid : invalid.getCause();
    return cause instanceof PatternSyntaxException pattern
        ? "the pattern '%s' is not valid in RE2 syntax: %s"
            .formatted(pattern.getPattern(), pattern.getDescription())
        : String.valueOf(invalid.getMessage());
  }

  private static String slow() {
    return "the check takes longer than %d s; simplify the patterns and references of the schema"
        .formatted(CheckDeadline.LIMIT.toSeconds());
  }

  private static String deep() {
    return "the schema or the answer is nested too deeply, or the references of the schema are circular";
  }

  /** Checks the text of the only answer of a reply. */
  public SchemaCheck check(String answer) {
    return check(answer, CheckDeadline.start());
  }

  /**
   * Checks the text of an answer: JSON, possibly in one fenced code block of Markdown.
   *
   * @param deadline the time limit of all answers of the reply
   */
  public SchemaCheck check(String answer, CheckDeadline deadline) {
    byte[] json = CodeFence.remove(answer).getBytes(StandardCharsets.UTF_8);
    if (json.length == 0) {
      return new SchemaCheck.Invalid("The answer has no text.");
    }
    Optional<JsonNode> value = Json.value(json);
    if (value.isEmpty()) {
      return new SchemaCheck.Invalid(
          "The answer is not JSON, or has more than %,d values.".formatted(Json.MAX_TREE_TOKENS));
    }
    if (hasInfiniteNumber(value.get())) {
      return new SchemaCheck.Invalid("A number of the answer exceeds the range of a double.");
    }
    try {
      List<Error> errors = deadline.run(() -> errors(schema, value.get()));
      return errors.isEmpty()
          ? new SchemaCheck.Fits()
          : new SchemaCheck.Invalid(places(errors, "answer"));
    } catch (CheckDeadline.ExceededException exceeded) {
      return new SchemaCheck.Unchecked(slow());
    } catch (ErrorCollector.LimitException exceeded) {
      return new SchemaCheck.Unchecked(
          "the branches of the schema have more than %,d errors"
              .formatted(ErrorCollector.MAX_ERRORS));
    } catch (StackOverflowError recursion) {
      return new SchemaCheck.Unchecked(deep());
    } catch (RuntimeException failed) { // a bug of the library must not repeat the call
      return new SchemaCheck.Unchecked("the validator failed: " + failed);
    }
  }

  /** A number such as 1e400. The library compares it with no limit. */
  private static boolean hasInfiniteNumber(JsonNode value) {
    return value.isDouble()
        ? !Double.isFinite(value.asDouble())
        : value.valueStream().anyMatch(AnswerSchema::hasInfiniteNumber);
  }

  /**
   * The errors of a value; the first ones if it has more than the limit.
   *
   * @throws ErrorCollector.LimitException if none of the errors up to the limit is certain
   */
  private static List<Error> errors(Schema schema, JsonNode value) {
    ErrorCollector collector = new ErrorCollector();
    try {
      List<Error> errors = schema.validate(collector, value, OutputFormat.DEFAULT);
      return errors == null ? List.of() : errors;
    } catch (ErrorCollector.LimitException exceeded) {
      List<Error> certain = collector.certain();
      if (certain.isEmpty()) {
        throw exceeded;
      }
      return certain;
    }
  }

  private static String places(List<Error> errors, String root) {
    String lines =
        errors.stream()
            .limit(MAX_LISTED_ERRORS)
            .map(error -> root + error.getInstanceLocation() + ": " + error.getMessage())
            .distinct()
            .collect(Collectors.joining("\n"));
    return errors.size() <= MAX_LISTED_ERRORS
        ? lines
        : lines + "\nand %d more errors".formatted(errors.size() - MAX_LISTED_ERRORS);
  }
}
