package dev.sluice.documents.extractor;

import java.util.ArrayList;
import java.util.List;
import org.apache.tika.metadata.Message;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;

/** The text of an e-mail: the headers that a reader sees, the body, and the skipped attachments. */
final class MailText {
  private MailText() {}

  static String of(Metadata metadata, String body, List<String> attachments) {
    List<String> lines = new ArrayList<>();
    header("From", metadata.getValues(Message.MESSAGE_FROM), lines);
    header("To", metadata.getValues(Message.MESSAGE_TO), lines);
    header("Cc", metadata.getValues(Message.MESSAGE_CC), lines);
    header("Date", metadata.getValues(TikaCoreProperties.CREATED), lines);
    header("Subject", metadata.getValues(TikaCoreProperties.TITLE), lines);
    lines.add("");
    lines.add(body);
    if (!attachments.isEmpty()) {
      lines.add("");
      attachments.forEach(name -> lines.add("[attachment, not read: %s]".formatted(name)));
    }
    return String.join("\n", lines).strip();
  }

  private static void header(String name, String[] values, List<String> lines) {
    if (values.length > 0) {
      lines.add(name + ": " + String.join(", ", values));
    }
  }
}
