package dev.sluice.cli.batch;

import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonValues;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Requests in a temporary batch file; keeps only the end of each request in memory. */
public final class RequestFile implements AutoCloseable {
  /** Maximum size of a request, in bytes. */
  public static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

  /** Endpoint of the requests. */
  public static final String ENDPOINT = "/v1/chat/completions";

  private final TemporaryFile file = new TemporaryFile();
  private long[] ends = new long[256];
  private int count;

  private RequestFile() throws IOException {}

  /** Adds requests to the file. */
  @FunctionalInterface
  public interface Requests {
    void addTo(Sink sink) throws IOException;
  }

  /**
   * A line of the batch file.
   *
   * @param extension JSON of the member {@code sluice}; empty for none
   */
  @SuppressWarnings("ArrayRecordComponent") // instances are never compared
  public record RequestLine(String customId, byte[] body, Optional<String> extension) {}

  /** Receives the requests. */
  @FunctionalInterface
  public interface Sink {
    /** Adds a request of several lines, which are sent together. */
    void add(List<RequestLine> lines) throws IOException;

    default void add(String customId, byte[] body) throws IOException {
      add(List.of(new RequestLine(customId, body, Optional.empty())));
    }
  }

  /** Writes the requests to a new file. */
  public static RequestFile of(Requests requests) throws IOException {
    RequestFile file = new RequestFile();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.path()), 1 << 16)) {
      requests.addTo(
          lines -> {
            long length = 0;
            for (RequestLine line : lines) {
              byte[] json = json(line);
              out.write(json);
              length += json.length;
            }
            file.add(length);
          });
    }
    return file;
  }

  private static byte[] json(RequestLine requestLine) {
    byte[] body = requestLine.body();
    String head =
        JsonValues.line(
            JsonValues.object()
                .put("custom_id", requestLine.customId())
                .put("method", "POST")
                .put("url", ENDPOINT));
    byte[] start =
        (head.substring(0, head.length() - 1) + ",\"body\":").getBytes(StandardCharsets.UTF_8);
    byte[] end =
        (requestLine.extension().map(json -> ",\"sluice\":" + json).orElse("") + "}\n")
            .getBytes(StandardCharsets.UTF_8);
    byte[] line = Arrays.copyOf(start, start.length + body.length + end.length);
    System.arraycopy(body, 0, line, start.length, body.length);
    System.arraycopy(end, 0, line, start.length + body.length, end.length);
    return line;
  }

  private void add(long length) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
    }
    ends[count] = bytes() + length;
    count++;
  }

  /** The reason why a request cannot be sent, as a predicate. */
  public static String tooLarge(long bytes) {
    return "is too large (%.1f MiB; the maximum size of a request is 8 MiB)"
        .formatted(bytes / 1048576.0);
  }

  public Path path() {
    return file.path();
  }

  /** Number of requests. */
  public int count() {
    return count;
  }

  /** Size of all requests. */
  public long bytes() {
    return count == 0 ? 0 : ends[count - 1];
  }

  /** Sizes of the requests in bytes, in order. */
  long[] sizes() {
    return IntStream.range(0, count).mapToLong(this::size).toArray();
  }

  /** Size of a request in bytes. */
  long size(int position) {
    return ends[position] - start(position);
  }

  private long start(int position) {
    return position == 0 ? 0 : ends[position - 1];
  }

  /** A new file with the requests at these positions. */
  RequestFile select(BitSet positions) throws IOException {
    RequestFile selected = new RequestFile();
    try (FileChannel in = FileChannel.open(path());
        OutputStream out =
            new BufferedOutputStream(Files.newOutputStream(selected.path()), 1 << 16)) {
      for (int at = positions.nextSetBit(0); at >= 0; at = positions.nextSetBit(at + 1)) {
        byte[] lines = new byte[(int) size(at)];
        in.position(start(at));
        Channels.newInputStream(in).readNBytes(lines, 0, lines.length);
        out.write(lines);
        selected.add(lines.length);
      }
    }
    return selected;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
