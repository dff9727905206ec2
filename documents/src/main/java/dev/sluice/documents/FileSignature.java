package dev.sluice.documents;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The first bytes of files that the extractor must read: PDF, RTF, ZIP and OLE2 containers. */
public final class FileSignature {
  /** Number of bytes that {@link #matches} needs. */
  public static final int BYTES = 8;

  private static final List<byte[]> SIGNATURES =
      List.of(
          "%PDF-".getBytes(StandardCharsets.US_ASCII),
          "{\\rtf".getBytes(StandardCharsets.US_ASCII),
          new byte[] {'P', 'K', 3, 4},
          new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, (byte) 0xA1, (byte) 0xB1});

  private FileSignature() {}

  /** Whether a file with these first bytes is no plain text, whatever its name is. */
  public static boolean matches(byte[] head) {
    return SIGNATURES.stream()
        .anyMatch(
            signature ->
                head.length >= signature.length
                    && Arrays.equals(head, 0, signature.length, signature, 0, signature.length));
  }
}
