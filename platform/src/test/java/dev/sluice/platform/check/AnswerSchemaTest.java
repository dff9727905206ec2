package dev.sluice.platform.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import dev.sluice.common.wire.AnswerCheck;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AnswerSchemaTest {
  private static final String PERSON =
      """
      {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
       "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}, "age": {"type": "integer"}},
       "required": ["name", "age"], "additionalProperties": false}""";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\": \"Ada\", \"age\": 36}",
        "  {\"name\":\"Ada\",\"age\":36}\n",
        "```json\n{\"name\": \"Ada\", \"age\": 36}\n```",
        "```\n{\"name\": \"Ada\", \"age\": 36}\n```\n",
      })
  void answerInJsonFitsAlsoInOneFence(String answer) throws Exception {
    assertThat(AnswerSchema.parse(PERSON).check(answer)).isEqualTo(new SchemaCheck.Fits());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"name\": \"Ada\"} | answer: required property 'age' not found",
        "{\"name\": \"ada\", \"age\": 1} | answer/name: does not match the regex pattern ^[A-Z]",
        "{\"name\": \"Ada\", \"age\": \"1\"} | answer/age: string found, integer expected",
        "[1] | answer: array found, object expected",
        "The person is Ada. | The answer is not JSON, or has more than 300,000 values.",
        "{\"name\": \"Ada\" | The answer is not JSON, or has more than 300,000 values.",
        "See: ```json {} ``` | The answer is not JSON, or has more than 300,000 values.",
      })
  void errorsNameThePlaceInTheAnswer(String answer, String error) throws Exception {
    assertThat(AnswerSchema.parse(PERSON).check(answer)).isEqualTo(new SchemaCheck.Invalid(error));
  }

  @Test
  void answerWithoutTextDoesNotFit() throws Exception {
    assertThat(AnswerSchema.parse("{}").check(" "))
        .isEqualTo(new SchemaCheck.Invalid("The answer has no text."));
  }

  @Test
  void errorsAreLimited() throws Exception {
    String answer =
        IntStream.range(0, 50).mapToObj(i -> "\"x\"").collect(Collectors.joining(",", "[", "]"));

    assertThat(AnswerSchema.parse("{\"items\": {\"type\": \"integer\"}}").check(answer))
        .isInstanceOfSatisfying(
            SchemaCheck.Invalid.class,
            invalid ->
                assertThat(invalid.errors().lines())
                    .hasSize(21)
                    .startsWith("answer/0: string found, integer expected")
                    .endsWith("and 30 more errors"));
  }

  @Test
  void localReferencesAreResolved() throws Exception {
    AnswerSchema tree =
        AnswerSchema.parse(
            """
            {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object",
              "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}}}""");

    assertThat(tree.check("{\"children\": [{\"children\": []}]}"))
        .isEqualTo(new SchemaCheck.Fits());
    assertThat(tree.check("{\"children\": [{\"children\": [5]}]}"))
        .isEqualTo(
            new SchemaCheck.Invalid(
                "answer/children/0/children/0: integer found, object expected"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "[] | it is not a JSON object in UTF-8",
        "{\"type\": \"strin\"} | check.schema/type: ",
        "{\"properties\": {\"a\": {\"minLength\": -1}}} | check.schema/properties/a/minLength: ",
        "{\"pattern\": \"(\"} | the pattern '(' is not valid in RE2 syntax: missing closing )",
        "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"} | check.schema/$schema is ",
        "{\"$ref\": \"https://example.com/s\"} | check.schema/$ref refers to 'https://example.com/s'",
        "{\"anyOf\": [{\"$ref\": \"other.json\"}]} | check.schema/anyOf/0/$ref refers to 'other.json'",
        "{\"$ref\": \"classpath:/application.yaml\"} | check.schema/$ref refers to 'classpath:",
        "{\"items\": {\"$id\": \"https://example.com/\"}} | check.schema/items/$id is not allowed",
      })
  void unusableSchemaIsRejectedWithThePlace(String schema, String message) {
    assertThatThrownBy(() -> AnswerSchema.parse(schema))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void unresolvedReferenceIsRejected() {
    assertThatThrownBy(() -> AnswerSchema.parse("{\"$ref\": \"#/$defs/missing\"}"))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("/$defs/missing");
  }

  @Test
  void circularReferenceIsRejected() {
    assertThatThrownBy(() -> AnswerSchema.parse("{\"$ref\": \"#\"}"))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("are circular");
  }

  @Test
  void tooLargeOrTooDeepSchemaIsRejected() {
    String large = "{\"description\": \"%s\"}".formatted("x".repeat(AnswerCheck.MAX_SCHEMA_BYTES));
    String deep = "{\"items\":".repeat(600) + "{}" + "}".repeat(600);

    assertThatThrownBy(() -> AnswerSchema.parse(large))
        .hasMessageStartingWith("it has 16,403 bytes; the maximum is 16,384");
    assertThatThrownBy(() -> AnswerSchema.parse(deep))
        .hasMessageStartingWith("it is nested deeper than 500 levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?:(?:){2147483647}){2147483647}",
        "(?:(?:){1000}){1000}",
        "((((a{100}){100}){100}){100})",
        "(?=a)b",
        "(a)\\\\1",
      })
  void unsupportedOrExplodingPatternIsRejectedByName(String pattern) {
    String named =
        "the pattern '%s' is not valid in RE2 syntax".formatted(pattern.replace("\\\\", "\\"));

    assertThatThrownBy(() -> AnswerSchema.parse("{\"pattern\": \"%s\"}".formatted(pattern)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageStartingWith(named);
    assertThatThrownBy(
            () ->
                AnswerSchema.parse(
                    "{\"properties\": {\"a\": {\"pattern\": \"%s\"}}}".formatted(pattern)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageStartingWith(named);
    assertThatThrownBy(
            () -> AnswerSchema.parse("{\"patternProperties\": {\"%s\": {}}}".formatted(pattern)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageStartingWith(named);
  }

  @Test
  void patternThatBacktracksExponentiallyIsLinear() throws Exception {
    AnswerSchema schema = AnswerSchema.parse("{\"pattern\": \"^(a+)+(b|c)$\"}");

    assertThat(schema.check("\"%s\"".formatted("a".repeat(5_000))))
        .isInstanceOf(SchemaCheck.Invalid.class);
    assertThat(schema.check("\"%sb\"".formatted("a".repeat(5_000))))
        .isEqualTo(new SchemaCheck.Fits());
  }

  @Test
  void patternsOfASchemaHaveALimitTogether() {
    String patterns =
        IntStream.range(0, 60)
            .mapToObj(i -> "{\"pattern\": \"a{1000}\"}")
            .collect(Collectors.joining(","));

    assertThatThrownBy(() -> AnswerSchema.parse("{\"allOf\": [%s]}".formatted(patterns)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageEndingWith("to more than 50,000 characters");
  }

  @Test
  void errorsOfAnAnswerAreCollectedUpToALimit() {
    ErrorCollector collector = new ErrorCollector();
    Error error = Error.builder().message("wrong").build();
    for (int i = 0; i < ErrorCollector.MAX_ERRORS; i++) {
      collector.addError(error);
    }

    assertThatThrownBy(() -> collector.addError(error))
        .isInstanceOf(ErrorCollector.LimitException.class);
    assertThat(collector.certain()).hasSize(ErrorCollector.MAX_ERRORS);
  }

  @Test
  void millionsOfErrorsEndTheCheck() throws Exception {
    String rules =
        IntStream.range(0, 700).mapToObj(i -> "{\"items\":false}").collect(Collectors.joining(","));
    String numbers = "[" + "1,".repeat(9_999) + "1]";

    SchemaCheck result = AnswerSchema.parse("{\"allOf\":[%s]}".formatted(rules)).check(numbers);

    assertThat(result).isInstanceOfAny(SchemaCheck.Invalid.class, SchemaCheck.Unchecked.class);
  }

  @Test
  void answersOfOneReplyShareTheDeadline() throws Exception {
    CheckDeadline passed = CheckDeadline.at(System.nanoTime() - 1);

    assertThat(AnswerSchema.parse("{}").check("1", passed))
        .isInstanceOfSatisfying(
            SchemaCheck.Unchecked.class,
            unchecked ->
                assertThat(unchecked.reason()).startsWith("the check takes longer than 2 s"));
  }

  @Test
  void exponentialReferencesEndAtTheTimeLimit() {
    String definitions =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    "\"d%d\": {\"allOf\": [{\"$ref\": \"#/$defs/d%d\"}, {\"$ref\": \"#/$defs/d%d\"}]}"
                        .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(","));

    assertThatThrownBy(
            () ->
                AnswerSchema.parse(
                    "{\"$ref\": \"#/$defs/d0\", \"$defs\": {%s, \"d60\": {}}}"
                        .formatted(definitions)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageStartingWith("the check takes longer than 2 s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "[-1e400]", "{\"a\": 1e999999999}"})
  void infiniteNumberDoesNotFit(String number) throws Exception {
    AnswerSchema schema = AnswerSchema.parse("{\"multipleOf\": 0.01, \"maximum\": 1e300}");

    assertThat(schema.check(number))
        .isEqualTo(
            new SchemaCheck.Invalid("A number of the answer exceeds the range of a double."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e-400", "1e-999999999", "1e-300"})
  void tinyNumberEndsTheCheck(String number) throws Exception {
    assertThat(AnswerSchema.parse("{\"multipleOf\": 0.01, \"minimum\": 5}").check(number))
        .isInstanceOf(SchemaCheck.Invalid.class);
  }

  @Test
  void deepAnswerIsNotJsonForTheCheck() throws Exception {
    AnswerSchema schema = AnswerSchema.parse("{\"items\": {\"$ref\": \"#\"}}");

    assertThat(schema.check("[".repeat(400) + "]".repeat(400))).isEqualTo(new SchemaCheck.Fits());
    assertThat(schema.check("[".repeat(100_000) + "]".repeat(100_000)))
        .isInstanceOf(SchemaCheck.Invalid.class);
  }
}
