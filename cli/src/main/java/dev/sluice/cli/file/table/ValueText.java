package dev.sluice.cli.file.table;

import tools.jackson.databind.JsonNode;

/** The text of a JSON value. */
final class ValueText {
  private ValueText() {}

  /** A string as it is, nothing for null, and JSON for all other values. */
  static String of(JsonNode value) {
    if (value.isString()) {
      return value.asString();
    }
    return value.isNull() ? "" : value.toString();
  }
}
