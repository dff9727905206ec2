package dev.sluice.producer.file;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.quota.Quotas;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.tomcat.util.http.fileupload.FileItemIterator;
import org.apache.tomcat.util.http.fileupload.FileItemStream;
import org.apache.tomcat.util.http.fileupload.FileUpload;
import org.apache.tomcat.util.http.fileupload.FileUploadException;
import org.apache.tomcat.util.http.fileupload.InvalidFileNameException;
import org.apache.tomcat.util.http.fileupload.MultipartStream.MalformedStreamException;
import org.apache.tomcat.util.http.fileupload.servlet.ServletRequestContext;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes a multipart upload straight from the connection into the chunks.
 *
 * <p>The parts come in any order, so the file is stored before its purpose may be known; nobody
 * sees it until the request is through. Some clients send the file part without a filename.
 */
@Component
class Uploads {
  private static final int LONGEST_FIELD_BYTES = 4096;
  private static final int MOST_FIELDS = 20;

  /** The other parts, and what stands between them. */
  private static final int ROOM_FOR_THE_REST = 64 * 1024;

  private static final String EXPIRES_AFTER = "expires_after";

  private final Files files;
  private final FileContents contents;
  private final Quotas quotas;
  private final FileSettings settings;

  Uploads(Files files, FileContents contents, Quotas quotas, FileSettings settings) {
    this.files = files;
    this.contents = contents;
    this.quotas = quotas;
    this.settings = settings;
  }

  StoredFile take(Project project, HttpServletRequest request) throws IOException {
    checkLength(project, request.getContentLengthLong());
    String id = files.beginUpload(project);
    boolean through = false;
    try {
      Parts parts = read(request, id);
      files.uploaded(project, id, parts.purpose(), parts.filename(), parts.bytes, parts.lifetime());
      through = true;
    } finally {
      if (!through) {
        files.delete(id);
      }
    }
    return files.find(project, id).orElseThrow();
  }

  /**
   * Before anything is stored of it.
   *
   * @param length of the whole request; -1 where it does not say
   */
  private void checkLength(Project project, long length) {
    if (length > settings.largest().toBytes() + ROOM_FOR_THE_REST) {
      throw tooLarge();
    }
    quotas.admitFile(project, Math.max(0, length - ROOM_FOR_THE_REST));
  }

  private Parts read(HttpServletRequest request, String id) throws IOException {
    Parts parts = new Parts();
    try {
      FileItemIterator items = new FileUpload().getItemIterator(new ServletRequestContext(request));
      while (items.hasNext()) {
        FileItemStream part = items.next();
        try (InputStream in = part.openStream()) {
          if ("file".equals(part.getFieldName())) {
            store(part, in, id, parts);
          } else if (parts.fields.size() == MOST_FIELDS) {
            throw ApiException.badRequest(
                "The request has more than %d parts besides the file.".formatted(MOST_FIELDS),
                part.getFieldName(),
                null);
          } else {
            parts.fields.put(
                part.getFieldName(),
                new String(in.readNBytes(LONGEST_FIELD_BYTES), StandardCharsets.UTF_8).strip());
          }
        }
      }
    } catch (FileUploadException | MalformedStreamException | InvalidFileNameException malformed) {
      throw ApiException.badRequest(
          "The request is no multipart/form-data with the parts file and purpose: "
              + malformed.getMessage(),
          null,
          null);
    }
    if (parts.filename == null) {
      throw missing("file");
    }
    if (parts.purpose().isEmpty()) {
      throw missing("purpose");
    }
    return parts;
  }

  private void store(FileItemStream part, InputStream in, String id, Parts parts)
      throws IOException {
    if (parts.filename != null) {
      throw ApiException.badRequest("There are two parts named file.", "file", null);
    }
    parts.filename = part.getName() == null || part.getName().isBlank() ? "upload" : part.getName();
    long largest = settings.largest().toBytes();
    parts.bytes = contents.store(id, new SizeLimitedStream(in, largest));
    if (parts.bytes > largest) {
      throw tooLarge();
    }
  }

  private ApiException tooLarge() {
    return ApiException.tooLarge(
        "The file has more than %d bytes, the most that are taken (sluice.files.largest)."
            .formatted(settings.largest().toBytes()),
        "file");
  }

  private static ApiException missing(String parameter) {
    return ApiException.badRequest(
        "Missing required parameter: '" + parameter + "'.",
        parameter,
        "missing_required_parameter");
  }

  /** What was read of a request so far. */
  private static final class Parts {
    private final Map<String, String> fields = new HashMap<>();
    private @Nullable String filename;
    private long bytes;

    String purpose() {
      return fields.getOrDefault("purpose", "");
    }

    String filename() {
      return Objects.requireNonNull(filename, "checked");
    }

    /** How long the file stays; null for ever. */
    @Nullable Duration lifetime() {
      String anchor = fields.get(EXPIRES_AFTER + "[anchor]");
      String seconds = fields.get(EXPIRES_AFTER + "[seconds]");
      return anchor == null && seconds == null
          ? null
          : new FileExpiry(anchor, number(seconds)).check(EXPIRES_AFTER);
    }

    private static @Nullable Long number(@Nullable String text) {
      try {
        return text == null ? null : Long.valueOf(text);
      } catch (NumberFormatException none) {
        return null;
      }
    }
  }
}
