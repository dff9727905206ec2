package dev.sluice.documents.extractor;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.xml.sax.ContentHandler;

/** Parses no embedded file, and remembers the names of the first ones. */
final class SkippedAttachments implements EmbeddedDocumentExtractor {
  private static final int MAX_NAMES = 100;

  private final List<String> names = new ArrayList<>();

  @Override
  public boolean shouldParseEmbedded(Metadata metadata) {
    if (names.size() < MAX_NAMES) {
      String name = metadata.get(TikaCoreProperties.RESOURCE_NAME_KEY);
      names.add(name == null ? "without a name" : name);
    }
    return false;
  }

  @Override
  public void parseEmbedded(
      InputStream in, ContentHandler handler, Metadata metadata, boolean outputHtml) {}

  List<String> names() {
    return names;
  }
}
