package dev.sluice.documents.extractor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.pdfbox.pdmodel.graphics.image.LosslessFactory;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.poifs.crypt.EncryptionInfo;
import org.apache.poi.poifs.crypt.EncryptionMode;
import org.apache.poi.poifs.crypt.Encryptor;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.apache.poi.xwpf.usermodel.XWPFDocument;

/** Writes small files of each format. */
public final class SampleFiles {
  private SampleFiles() {}

  /** A PDF with one text per page; an empty text makes a page with an image only. */
  public static Path pdf(Path file, String... pages) throws IOException {
    try (PDDocument document = pdf(pages)) {
      document.save(file.toFile());
    }
    return file;
  }

  static Path encryptedPdf(Path file, String userPassword, String... pages) throws IOException {
    try (PDDocument document = pdf(pages)) {
      StandardProtectionPolicy policy =
          new StandardProtectionPolicy("owner", userPassword, new AccessPermission());
      policy.setEncryptionKeyLength(256);
      document.protect(policy);
      document.save(file.toFile());
    }
    return file;
  }

  private static PDDocument pdf(String... pages) throws IOException {
    PDDocument document = new PDDocument();
    for (String text : pages) {
      PDPage page = new PDPage();
      document.addPage(page);
      try (PDPageContentStream content = new PDPageContentStream(document, page)) {
        if (text.isEmpty()) {
          BufferedImage scan = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
          content.drawImage(LosslessFactory.createFromImage(document, scan), 20, 20);
        } else {
          content.beginText();
          content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
          content.newLineAtOffset(70, 700);
          content.showText(text);
          content.endText();
        }
      }
    }
    return document;
  }

  /** A Word document with one paragraph per text. */
  public static Path docx(Path file, String... paragraphs) throws IOException {
    try (XWPFDocument document = new XWPFDocument();
        OutputStream out = Files.newOutputStream(file)) {
      for (String text : paragraphs) {
        document.createParagraph().createRun().setText(text);
      }
      document.write(out);
    }
    return file;
  }

  static Path encryptedDocx(Path file) throws IOException {
    Path plain = docx(Files.createTempFile("plain", ".docx"), "Secret.");
    try (POIFSFileSystem container = new POIFSFileSystem();
        OutputStream out = Files.newOutputStream(file)) {
      Encryptor encryptor = new EncryptionInfo(EncryptionMode.agile).getEncryptor();
      encryptor.confirmPassword("secret");
      try (OPCPackage office = OPCPackage.open(plain.toFile());
          OutputStream encrypted = encryptor.getDataStream(container)) {
        office.save(encrypted);
      }
      container.writeFilesystem(out);
    } catch (GeneralSecurityException | InvalidFormatException failure) {
      throw new IllegalStateException(failure);
    } finally {
      Files.delete(plain);
    }
    return file;
  }

  /** A presentation with one text per slide, and notes on it. */
  static Path pptx(Path file, String... slides) throws IOException {
    try (XMLSlideShow show = new XMLSlideShow();
        OutputStream out = Files.newOutputStream(file)) {
      for (String text : slides) {
        XSLFSlide slide = show.createSlide();
        slide.createTextBox().setText(text);
        for (XSLFTextShape shape : show.getNotesSlide(slide).getPlaceholders()) {
          if (shape.getTextType() == Placeholder.BODY) {
            shape.setText("Notes on " + text);
          }
        }
      }
      show.write(out);
    }
    return file;
  }

  static Path xlsx(Path file, String sheet, String... cells) throws IOException {
    try (XSSFWorkbook workbook = new XSSFWorkbook();
        OutputStream out = Files.newOutputStream(file)) {
      var row = workbook.createSheet(sheet).createRow(0);
      for (int i = 0; i < cells.length; i++) {
        row.createCell(i).setCellValue(cells[i]);
      }
      workbook.write(out);
    }
    return file;
  }

  static Path epub(Path file, String text) throws IOException {
    return zip(
        file,
        "application/epub+zip",
        Map.of(
            "META-INF/container.xml",
            """
            <?xml version="1.0"?>
            <container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
              <rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
            </container>
            """,
            "book.opf",
            """
            <?xml version="1.0"?>
            <package xmlns="http://www.idpf.org/2007/opf" version="3.0">
              <metadata/>
              <manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>
              <spine><itemref idref="c"/></spine>
            </package>
            """,
            "c.xhtml",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><p>%s</p></body></html>"
                .formatted(text)));
  }

  static Path odt(Path file, String text) throws IOException {
    return zip(
        file,
        "application/vnd.oasis.opendocument.text",
        Map.of(
            "content.xml",
            """
            <?xml version="1.0"?>
            <office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
                xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
              <office:body><office:text><text:p>%s</text:p></office:text></office:body>
            </office:document-content>
            """
                .formatted(text)));
  }

  /** A Word document whose text is compressed by a factor of about 1000. */
  public static Path zipBomb(Path file, int mebibytes) throws IOException {
    Path plain = docx(Files.createTempFile("plain", ".docx"), "BOMB");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file));
        ZipFile in = new ZipFile(plain.toFile())) {
      in.stream().forEach(entry -> copyInflated(in, entry, out, mebibytes));
    } finally {
      Files.delete(plain);
    }
    return file;
  }

  private static void copyInflated(ZipFile in, ZipEntry entry, ZipOutputStream out, int mebibytes) {
    try {
      out.putNextEntry(new ZipEntry(entry.getName()));
      String content =
          new String(in.getInputStream(in.getEntry(entry.getName())).readAllBytes(), UTF_8);
      int at = content.indexOf("BOMB");
      if (at < 0) {
        out.write(content.getBytes(UTF_8));
      } else {
        out.write(content.substring(0, at).getBytes(UTF_8));
        byte[] block = "A".repeat(1024 * 1024).getBytes(UTF_8);
        for (int i = 0; i < mebibytes; i++) {
          out.write(block);
        }
        out.write(content.substring(at).getBytes(UTF_8));
      }
      out.closeEntry();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Path zip(Path file, String mediaType, Map<String, String> entries)
      throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      byte[] type = mediaType.getBytes(UTF_8);
      ZipEntry first = new ZipEntry("mimetype");
      first.setMethod(ZipEntry.STORED);
      first.setSize(type.length);
      CRC32 checksum = new CRC32();
      checksum.update(type);
      first.setCrc(checksum.getValue());
      out.putNextEntry(first);
      out.write(type);
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue().getBytes(UTF_8));
      }
    }
    return file;
  }
}
