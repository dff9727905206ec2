package dev.sluice.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The multipart form that uploads a batch file.
 *
 * @param boundary separator of the parts
 * @param filename name of the file in the form
 * @param contentLength length of the file in bytes
 */
record Multipart(String boundary, String filename, long contentLength) {

  static Multipart of(Path file, String filename) throws IOException {
    return new Multipart("sluice-" + UUID.randomUUID(), filename, Files.size(file));
  }

  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  long length() {
    return head().length + contentLength + tail().length;
  }

  void write(InputStream content, OutputStream target) throws IOException {
    target.write(head());
    content.transferTo(target);
    target.write(tail());
  }

  private byte[] head() {
    return ("--" + boundary + "\r\n")
        .concat("Content-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n")
        .concat("--" + boundary + "\r\n")
        .concat("Content-Disposition: form-data; name=\"file\"; filename=\"" + quoted() + "\"\r\n")
        .concat("Content-Type: application/jsonl\r\n\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] tail() {
    return ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Escapes the file name as the WHATWG HTML standard requires. */
  private String quoted() {
    return filename.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }
}
