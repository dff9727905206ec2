package dev.sluice.cli.batch;

import tools.jackson.databind.JsonNode;

/** What a price is based on. */
public final class PriceNote {
  public static final String UNKNOWN = "The cost is unknown: no price is configured for the model.";

  private PriceNote() {}

  /**
   * The note of the prices, or their date.
   *
   * @param cost a cost, as the producer returns it
   */
  public static String of(JsonNode cost) {
    String note = cost.path("note").asString("");
    return note.isEmpty() ? "prices as of " + cost.path("as_of").asString("") : note;
  }
}
