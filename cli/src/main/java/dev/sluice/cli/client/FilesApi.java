package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.Deletion;
import dev.sluice.api.batch.Estimate;
import dev.sluice.api.file.FileView;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Client for the producer's endpoints of files. */
public final class FilesApi {
  static final String NO_BATCH = "No batch was created: try again.";
  private static final String PATH = "/v1/files";

  private final HttpTransport transport;

  FilesApi(HttpTransport transport) {
    this.transport = transport;
  }

  /** Uploads a batch file as a stream and returns its id. */
  String upload(Path file, String filename) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      return transport
          .upload(PATH, Multipart.of(file, filename), content, FileView.class, NO_BATCH)
          .value()
          .id();
    }
  }

  /** Estimates a batch file, which is uploaded for this purpose and deleted again. */
  public ApiResponse<Estimate> estimate(Path file, String filename, String endpoint)
      throws IOException {
    String id = upload(file, filename);
    try {
      return new BatchesApi(transport).estimate(id, endpoint);
    } finally {
      transport.delete(PATH + "/" + encoded(id), Deletion.class);
    }
  }

  /** Copies a file to a stream, without a retry: the stream may already have part of it. */
  public void download(String id, OutputStream target) throws IOException {
    transport.read(PATH + "/" + encoded(id) + "/content", body -> body.transferTo(target));
  }

  /** Copies a file to a local file; restarts after a connection error. */
  public void download(String id, Path target) throws IOException, InterruptedException {
    transport.<Boolean>retry(
        () -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
            download(id, out);
            return true;
          }
        });
  }
}
