package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The idempotency keys of a batch: the same requests with the same options have the same keys, in
 * every run.
 *
 * @param digest SHA-256 of the create request without the file's id, and of the batch file
 */
record IdempotencyKeys(String digest) {
  static IdempotencyKeys of(BatchRequest request) throws IOException {
    MessageDigest sha256 = sha256();
    sha256.update(JsonValues.bytes(request.json("")));
    try (InputStream file = Files.newInputStream(request.file())) {
      byte[] chunk = new byte[64 * 1024];
      for (int count = file.read(chunk); count >= 0; count = file.read(chunk)) {
        sha256.update(chunk, 0, count);
      }
    }
    return new IdempotencyKeys(HexFormat.of().formatHex(sha256.digest()));
  }

  /**
   * The key of one of the batches with these requests.
   *
   * @param number 1 for the first batch, 2 for the next one that was forced, and so on
   */
  String key(int number) {
    return "sluice-" + digest + (number == 1 ? "" : "-" + number);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
