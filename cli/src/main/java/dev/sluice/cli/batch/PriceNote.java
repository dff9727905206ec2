package dev.sluice.cli.batch;

import dev.sluice.api.batch.BatchCost;

/** What a price is based on. */
public final class PriceNote {
  public static final String UNKNOWN = "The cost is unknown: no price is configured for the model.";

  private PriceNote() {}

  /** The note of the prices, or their date. */
  public static String of(BatchCost cost) {
    String note = cost.note();
    return note == null || note.isEmpty() ? "prices as of " + cost.asOf() : note;
  }
}
