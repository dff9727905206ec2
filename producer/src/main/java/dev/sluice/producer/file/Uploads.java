package dev.sluice.producer.file;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.quota.Quotas;
import dev.sluice.producer.web.ApiException;
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
 * Streams multipart uploads from the connection into file chunks.
 *
 * <p>The parts arrive in any order, so the file may be stored before its purpose is known. It is
 * invisible until the request is complete. Some clients send the file part without a filename.
 */
@Component
class Uploads {
  private static final int MAX_FIELD_BYTES = 4096;
  private static final int MAX_FIELDS = 20;

  /** The size of the other parts and the boundaries. */
  private static final int MULTIPART_OVERHEAD_BYTES = 64 * 1024;

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

  /**
   * Stores the file of the request.
   *
   * @throws ApiException if the request is invalid or too large, or the project's quota is exceeded
   */
  StoredFile store(Project project, HttpServletRequest request) throws IOException {
    checkLength(project, request.getContentLengthLong());
    String id = files.startUpload(project);
    boolean complete = false;
    try {
      Parts parts = read(project, request, id);
      files.completeUpload(id, parts.purpose(), parts.filename(), parts.lifetime());
      complete = true;
    } finally {
      if (!complete) {
        files.delete(id);
      }
    }
    return files.find(project, id).orElseThrow();
  }

  /**
   * Rejects a request that is too large before any part is stored.
   *
   * @param length {@code Content-Length}; -1 if absent
   */
  private void checkLength(Project project, long length) {
    if (length > settings.maxSize().toBytes() + MULTIPART_OVERHEAD_BYTES) {
      throw tooLarge();
    }
    quotas.admitFile(project, Math.max(0, length - MULTIPART_OVERHEAD_BYTES));
  }

  private Parts read(Project project, HttpServletRequest request, String id) throws IOException {
    Parts parts = new Parts();
    try {
      FileItemIterator items = new FileUpload().getItemIterator(new ServletRequestContext(request));
      for (int fields = 0; items.hasNext(); ) {
        FileItemStream part = items.next();
        try (InputStream in = part.openStream()) {
          if ("file".equals(part.getFieldName())) {
            store(project, part, in, id, parts);
          } else if (++fields > MAX_FIELDS) { // parts of the same name count, too
            throw ApiException.badRequest(
                "The request has more than %d parts besides the file.".formatted(MAX_FIELDS),
                part.getFieldName(),
                null);
          } else {
            parts.fields.put(
                part.getFieldName(),
                new String(in.readNBytes(MAX_FIELD_BYTES), StandardCharsets.UTF_8).strip());
          }
        }
      }
    } catch (FileUploadException | MalformedStreamException | InvalidFileNameException malformed) {
      throw ApiException.badRequest(
          "The request is not valid multipart/form-data with the parts 'file' and 'purpose': "
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

  private void store(Project project, FileItemStream part, InputStream in, String id, Parts parts)
      throws IOException {
    if (parts.filename != null) {
      throw ApiException.badRequest("The request has more than one part 'file'.", "file", null);
    }
    parts.filename = part.getName() == null || part.getName().isBlank() ? "upload" : part.getName();
    long maxSize = settings.maxSize().toBytes();
    if (contents.store(project, id, in, maxSize) > maxSize) {
      throw tooLarge();
    }
  }

  private ApiException tooLarge() {
    return ApiException.tooLarge(
        "The file is larger than the limit of %d bytes (sluice.files.max-size)."
            .formatted(settings.maxSize().toBytes()),
        "file");
  }

  private static ApiException missing(String parameter) {
    return ApiException.badRequest(
        "Missing required parameter: '" + parameter + "'.",
        parameter,
        "missing_required_parameter");
  }

  /** The parts of a request that have been read so far. */
  private static final class Parts {
    private final Map<String, String> fields = new HashMap<>();
    private @Nullable String filename;

    String purpose() {
      return fields.getOrDefault("purpose", "");
    }

    String filename() {
      return Objects.requireNonNull(filename, "checked");
    }

    /** The lifetime of the file; null for no expiry. */
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
      } catch (NumberFormatException notANumber) {
        return null;
      }
    }
  }
}
