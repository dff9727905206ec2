package dev.sluice.producer.batch.validate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A set of texts of any length that keeps 16 bytes of each text's SHA-256 digest, in a hash table
 * with open addressing.
 */
final class DigestSet {
  /** The table has up to three slots of 16 bytes for a text, while it grows half as many more. */
  static final int MAX_BYTES_PER_TEXT = 80;

  private static final int INITIAL_SLOTS = 1024;

  private final MessageDigest sha256;

  /** Two values for each slot; both are zero in a free one. */
  private long[] table = new long[2 * INITIAL_SLOTS];

  private int size;

  DigestSet() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /** Adds a text; false if the set has it already. */
  boolean add(String text) {
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    if (!insert(digest.getLong(), digest.getLong())) {
      return false;
    }
    size++;
    if (3L * size > 2L * slots()) {
      grow();
    }
    return true;
  }

  /** Whether the set has the text. */
  boolean contains(String text) {
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    int slot = slot(digest.getLong(), digest.getLong());
    return table[2 * slot] != 0 || table[2 * slot + 1] != 0;
  }

  private int slots() {
    return table.length / 2;
  }

  private boolean insert(long high, long low) {
    int slot = slot(high, low);
    if (table[2 * slot] != 0 || table[2 * slot + 1] != 0) {
      return false;
    }
    table[2 * slot] = high;
    table[2 * slot + 1] = low;
    return true;
  }

  /** The slot with the digest, or the free slot for it. */
  private int slot(long high, long low) {
    int slot = (int) high & (slots() - 1);
    while ((table[2 * slot] != 0 || table[2 * slot + 1] != 0)
        && (table[2 * slot] != high || table[2 * slot + 1] != low)) {
      slot = (slot + 1) & (slots() - 1);
    }
    return slot;
  }

  private void grow() {
    long[] old = table;
    table = new long[2 * old.length];
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        insert(old[i], old[i + 1]);
      }
    }
  }
}
