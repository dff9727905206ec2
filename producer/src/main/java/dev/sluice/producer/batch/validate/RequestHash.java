package dev.sluice.producer.batch.validate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A number that identical requests have in common: the first 8 bytes of the SHA-256 of endpoint,
 * route and body. Others may have it by chance.
 */
final class RequestHash {
  private final MessageDigest sha256 = sha256();
  private final byte[] endpoint;

  RequestHash(String endpoint) {
    this.endpoint = endpoint.getBytes(StandardCharsets.UTF_8);
  }

  long of(ParsedLine.Request request) {
    sha256.update(endpoint);
    sha256.update((byte) 0);
    sha256.update(request.route().getBytes(StandardCharsets.UTF_8));
    sha256.update((byte) 0);
    return ByteBuffer.wrap(sha256.digest(request.body().bytes())).getLong();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
