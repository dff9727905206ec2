package dev.sluice.producer.file;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.error.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.apache.tomcat.util.http.fileupload.FileItemIterator;
import org.apache.tomcat.util.http.fileupload.FileItemStream;
import org.apache.tomcat.util.http.fileupload.FileUpload;
import org.apache.tomcat.util.http.fileupload.FileUploadException;
import org.apache.tomcat.util.http.fileupload.InvalidFileNameException;
import org.apache.tomcat.util.http.fileupload.MultipartStream.MalformedStreamException;
import org.apache.tomcat.util.http.fileupload.servlet.ServletRequestContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
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
  private static final Duration LONGEST_UPLOAD = Duration.ofHours(24);

  private final Files files;
  private final FileContents contents;
  private final Clock clock;

  Uploads(Files files, FileContents contents, Clock clock) {
    this.files = files;
    this.contents = contents;
    this.clock = clock;
  }

  StoredFile take(Project project, HttpServletRequest request) throws IOException {
    String id = files.beginUpload(project);
    boolean through = false;
    try {
      Parts parts = read(request, id);
      files.uploaded(id, parts.purpose(), parts.filename(), parts.bytes());
      through = true;
    } finally {
      if (!through) {
        files.delete(id);
      }
    }
    return files.find(project, id).orElseThrow();
  }

  private Parts read(HttpServletRequest request, String id) throws IOException {
    @Nullable String purpose = null;
    @Nullable String filename = null;
    long bytes = 0;
    try {
      FileItemIterator parts = new FileUpload().getItemIterator(new ServletRequestContext(request));
      while (parts.hasNext()) {
        FileItemStream part = parts.next();
        try (InputStream in = part.openStream()) {
          if ("file".equals(part.getFieldName()) && filename == null) {
            filename =
                part.getName() == null || part.getName().isBlank() ? "upload" : part.getName();
            bytes = contents.store(id, in);
          } else if ("file".equals(part.getFieldName())) {
            throw ApiException.badRequest("There are two parts named file.", "file", null);
          } else if ("purpose".equals(part.getFieldName())) {
            purpose =
                new String(in.readNBytes(LONGEST_FIELD_BYTES), StandardCharsets.UTF_8).strip();
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
    if (filename == null) {
      throw missing("file");
    }
    if (purpose == null || purpose.isEmpty()) {
      throw missing("purpose");
    }
    return new Parts(purpose, filename, bytes);
  }

  private static ApiException missing(String parameter) {
    return ApiException.badRequest(
        "Missing required parameter: '" + parameter + "'.",
        parameter,
        "missing_required_parameter");
  }

  @EventListener(ApplicationReadyEvent.class)
  void tidy() {
    files.deleteUnfinishedSince(clock.instant().minus(LONGEST_UPLOAD));
  }

  private record Parts(String purpose, String filename, long bytes) {}
}
