package dev.sluice.documents.extractor;

import dev.sluice.documents.DocumentFormat;
import java.io.IOException;
import java.util.List;
import org.apache.tika.exception.TikaException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaTypeRegistry;
import org.apache.tika.parser.CompositeParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.epub.EpubParser;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.parser.mail.RFC822Parser;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.apache.tika.parser.microsoft.ooxml.OOXMLParser;
import org.apache.tika.parser.microsoft.rtf.RTFParser;
import org.apache.tika.parser.odf.OpenDocumentParser;
import org.apache.tika.parser.pdf.PDFParser;
import org.apache.tika.parser.pdf.PDFParserConfig;
import org.apache.tika.parser.txt.TXTParser;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** The parser of each format: visible text only, without OCR, macros and embedded files. */
final class FormatParsers {
  private final Parser pdf = new PDFParser();
  private final Parser office = new OOXMLParser();
  private final Parser openDocument = new OpenDocumentParser();
  private final Parser epub = new EpubParser();
  private final Parser html = new JSoupParser();
  private final Parser rtf = new RTFParser();
  private final Parser mail = new RFC822Parser();
  private final Parser mailBodies =
      new CompositeParser(
          MediaTypeRegistry.getDefaultRegistry(), List.of(html, rtf, new TXTParser()));

  void parse(
      DocumentFormat format,
      TikaInputStream in,
      ContentHandler handler,
      Metadata metadata,
      EmbeddedDocumentExtractor embedded)
      throws IOException, SAXException, TikaException {
    ParseContext context = new ParseContext();
    context.set(EmbeddedDocumentExtractor.class, embedded);
    context.set(PDFParserConfig.class, pdfConfig());
    context.set(OfficeParserConfig.class, officeConfig());
    if (format == DocumentFormat.EML) {
      context.set(Parser.class, mailBodies);
    }
    parser(format).parse(in, handler, metadata, context);
  }

  private Parser parser(DocumentFormat format) {
    return switch (format) {
      case PDF -> pdf;
      case DOCX, PPTX, XLSX -> office;
      case ODT -> openDocument;
      case EPUB -> epub;
      case HTML -> html;
      case RTF -> rtf;
      case EML -> mail;
    };
  }

  private static PDFParserConfig pdfConfig() {
    PDFParserConfig config = new PDFParserConfig();
    config.setOcrStrategy(PDFParserConfig.OCR_STRATEGY.NO_OCR);
    config.setExtractInlineImages(false);
    config.setExtractBookmarksText(false);
    config.setExtractActions(false);
    config.setCatchIntermediateIOExceptions(false);
    return config;
  }

  private static OfficeParserConfig officeConfig() {
    OfficeParserConfig config = new OfficeParserConfig();
    config.setUseSAXDocxExtractor(true);
    config.setIncludeDeletedContent(false);
    config.setIncludeMoveFromContent(false);
    config.setIncludeSlideMasterContent(false);
    config.setExtractMacros(false);
    return config;
  }
}
