package dev.sluice.producer.file;

import dev.sluice.api.Deletion;
import dev.sluice.api.ListResponse;
import dev.sluice.api.file.FileView;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.memory.ProjectMemory;
import dev.sluice.producer.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** OpenAI's files endpoints. */
@RestController
@RequestMapping("/v1/files")
class FileController {
  private static final int MAX_PAGE_SIZE = 10_000;

  private final Files files;
  private final FileContents contents;
  private final GeneratedContent generated;
  private final Uploads uploads;
  private final DownloadMemory downloads;

  FileController(
      Files files,
      FileContents contents,
      GeneratedContent generated,
      Uploads uploads,
      DownloadMemory downloads) {
    this.files = files;
    this.contents = contents;
    this.generated = generated;
    this.uploads = uploads;
    this.downloads = downloads;
  }

  @PostMapping
  FileView create(Project project, HttpServletRequest request) throws IOException {
    return view(uploads.store(project, request));
  }

  @GetMapping
  ListResponse<FileView> list(
      Project project,
      @RequestParam(required = false) @Nullable String purpose,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "desc") String order,
      @RequestParam(defaultValue = "10000") int limit) {
    int pageSize = Math.clamp(limit, 1, MAX_PAGE_SIZE);
    List<FileView> found =
        files.list(project, purpose, after, order(order), pageSize + 1).stream()
            .map(FileController::view)
            .toList();
    return ListResponse.page(found, pageSize, FileView::id);
  }

  @GetMapping("/{id}")
  FileView retrieve(Project project, @PathVariable String id) {
    return view(find(project, id));
  }

  @DeleteMapping("/{id}")
  Deletion delete(Project project, @PathVariable String id) {
    if (!files.delete(find(project, id).id())) {
      throw noSuchFile(id);
    }
    return new Deletion(id, "file", true);
  }

  /** Writes to the response directly, without content negotiation, so any {@code Accept} works. */
  @GetMapping("/{id}/content")
  void content(Project project, @PathVariable String id, HttpServletResponse response)
      throws IOException {
    StoredFile file = find(project, id);
    try (ProjectMemory.Reservation memory = downloads.reservation(project)) {
      memory.add(DownloadMemory.BYTES_PER_DOWNLOAD);
      response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
      if (file.batchId() == null || file.part() == null) {
        response.setContentLengthLong(file.bytes());
        contents.copy(file, response.getOutputStream());
      } else {
        generated.write(file.batchId(), file.part(), response.getOutputStream());
      }
    }
  }

  private static Files.Order order(String name) {
    return switch (name) {
      case "asc" -> Files.Order.ASC;
      case "desc" -> Files.Order.DESC;
      default ->
          throw ApiException.badRequest(
              "Invalid value for 'order': '%s'. Supported values are: 'asc' and 'desc'."
                  .formatted(name),
              "order",
              "invalid_value");
    };
  }

  private StoredFile find(Project project, String id) {
    return files.find(project, id).orElseThrow(() -> noSuchFile(id));
  }

  private static ApiException noSuchFile(String id) {
    return ApiException.notFound("No such File object: " + id, "id");
  }

  private static FileView view(StoredFile file) {
    return new FileView(
        file.id(),
        "file",
        file.bytes(),
        file.createdAt().getEpochSecond(),
        file.expiresAt() == null ? null : file.expiresAt().getEpochSecond(),
        file.filename(),
        file.purpose(),
        "processed",
        null);
  }
}
