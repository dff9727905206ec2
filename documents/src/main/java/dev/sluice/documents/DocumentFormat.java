package dev.sluice.documents;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats whose text is extracted. */
public enum DocumentFormat {
  PDF,
  DOCX,
  PPTX,
  XLSX,
  ODT,
  EPUB,
  HTML,
  RTF,
  EML;

  private static final Map<String, DocumentFormat> BY_EXTENSION =
      Map.ofEntries(
          entry("pdf", PDF),
          entry("docx", DOCX),
          entry("pptx", PPTX),
          entry("xlsx", XLSX),
          entry("odt", ODT),
          entry("epub", EPUB),
          entry("html", HTML),
          entry("htm", HTML),
          entry("xhtml", HTML),
          entry("rtf", RTF),
          entry("eml", EML));

  private static final String OFFICE = "application/vnd.openxmlformats-officedocument.";

  private static final Map<String, DocumentFormat> BY_MEDIA_TYPE =
      Map.ofEntries(
          entry("application/pdf", PDF),
          entry(OFFICE + "wordprocessingml.document", DOCX),
          entry(OFFICE + "presentationml.presentation", PPTX),
          entry(OFFICE + "spreadsheetml.sheet", XLSX),
          entry("application/vnd.oasis.opendocument.text", ODT),
          entry("application/epub+zip", EPUB),
          entry("text/html", HTML),
          entry("application/xhtml+xml", HTML),
          entry("application/rtf", RTF),
          entry("message/rfc822", EML));

  /** The format of a file name, by its extension. */
  public static Optional<DocumentFormat> ofName(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0
        ? Optional.empty()
        : Optional.ofNullable(BY_EXTENSION.get(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
  }

  /** The format of a media type without parameters. */
  public static Optional<DocumentFormat> ofMediaType(String mediaType) {
    return Optional.ofNullable(BY_MEDIA_TYPE.get(mediaType));
  }

  /** The names of all formats, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
