package dev.sluice.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports of the loopback interface. */
public final class Ports {
  private static final int LOWEST = 20_000;
  private static final int END = 32_000;
  private static final Duration EXPIRY = Duration.ofMinutes(2);

  /** Shared with {@code launcher/ports.sh}: one directory per reserved port. */
  private static final Path RESERVATIONS =
      Path.of(System.getProperty("java.io.tmpdir"), "sluice-ports-" + uid());

  private Ports() {}

  /**
   * Reserves an unused port below the ephemeral range. Launchers and other test JVMs respect the
   * reservation.
   */
  public static int free() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      if (reserve(port) && isUnused(port)) {
        return port;
      }
    }
  }

  private static boolean isUnused(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private static Object uid() {
    try {
      return Files.getAttribute(Path.of(System.getProperty("user.home")), "unix:uid");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static boolean reserve(int port) {
    try {
      Files.createDirectories(RESERVATIONS);
      Files.createDirectory(RESERVATIONS.resolve(Integer.toString(port)));
      return true;
    } catch (FileAlreadyExistsException reserved) {
      return hasExpired(RESERVATIONS.resolve(Integer.toString(port)));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static boolean hasExpired(Path reservation) {
    try {
      FileTime now = FileTime.from(Instant.now());
      if (Files.getLastModifiedTime(reservation)
          .toInstant()
          .plus(EXPIRY)
          .isAfter(now.toInstant())) {
        return false;
      }
      Files.setLastModifiedTime(reservation, now);
      return true;
    } catch (IOException deleted) {
      return false;
    }
  }

  /** Whether something listens on the port. */
  public static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }
}
