package dev.sluice.worker.provider;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a body with the content coding {@code gzip} (RFC 1952) or {@code deflate} (RFC 1950 or
 * 1951), in parts. A server may compress a body although the request does not ask for it (RFC 9110,
 * section 12.5.3).
 *
 * <pre>
 *   HEADER   -> BODY      the header is complete
 *   HEADER   -> IDENTITY  not the magic number of gzip: a proxy has decoded the body
 *   BODY     -> TRAILER   end of a gzip member
 *   BODY     -> ENDED     end of a deflate body
 *   TRAILER  -> HEADER    gzip allows several members
 * </pre>
 */
final class ContentDecoder {
  private static final List<String> GZIP = List.of("gzip", "x-gzip");
  private static final String DEFLATE = "deflate";
  private static final int PART_BYTES = 64 * 1024;
  private static final int TRAILER_BYTES = 8;
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final byte[] NOTHING = {};

  private enum State {
    IDENTITY,
    HEADER,
    BODY,
    TRAILER,
    ENDED
  }

  private final Consumer<byte[]> output;
  private final boolean isGzip;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private @Nullable Inflater inflater;
  private boolean isFirstMember = true;
  private State state;

  /**
   * @param headers the headers of the reply, with names in lower case
   * @param output receives the decoded parts; an exception that it throws ends {@link #decode}
   */
  ContentDecoder(Map<String, List<String>> headers, Consumer<byte[]> output) {
    Optional<String> coding = coding(headers);
    this.output = output;
    this.isGzip = coding.filter(GZIP::contains).isPresent();
    this.state = coding.isPresent() ? State.HEADER : State.IDENTITY;
  }

  /** Removes the headers that do not describe the decoded body. */
  static void removeCoding(Map<String, List<String>> headers) {
    if (coding(headers).isPresent()) {
      headers.remove("content-encoding");
      headers.remove("content-length");
    }
  }

  /** The coding, if it is the only one and can be decoded. */
  private static Optional<String> coding(Map<String, List<String>> headers) {
    List<String> codings =
        headers.getOrDefault("content-encoding", List.of()).stream()
            .flatMap(value -> Stream.of(value.split(",", -1)))
            .map(value -> value.strip().toLowerCase(Locale.ROOT))
            .filter(value -> !value.isEmpty() && !value.equals("identity"))
            .toList();
    return codings.size() == 1
            && (GZIP.contains(codings.getFirst()) || codings.getFirst().equals(DEFLATE))
        ? Optional.of(codings.getFirst())
        : Optional.empty();
  }

  /**
   * @throws IOException if the part is not valid for the coding
   */
  void decode(byte[] part) throws IOException {
    byte[] rest = part;
    while (rest.length > 0) {
      rest =
          switch (state) {
            case IDENTITY -> {
              output.accept(rest);
              yield NOTHING;
            }
            case HEADER -> isGzip ? readGzipHeader(rest) : detectZlib(rest);
            case BODY -> inflate(rest);
            case TRAILER -> skipTrailer(rest);
            case ENDED -> NOTHING;
          };
    }
  }

  /**
   * @throws EOFException if the body ends early
   */
  void end() throws IOException {
    boolean isComplete =
        state != State.BODY && !(state == State.HEADER && isFirstMember && pending.size() > 0);
    close();
    if (!isComplete) {
      throw new EOFException("the compressed body ends early");
    }
  }

  /** Frees the decoder's memory. */
  void close() {
    if (inflater != null) {
      inflater.end();
    }
    state = State.ENDED;
  }

  private byte[] readGzipHeader(byte[] part) throws IOException {
    byte[] header = join(part);
    if (!startsWithMagicNumber(header)) {
      state = isFirstMember ? State.IDENTITY : State.ENDED; // after a member: padding
      return header;
    }
    int length = gzipHeaderLength(header);
    if (length > header.length) {
      if (header.length > MAX_HEADER_BYTES) {
        throw new ZipException("the gzip header is too long");
      }
      pending.writeBytes(header);
      return NOTHING;
    }
    startBody(/* nowrap= */ true);
    isFirstMember = false;
    return Arrays.copyOfRange(header, length, header.length);
  }

  private byte[] join(byte[] part) {
    pending.writeBytes(part);
    byte[] joined = pending.toByteArray();
    pending.reset();
    return joined;
  }

  private static boolean startsWithMagicNumber(byte[] header) {
    return header[0] == 0x1f && (header.length < 2 || header[1] == (byte) 0x8b);
  }

  /** The length of the header; more than the given bytes if the header is not complete. */
  private static int gzipHeaderLength(byte[] header) {
    int incomplete = header.length + 1;
    if (header.length < 10) {
      return incomplete;
    }
    int flags = header[3];
    int end = 10;
    if ((flags & 4) != 0) { // extra field
      if (end + 2 > header.length) {
        return incomplete;
      }
      end += 2 + (header[end] & 0xff) + ((header[end + 1] & 0xff) << 8);
    }
    for (int text : new int[] {8, 16}) { // file name, comment
      if ((flags & text) != 0) {
        while (end < header.length && header[end] != 0) {
          end++;
        }
        end++;
      }
    }
    return (flags & 2) != 0 ? end + 2 : end; // header checksum
  }

  /** Servers send {@code deflate} with or without zlib's header. */
  private byte[] detectZlib(byte[] part) {
    byte[] header = join(part);
    if (header.length < 2) {
      pending.writeBytes(header);
      return NOTHING;
    }
    boolean isZlib =
        (header[0] & 0x0f) == 8 && (((header[0] & 0xff) << 8) + (header[1] & 0xff)) % 31 == 0;
    startBody(!isZlib);
    return header;
  }

  private void startBody(boolean nowrap) {
    close();
    inflater = new Inflater(nowrap);
    state = State.BODY;
  }

  private byte[] inflate(byte[] part) throws IOException {
    Inflater started = Objects.requireNonNull(inflater, "created at the start of the body");
    started.setInput(part);
    byte[] buffer = new byte[PART_BYTES];
    try {
      for (int length = started.inflate(buffer); length > 0; length = started.inflate(buffer)) {
        output.accept(Arrays.copyOf(buffer, length));
      }
    } catch (DataFormatException malformed) {
      throw new IOException("the compressed body is malformed: " + malformed.getMessage());
    }
    if (started.needsDictionary()) {
      throw new ZipException("the compressed body needs a dictionary");
    }
    if (!started.finished()) {
      return NOTHING;
    }
    int remaining = started.getRemaining();
    state = isGzip ? State.TRAILER : State.ENDED;
    return Arrays.copyOfRange(part, part.length - remaining, part.length);
  }

  private byte[] skipTrailer(byte[] part) {
    byte[] trailer = join(part);
    if (trailer.length < TRAILER_BYTES) {
      pending.writeBytes(trailer);
      return NOTHING;
    }
    state = State.HEADER;
    return Arrays.copyOfRange(trailer, TRAILER_BYTES, trailer.length);
  }
}
